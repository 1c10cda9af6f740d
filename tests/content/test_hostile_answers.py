"""Whatever JSON a learner's notebook gives, the first lab's checks find it right or wrong, and never break."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from netdojo.checks import Check, Failed, load_checks, run_task
from netdojo.content import find_course, find_lab, read_topology
from netdojo.model import Answer, Result, Topology, Verdict

COURSE = Path(__file__).parents[2]
LAB = find_lab(find_course(COURSE), "netmiko-first-contact")
GRADER = COURSE / "graders" / LAB.slug
PUBLIC = load_checks(LAB.folder / "checks.py")
HIDDEN = load_checks(GRADER / "hidden.py", hidden=True)
LAB_CHECKS = runpy.run_path(str(LAB.folder / "checks.py"))
HIDDEN_CHECKS = runpy.run_path(str(GRADER / "hidden.py"))
RECORDED = json.loads((Path(__file__).parent / "recorded" / f"{LAB.slug}.json").read_text(encoding="utf-8"))
EARLY, LATE = RECORDED["early"], RECORDED["late"]
GUARDS = frozenset(check.name for check in (*PUBLIC, *HIDDEN))
HOPS = {"eth1": ("spine1", {"fe80::1"}), "eth2": ("spine2", {"fe80::2"})}

WORDS = sorted(
    {*EARLY, *EARLY["leaf1"]["ipv4Unicast"], *EARLY["leaf1"]["ipv4Unicast"]["peers"]["eth1"]}
    | {"ipv4Unicast", "peers", "eth1", "eth2", "eth3", "eth4", "Established", "10.0.0.1"}
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(WORDS) | st.text()
JSON = st.recursive(SCALARS, lambda held: st.lists(held) | st.dictionaries(st.sampled_from(WORDS), held))
QUICK = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


class Recorded:
    """A router as it answered when it was recorded."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.labels: dict[str, str] = {}

    def ask(self, *argv: str, timeout: float = 10) -> Answer:
        assert ("vtysh", "-d", "bgpd", "-c", "show bgp summary json") == argv
        return Answer(code=0, stdout=json.dumps(LATE[self.name]), stderr="")


class RecordedFabric:
    """The lab's fabric at its start."""

    topology: Topology = read_topology(LAB.topology_file)

    def device(self, name: str) -> Recorded:
        return Recorded(name)

    def sessions(self, name: str) -> int:
        return 1


class Gives:
    """A notebook whose every variable and function gives the same."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def answer(self, name: str) -> Any:
        return self.value

    def call(self, function: str) -> Callable[..., Any]:
        return lambda *given: self.value


def judged(task: str, value: Any, checks: tuple[Check, ...] = (*PUBLIC, *HIDDEN)) -> list[Result]:
    """Return the results of a task's checks; none waits for another, since an answer may differ when asked again."""
    return run_task(task, checks, fabric=RecordedFabric(), kernel=Gives(value), passed=GUARDS)


def verdicts(task: str, value: Any) -> set[Verdict]:
    return {result.verdict for result in judged(task, value)}


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """An honest reading in which something, somewhere, is something else."""
    held = deepcopy(EARLY)
    where: Any = held
    for _ in range(draw(st.integers(0, 5))):
        inner = [key for key, value in where.items() if isinstance(value, dict)]
        if not inner:
            break
        where = where[draw(st.sampled_from(inner))]
    where[draw(st.sampled_from(sorted(where)))] = draw(JSON)
    return held


def test_a_reading_passes_later() -> None:
    """What was read five seconds after the start is right eight seconds later, and so is what is read at once."""
    assert {Verdict.passed} == verdicts("read", EARLY)
    assert {Verdict.passed} == verdicts("read", LATE)


@QUICK
@given(JSON | spoilt())
@example({name: {"ipv4Unicast": {"peers": []}} for name in EARLY})
@example({name: {"ipv4Unicast": {"peers": {"eth1": "up", "eth2": 7}}} for name in EARLY})
@example({name: {"ipv4Unicast": []} for name in EARLY})
@example({**EARLY, "leaf1": {"ipv4Unicast": {**EARLY["leaf1"]["ipv4Unicast"], "routerId": ["10.0.0.11"]}}})
def test_summaries_of_any_shape_are_judged(value: Any) -> None:
    """Summaries that are no summaries have failed, with a reason; no check breaks on them."""
    results = judged("read", value)

    assert {result.verdict for result in results} <= {Verdict.passed, Verdict.failed}
    assert all(result.rationale for result in results if result.verdict is Verdict.failed)


@QUICK
@given(JSON | st.lists(st.lists(JSON, min_size=2, max_size=2)))
@example([[["leaf1"], "eth1"]])
@example([[{}, "eth1"]])
@example([[1, None]])
@example([["leaf1", "eth1"], "leaf2"])
def test_whatever_the_function_returns_is_judged(value: Any) -> None:
    """A function that returns pairs of anything has failed, with a reason; no check breaks on it."""
    assert Verdict.errored not in verdicts("find", value)


@QUICK
@given(JSON | st.fixed_dictionaries({"spine1": JSON, "spine2": JSON}))
@example({"spine1": 338288524927261089654018896841347694593, "spine2": True})
def test_paths_of_any_shape_are_judged(value: Any) -> None:
    """Paths that are no paths have failed: the addresses are text, and in a dict."""
    with pytest.raises(Failed):
        LAB_CHECKS["expect_paths"](value, HOPS)


@pytest.mark.parametrize("field", ["routerId", "as", "vrfId", "tableVersion"])
@pytest.mark.parametrize("told", [None, 10**6, "x", []])
def test_a_router_that_was_otherwise_is_another(field: str, told: Any) -> None:
    """What stays, and what only grows, was not read here when it was otherwise."""
    kept = deepcopy(EARLY["leaf1"])
    kept["ipv4Unicast"][field] = told
    with pytest.raises(Failed, match="not read from this network"):
        HIDDEN_CHECKS["expect_this_run"]("leaf1", kept, LATE["leaf1"])


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("msgRcvd", 5000),
        ("msgSent", 5000),
        ("connectionsDropped", 9),
        ("connectionsEstablished", 0),
        ("connectionsEstablished", 0.5),
        ("connectionsEstablished", -1),
        ("localAs", 65000),
        ("hostname", "spine9"),
        ("remoteAs", 65001),
        ("peerUptimeMsec", 1_300_000),
        ("peerUptimeEstablishedEpoch", 1_700_000_000),
    ],
)
def test_a_session_that_was_otherwise_is_another(field: str, told: Any) -> None:
    """A counter that has gone back, a session that began at another time, is one of another network."""
    kept = deepcopy(EARLY["leaf1"])
    kept["ipv4Unicast"]["peers"]["eth1"][field] = told
    with pytest.raises(Failed, match="what it holds of leaf1 eth1 was never so here"):
        HIDDEN_CHECKS["expect_this_run"]("leaf1", kept, LATE["leaf1"])


def test_what_this_frr_does_not_tell_is_not_asked_for() -> None:
    """Another FRR may leave fields out and have others; a reading of it passes."""
    kept, live = deepcopy(EARLY["leaf1"]), deepcopy(LATE["leaf1"])
    for summary in (kept, live):
        del summary["ipv4Unicast"]["tableVersion"]
        summary["ipv4Unicast"]["more"] = {}
        for peer in summary["ipv4Unicast"]["peers"].values():
            for field in ("idType", "msgSent", "hostname", "peerUptimeEstablishedEpoch", "connectionsDropped"):
                del peer[field]

    assert HIDDEN_CHECKS["expect_this_run"]("leaf1", kept, live) is None
