"""The pure half of the first lab: it tells right answers from wrong, says what to do next, and breaks two lines."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Callable, Sequence
from difflib import ndiff
from pathlib import Path
from typing import Any, NoReturn

import pytest

from netdojo.checks import Check, Failed, load_checks, run_task
from netdojo.content import find_course, find_lab, read_topology
from netdojo.grading.master import read_answers
from netdojo.model import Result, Topology, Verdict

COURSE = Path(__file__).parents[2]
LAB = find_lab(find_course(COURSE), "netmiko-first-contact")
GRADER = COURSE / "graders" / "netmiko-first-contact"
HIDDEN = load_checks(GRADER / "hidden.py", hidden=True)
PUBLIC = [one for one in load_checks(LAB.folder / "checks.py") if one.name == "finds_the_one_of_two"]
EXPECT_PATHS = runpy.run_path(str(LAB.folder / "checks.py"))["expect_paths"]
HOPS = {"eth1": ("spine1", {"fe80::dcc2:c2ff:fed4:3d68"}), "eth2": ("spine2", {"fe80::289b:eff:feef:bb46"})}
"""The routers at the other ends of leaf1's uplinks and their addresses there, as recorded."""
STATES = {"Established", "Idle", "Idle (Admin)", "Idle (PfxCt)", "Active", "Connect", "OpenSent"}
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


@pytest.mark.parametrize("mutant", ["fabric-names", "idle-only", "one-family"])
def test_a_wrong_function_is_found_out(mutant: str) -> None:
    """Each wrong function fails on recorded answers alone."""
    assert Verdict.failed in verdicts(cell(GRADER / "mutants" / mutant / "notebook.py", "find"))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("found.add((node, neighbor))", "found.add((node, neighbor.replace(':', '')))"),
        ("return sorted(list(pair) for pair in found)", "return sorted((list(pair) for pair in found), reverse=True)"),
        ('!= "Established"', "in ('Idle', 'Active', 'Connect', 'OpenSent')"),
        ("found = set()", "found = set([('leaf1', 'eth1')])"),
        ("summary.values()", "list(summary.values())[:1]"),
    ],
)
def test_a_small_slip_is_found_out(right: str, wrong: str) -> None:
    """A slip in one expression of the right function fails."""
    master = cell(GRADER / "notebook.py", "find")
    assert right in master

    assert Verdict.failed in verdicts(master.replace(right, wrong))


def test_recorded_answers_hold_every_state() -> None:
    """The recorded inputs show each state in which a session can be met for longer than a moment."""
    answers = json.loads((GRADER / "recorded.json").read_text(encoding="utf-8"))["answers"]
    peers = [peer for answer in answers.values() for family in answer.values() for peer in family["peers"].values()]

    assert STATES == {peer["state"] for peer in peers}


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
