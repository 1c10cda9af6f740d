"""The engine that runs checks, judged on devices that answer from memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from netdojo.checks import Check, Device, Failed, check, expect, fold, run_task
from netdojo.errors import NodeUnreachable
from netdojo.model import Answer, End, Link, Node, Result, Task, Topology, Verdict

TOPOLOGY = Topology(
    name="pair",
    file=Path("pair.clab.yml"),
    images=Path("images"),
    nodes=tuple(Node(name=name, kind="linux", image="frr", labels={"tier": "leaf"}) for name in ("leaf1", "leaf2")),
    links=(Link(a=End(node="leaf1", interface="eth1"), b=End(node="leaf2", interface="eth1")),),
)


@dataclass
class Recorded:
    """A device that gives its recorded answers one after the other; the last one stays."""

    name: str
    answers: list[Answer | Exception]
    labels: dict[str, str] = field(default_factory=dict)

    def ask(self, *argv: str, timeout: float = 10) -> Answer:
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class RecordedFabric:
    """A fabric of recorded devices."""

    answers: dict[str, list[Answer | Exception]]
    topology: Topology = TOPOLOGY

    def device(self, name: str) -> Device:
        return Recorded(name, self.answers[name])


@dataclass
class RecordedKernel:
    """A notebook with one variable and one function."""

    value: Any = None
    function: Callable[..., Any] = len

    def answer(self, name: str) -> Any:
        if self.value is None:
            raise Failed(f"there is no variable {name} yet")
        return self.value

    def call(self, function: str) -> Callable[..., Any]:
        return self.function


def said(text: str) -> Answer:
    return Answer(code=0, stdout=text, stderr="")


@check("reach", nodes="leaf*", within=1.0)
def says_up(node: Device) -> None:
    """The node says that it is up."""
    answer = node.ask("state").stdout
    expect(answer == "up", f"{node.name} is {answer}", expected="up", actual=answer)


@check("reach", needs=["says_up"])
def nothing_leaks(network: Any) -> None:
    """Nothing leaks while the sessions are up."""


@check("later", given=["says_up"])
def still_says_up(network: Any) -> None:
    """The nodes still say that they are up."""
    down = [name for name in network.names if network.device(name).ask("state").stdout != "up"]
    expect(not down, f"{', '.join(down)} is down again")


@check("count", call="count")
def counts(call: Callable[..., Any]) -> None:
    """The function counts."""
    expect(call([1, 2]) == 2, "count([1, 2]) is not 2")


@check("read", answer="seen")
def reads(answer: Any) -> None:
    """What was read is what is there."""
    expect(answer == ["leaf1"], "another answer")


def made(function: Any) -> Check:
    found: Check = function.netdojo_check
    return found


CHECKS = tuple(made(function) for function in (says_up, nothing_leaks, counts, reads))


def verdicts(results: list[Result]) -> list[Verdict]:
    return [result.verdict for result in results]


def test_one_result_for_each_node() -> None:
    """A check that names nodes is judged on each of them."""
    results = run_task("reach", CHECKS, fabric=RecordedFabric({"leaf1": [said("up")], "leaf2": [said("up")]}))

    assert [("says_up", "leaf1"), ("says_up", "leaf2"), ("nothing_leaks", "")] == [(r.check, r.node) for r in results]
    assert {Verdict.passed} == set(verdicts(results))


def test_only_what_has_not_passed_is_asked_again() -> None:
    """A node that becomes right before the deadline passes; the others are not asked twice."""
    settled: list[Answer | Exception] = [said("up"), said("down")]
    late: list[Answer | Exception] = [said("down"), said("down"), said("up")]

    results = run_task("reach", CHECKS, fabric=RecordedFabric({"leaf1": settled, "leaf2": late}))

    assert {Verdict.passed} == set(verdicts(results))
    assert [said("down")] == settled


def test_what_never_held_is_not_asked_again() -> None:
    """A check of what was given before is left out where it was not, and fails where it no longer is."""
    down = RecordedFabric({"leaf1": [said("down")], "leaf2": [said("up")]})
    checks = (made(still_says_up),)

    assert [] == run_task("later", checks, fabric=down)
    assert [Verdict.failed] == verdicts(run_task("later", checks, fabric=down, passed={"says_up"}))


def test_negative_check_waits_for_its_guard() -> None:
    """A check whose guard did not pass is skipped, not passed."""
    results = run_task("reach", CHECKS, fabric=RecordedFabric({"leaf1": [said("up")], "leaf2": [said("down")]}))

    assert [Verdict.passed, Verdict.failed, Verdict.skipped] == verdicts(results)
    assert "waits for: The node says that it is up" == results[-1].rationale


def test_failure_carries_its_evidence() -> None:
    """A failed result says what was asked of which node and what it answered."""
    results = run_task("reach", CHECKS, fabric=RecordedFabric({"leaf1": [said("down")], "leaf2": [said("up")]}))

    assert ("leaf1 is down", "up", "down") == (results[0].rationale, results[0].expected, results[0].actual)
    assert [("leaf1", "state", "down")] == [(e.node, e.command, e.answer) for e in results[0].evidence]


def test_unreachable_node_is_errored_and_asked_again() -> None:
    """A node that does not answer is no fault of the learner, and may answer later."""
    gone = NodeUnreachable("leaf1 does not answer")

    mended = run_task("reach", CHECKS, fabric=RecordedFabric({"leaf1": [gone, said("up")], "leaf2": [said("up")]}))
    dead = run_task("reach", CHECKS, fabric=RecordedFabric({"leaf1": [gone], "leaf2": [said("up")]}))

    assert Verdict.passed is mended[0].verdict
    assert Verdict.errored is dead[0].verdict


def test_without_notebook_its_checks_are_skipped() -> None:
    """Where no notebook is at hand, what needs it says how to run it."""
    results = run_task("count", CHECKS, fabric=RecordedFabric({}))

    assert [Verdict.skipped] == verdicts(results)
    assert 'run lab.check("count") in the notebook' == results[0].rationale


@pytest.mark.parametrize(("function", "verdict"), [(len, Verdict.passed), (lambda _: 3, Verdict.failed)])
def test_function_is_judged_by_what_it_returns(function: Callable[..., Any], verdict: Verdict) -> None:
    """A learner's function is called with data and judged by its answer."""
    results = run_task("count", CHECKS, fabric=RecordedFabric({}), kernel=RecordedKernel(function=function))

    assert [verdict] == verdicts(results)


def test_missing_answer_is_failed_not_errored() -> None:
    """A variable that is not there is the learner's to mend."""
    results = run_task("read", CHECKS, fabric=RecordedFabric({}), kernel=RecordedKernel())

    assert [(Verdict.failed, "there is no variable seen yet")] == [(r.verdict, r.rationale) for r in results]


def test_fault_of_the_check_is_errored() -> None:
    """An exception other than Failed is never scored."""
    results = run_task("count", CHECKS, fabric=RecordedFabric({}), kernel=RecordedKernel(function=TOPOLOGY.node))

    assert [Verdict.errored] == verdicts(results)
    assert "the check itself raised TypeError" in results[0].rationale


def test_hidden_check_tells_its_rationale_alone() -> None:
    """A hidden result never shows what was expected, or what was asked."""
    from dataclasses import replace

    hidden = tuple(replace(one, hidden=True, within=0.0) for one in CHECKS)
    results = run_task("reach", hidden, fabric=RecordedFabric({"leaf1": [said("down")], "leaf2": [said("up")]}))

    assert ("leaf1 is down", None, None, ()) == (
        results[0].rationale,
        results[0].expected,
        results[0].actual,
        results[0].evidence,
    )


TASK = Task(id="reach", title="Reach", points=4, needs=("wire",))


def result(verdict: Verdict) -> Result:
    return Result(task="reach", check="c", title="t", verdict=verdict)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([Verdict.passed, Verdict.passed], Verdict.passed),
        ([Verdict.passed, Verdict.failed, Verdict.skipped], Verdict.failed),
        ([Verdict.failed, Verdict.errored], Verdict.errored),
        ([Verdict.passed, Verdict.skipped], Verdict.skipped),
        ([], Verdict.errored),
    ],
)
def test_gravest_verdict_is_the_tasks(found: list[Verdict], expected: Verdict) -> None:
    """Errored outweighs failed, failed outweighs skipped; a task that nothing judged is never a pass."""
    report = fold(TASK, [result(verdict) for verdict in found], {"wire": Verdict.passed})

    assert (expected, 4 if expected is Verdict.passed else 0) == (report.verdict, report.points)


@pytest.mark.parametrize("before", [{"wire": Verdict.failed}, {}])
def test_task_waits_for_what_it_needs(before: dict[str, Verdict]) -> None:
    """A task whose need did not pass is skipped, whatever its own checks say."""
    assert Verdict.skipped is fold(TASK, [result(Verdict.passed)], before).verdict


class VisitedFabric(RecordedFabric):
    """A fabric that has had two sessions at each node."""

    def sessions(self, name: str) -> int:
        return 2


def test_a_check_learns_who_has_logged_in() -> None:
    """How many sessions a node has had is known of a network that runs; else the check is errored."""

    @check("read")
    def was_asked(network: Any) -> None:
        """r1 was asked."""
        expect(network.sessions("r1") > 1, "r1 was not asked")

    runs = VisitedFabric({"r1": [said("")]})
    verdicts = [run_task("read", [made(was_asked)], fabric=fabric)[0].verdict for fabric in (runs, RecordedFabric({}))]
    assert [Verdict.passed, Verdict.errored] == verdicts
