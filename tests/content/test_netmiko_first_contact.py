"""The pure half of the first lab: it tells right answers from wrong, says what to do next, and breaks two lines."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import ndiff
from pathlib import Path
from typing import Any, NoReturn

import pytest

from netdojo.checks import Check, Failed, load_checks, run_task
from netdojo.content import find_course, find_lab, read_topology
from netdojo.grading.master import read_answers
from netdojo.model import Answer, Result, Topology, Verdict

COURSE = Path(__file__).parents[2]
LAB = find_lab(find_course(COURSE), "netmiko-first-contact")
GRADER = COURSE / "graders" / "netmiko-first-contact"
HIDDEN = load_checks(GRADER / "hidden.py", hidden=True)
PUBLIC = [one for one in load_checks(LAB.folder / "checks.py") if one.name == "finds_the_one_of_two"]
HIDDEN_CHECKS = runpy.run_path(str(GRADER / "hidden.py"))
EXPECT_PATHS = runpy.run_path(str(LAB.folder / "checks.py"))["expect_paths"]
HOPS = {"eth1": ("spine1", {"fe80::dcc2:c2ff:fed4:3d68"}), "eth2": ("spine2", {"fe80::289b:eff:feef:bb46"})}
"""The routers at the other ends of leaf1's uplinks and their addresses there, as recorded."""
RECORDED = json.loads((COURSE / "tests/content/recorded" / f"{LAB.slug}.json").read_text(encoding="utf-8"))
IDLE = {"Idle", "Idle (Admin)", "Idle (PfxCt)"}
STATES = IDLE | {"Established", "Active", "Connect", "OpenSent", "OpenConfirm", "Clearing"}
FAMILIES = {"ipv4Unicast", "ipv6Unicast", "l2VpnEvpn"} | {
    f"{version}{kind}" for version in ("ipv4", "ipv6") for kind in ("Multicast", "LabeledUnicast", "Vpn", "Flowspec")
}
FAULTS = {"leaf2.conf": ["neighbor eth1 maximum-prefix 1"], "leaf4.conf": ["neighbor eth2 shutdown"]}
"""What the lab adds to the topology's configurations."""


class NoFabric:
    """A network that is not there: these checks must not need one."""

    topology: Topology = read_topology(LAB.topology_file)

    def device(self, name: str) -> NoReturn:
        raise AssertionError(f"{name} was asked")


class Function:
    """A notebook that holds one function."""

    def __init__(self, source: str) -> None:
        self.names: dict[str, Any] = {}
        exec(compile(source, "<cell>", "exec"), self.names)

    def answer(self, name: str) -> Any:
        return self.names[name]

    def call(self, function: str) -> Callable[..., Any]:
        return lambda *given: self.run(function, json.dumps(given))

    def run(self, function: str, given: str) -> Any:
        try:
            return json.loads(json.dumps(self.names[function](*json.loads(given))))
        except Exception as error:
            raise Failed(f"{function}(…) raised {type(error).__name__}") from error


class AtItsStart(NoFabric):
    """The lab's network as it was recorded at its start: two leaves are broken."""

    def device(self, name: str) -> Any:
        return RecordedRouter(name)


class RecordedRouter:
    """A router that says what it said when it was recorded."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.labels: dict[str, str] = {}

    def ask(self, *argv: str, timeout: float = 10) -> Answer:
        assert ("vtysh", "-d", "bgpd", "-c", "show bgp summary json") == argv
        return Answer(code=0, stdout=json.dumps(RECORDED["late"][self.name]), stderr="")


def cell(file: Path, task: str) -> str:
    """Return the source of a task's cell in a py:percent file."""
    return read_answers(file, LAB, file.name)[task]


def judged(source: str, checks: Sequence[Check] = HIDDEN) -> dict[str, Result]:
    """Return the result of each check of task 2 for a cell."""
    guards = {"finds_the_one_of_two"}
    results = run_task("find", checks, fabric=NoFabric(), kernel=Function(source), passed=guards)
    return {result.check: result for result in results}


def verdicts(source: str) -> set[Verdict]:
    return {found.verdict for found in judged(source).values()}


def test_the_masters_function_passes_the_hidden_inputs() -> None:
    """The answer that we give is right for every recorded network."""
    assert {Verdict.passed} == verdicts(cell(GRADER / "notebook.py", "find"))


@pytest.mark.parametrize("mutant", ["fabric-names", "idle-only", "one-family", "fixed-families"])
def test_a_wrong_function_is_found_out(mutant: str) -> None:
    """Each wrong function fails on recorded answers alone."""
    assert Verdict.failed in verdicts(cell(GRADER / "mutants" / mutant / "notebook.py", "find"))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("found.add((node, neighbor))", "found.add((node, neighbor.replace(':', '')))"),
        ("return sorted(list(pair) for pair in found)", "return sorted((list(pair) for pair in found), reverse=True)"),
        ('!= "Established"', "in ('Idle', 'Active', 'Connect', 'OpenSent')"),
        ('!= "Established"', "in ('Idle', 'Idle (Admin)', 'Idle (PfxCt)', 'Active', 'Connect', 'OpenSent')"),
        ("summary.values()", "[summary.get(name, {}) for name in ('ipv4Unicast', 'ipv6Unicast')]"),
        ("summary.values()", "[summary.get(name, {}) for name in ('ipv4Unicast', 'ipv6Unicast', 'l2VpnEvpn')]"),
        ("found = set()", "found = set([('leaf1', 'eth1')])"),
        ("summary.values()", "list(summary.values())[:1]"),
    ],
)
def test_a_small_slip_is_found_out(right: str, wrong: str) -> None:
    """A slip in one expression of the right function fails."""
    master = cell(GRADER / "notebook.py", "find")
    assert right in master

    assert Verdict.failed in verdicts(master.replace(right, wrong))


def test_that_the_graders_network_is_another_is_said_there_alone_and_once() -> None:
    """On the learner's own network nothing speaks of the grader's; at submit one sentence a task does."""
    names = {"every_session_is_up_and_lasts", "the_cell_repairs_a_fresh_network"}
    own, graders = (
        run_task("repair", [replace(one, within=0) for one in found if one.name in names], fabric=AtItsStart())
        for found in (load_checks(LAB.folder / "checks.py"), HIDDEN)
    )

    assert {Verdict.failed} == {result.verdict for result in (*own, *graders)} - {Verdict.passed}
    assert [] == [result.help for result in own if "grader" in result.help]
    assert 1 == len(graders)
    assert "what was typed at a console of yours is not in it" in graders[0].rationale


def test_recorded_answers_hold_every_state_and_family() -> None:
    """The recorded inputs show each state that FRR names for a session, and each address family that it can have."""
    answers = json.loads((GRADER / "recorded.json").read_text(encoding="utf-8"))["answers"]
    peers = [peer for answer in answers.values() for family in answer.values() for peer in family["peers"].values()]

    assert STATES == {peer["state"] for peer in peers}
    assert FAMILIES == {family for answer in answers.values() for family in answer}


def test_start_differs_from_the_healthy_fabric_by_the_faults_alone() -> None:
    """The broken leaves are the topology's leaves with one line more each, so that a change there is made here too."""
    added, removed = {}, {}
    for file in sorted((LAB.start / "configs").iterdir()):
        healthy = (LAB.topology_file.parent / "configs" / file.name).read_text(encoding="utf-8").splitlines()
        lines = list(ndiff(healthy, file.read_text(encoding="utf-8").splitlines()))
        added[file.name] = [line[2:].strip() for line in lines if line.startswith("+ ")]
        removed[file.name] = [line for line in lines if line.startswith("- ")]

    assert FAULTS == added
    assert {name: [] for name in FAULTS} == removed


@pytest.mark.parametrize(
    ("source", "rationale", "help"),
    [
        ("print('leaf2')", "returned nothing (None)", "end the function with `return …`"),
        ("return [['leaf4', 'eth2']]", "a router that it was not given", "Does it use only its argument?"),
        ("return ['leaf2 eth1']", "is no [router, neighbour] pair", 'It was called with {"leaf2": {"ipv4Unicast":'),
    ],
)
def test_the_public_check_says_what_a_function_lacks(source: str, rationale: str, help: str) -> None:
    """A function that prints, reads a global or returns other things hears so, with the input that it was given."""
    found = judged(f"def broken_sessions(summaries):\n    {source}", PUBLIC)["finds_the_one_of_two"]

    assert rationale in found.rationale
    assert help in found.help


def test_a_function_that_needs_ipv4_fails_where_families_are_asked() -> None:
    """A KeyError for ipv4Unicast does not stand under the title that speaks of other names."""
    right = cell(GRADER / "notebook.py", "find")
    found = judged(right.replace("in summary.values()", "in [summary['ipv4Unicast']]"))

    assert Verdict.passed is found["knows_other_names"].verdict
    assert Verdict.failed is found["looks_into_every_family"].verdict


def test_next_hops_that_the_routers_have_are_right() -> None:
    """The names with the addresses of this network pass, however the addresses are written."""
    written = {"spine2": "fe80::289b:eff:feef:bb46", "spine1": "FE80:0::DCC2:C2FF:FED4:3D68"}

    assert EXPECT_PATHS(written, HOPS) is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({}, "paths is empty"),
        (["spine1", "spine2"], "paths is a list, not a dict"),
        (["eth1", "eth2"], "these are interfaces"),
        ({"eth1": "fe80::1", "eth2": "fe80::2"}, "these are interfaces"),
        ({"spine1": "fe80::dcc2:c2ff:fed4:3d68"}, "leaf1 sends packets for leaf4 to 2 neighbours"),
        ({"spine1": "fe80::289b:eff:feef:bb46", "spine2": "fe80::dcc2:c2ff:fed4:3d68"}, "is not the next hop"),
        ({"spine1": "169.254.0.1", "spine2": "169.254.0.1"}, "is not the next hop"),
        ({"spine1": None, "spine2": ["fe80::289b:eff:feef:bb46"]}, "is not the next hop"),
    ],
)
def test_paths_that_are_not_those_of_this_network_fail(answer: Any, said: str) -> None:
    """Names alone, interfaces, one path of two and addresses of elsewhere are found out, and told apart."""
    with pytest.raises(Failed, match=re.escape(said)):
        EXPECT_PATHS(answer, HOPS)


class Healthy(NoFabric):
    """The lab's routers with the configuration and BGP table of the plan, but for what is `other` on one of them."""

    def __init__(self, name: str = "", *, line: str = "", prefix: str = "", path: str = "") -> None:
        self.other = {name: (line, prefix, path)}

    def device(self, name: str) -> Any:
        return Planned(name, *self.other.get(name, ("", "", "")))


class Planned:
    """A router that runs what the topology has for it, and `line` in the first block of its BGP."""

    def __init__(self, name: str, line: str, prefix: str, path: str) -> None:
        self.name, self.line, self.prefix, self.path = name, line, prefix, path

    def ask(self, *argv: str, timeout: float = 10) -> Answer:
        known = {
            "show running-config": self.configuration(),
            "show bgp ipv4 unicast json": json.dumps({"routes": self.loopbacks() | self.beyond(".")}),
            "show bgp ipv6 unicast json": json.dumps({"routes": self.beyond(":")}),
        }
        return Answer(code=0, stdout=known[argv[-1]], stderr="")

    def configuration(self) -> str:
        text = (LAB.topology_file.parent / "configs" / f"{self.name}.conf").read_text(encoding="utf-8")
        return text.replace(" timers bgp 1 3\n", f" timers bgp 1 3\n{self.line}") if self.line else text

    def loopbacks(self) -> dict[str, Any]:
        known = {name: address for name, address in HIDDEN_CHECKS["LOOPBACKS"].items() if not self.hides(name)}
        return {f"{address}/32": [{"path": ""}] for address in known.values()}

    def hides(self, name: str) -> bool:
        return name != self.name and name.startswith("spine") and self.name.startswith("spine")

    def beyond(self, mark: str) -> dict[str, Any]:
        return {self.prefix: [{"path": self.path}]} if mark in self.prefix else {}


def test_a_fabric_that_stays_away_for_no_reason_of_the_learners_is_nobodys_fault() -> None:
    """Where each router is set up as planned, the check is errored; a description changes nothing."""
    described = Healthy("leaf1", line=" neighbor eth1 description mine\n")

    assert RuntimeError is type(HIDDEN_CHECKS["not_back"](Healthy(), "spine1"))
    assert RuntimeError is type(HIDDEN_CHECKS["not_back"](described, "spine1"))


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("leaf1", " neighbor eth1 timers delayopen 120\n", "leaf1 has `neighbor eth1 timers delayopen 120`"),
        ("spine1", " neighbor eth1 passive\n", "spine1 has `neighbor eth1 passive`"),
        ("leaf4", " bgp dampening\n", "leaf4 has `bgp dampening`"),
    ],
)
def test_a_fabric_that_stays_away_by_what_the_learner_set_has_failed(name: str, line: str, said: str) -> None:
    """Where a router on the way is set up otherwise, the line is named."""
    found = HIDDEN_CHECKS["not_back"](Healthy(name, line=line), "spine1")

    assert isinstance(found, Failed)
    assert said in found.rationale


def expect_planned_prefixes(fabric: Healthy) -> None:
    for node in fabric.topology.nodes:
        HIDDEN_CHECKS["expect_planned_prefixes"](fabric, fabric.device(node.name))


@pytest.mark.parametrize(
    ("prefix", "path", "who"),
    [
        ("198.51.100.0/24", "", "leaf2 itself"),
        ("0.0.0.0/0", "65000 65014", "AS 65014"),
        ("2001:db8::/32", "", "leaf2 itself"),
    ],
)
def test_what_nobody_planned_to_announce_is_named(prefix: str, path: str, who: str) -> None:
    """A prefix that is no loopback fails with the router that has it, and with who put it into BGP."""
    with pytest.raises(Failed, match=f"leaf2 has {prefix} in BGP, announced by {who}"):
        expect_planned_prefixes(Healthy("leaf2", prefix=prefix, path=path))


def test_the_loopbacks_of_the_plan_are_no_surprise() -> None:
    """Every router may have the six loopbacks; a spine does not hear of the other spine."""
    expect_planned_prefixes(Healthy())
