"""What a lab's proof says of one state: what came, what should have come, and why not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone

import pytest

from netdojo.errors import HostNotReady, SubmissionUnusable
from netdojo.grading import proving
from netdojo.grading.proving import Proof, StateProof
from netdojo.grading.states import State
from netdojo.model import Lab, Report, Result, TaskReport, Verdict

PASSED, FAILED, SKIPPED = Verdict.passed, Verdict.failed, Verdict.skipped
NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)


def report(**tasks: tuple[Verdict, str]) -> Report:
    """Return a report whose tasks came to a verdict, each by one result with its rationale."""
    return Report(
        lab="small",
        lab_digest="0" * 64,
        grader_version="1",
        submission_digest="0" * 64,
        notebook_digest="0" * 64,
        started=NOW,
        finished=NOW,
        tasks=tuple(task_report(name, verdict, why) for name, (verdict, why) in tasks.items()),
    )


def task_report(id: str, verdict: Verdict, why: str) -> TaskReport:
    result = Result(task=id, check="c", title="T", verdict=verdict, rationale=why)
    return TaskReport(id=id, title=id, verdict=verdict, points=0, of=1, results=(result,))


def state(reason: str = "", **expect: set[Verdict]) -> State:
    return State("half", "Half of it.", {}, {task: frozenset(may) for task, may in expect.items()}, reason)


def graded(report: Report) -> Callable[[State], Report]:
    """Return what grades any state with this report."""
    return lambda _: report


def test_a_state_that_comes_to_what_it_must_has_no_faults() -> None:
    """Each verdict is one of those that may be, and the named reason is in a failure."""
    came = report(first=(FAILED, "a is 3, not 1"), second=(SKIPPED, ""))
    proof = proving.proven(state("a is 3", first={FAILED}, second={FAILED, SKIPPED}), graded(came))

    assert proof.ok
    assert {"first": "failed", "second": "failed or skipped"} == proof.expected
    assert {"first": "failed", "second": "skipped"} == proof.got
    assert {"first": "a is 3, not 1"} == proof.rationales


def test_another_verdict_is_a_fault_with_its_reason() -> None:
    """A wrong answer that passes, or a right one that fails, is told with what the judge said."""
    came = report(first=(FAILED, "a is 3"), second=(PASSED, ""))

    assert ["first: must be passed (got failed: a is 3)", "second: must be failed or skipped (got passed)"] == list(
        proving.faults_of(state(first={PASSED}, second={FAILED, SKIPPED}), came)
    )


@pytest.mark.parametrize("verdict", [PASSED, SKIPPED, Verdict.errored])
def test_only_a_failure_can_tell_the_reason(verdict: Verdict) -> None:
    """The words of a result that did not fail are no reason to fail."""
    came = report(first=(verdict, "a is 3"))

    assert ["no failure tells the reason 'a is 3' (got no failure)"] == list(
        proving.faults_of(state("a is 3", first={verdict}), came)
    )


def test_a_failure_for_another_reason_is_a_fault() -> None:
    """A mutant that fails for something else than its story proves nothing; what was said is told."""
    came = report(first=(FAILED, "no such name"))

    assert ["no failure tells the reason 'a is 3' (got no such name)"] == list(
        proving.faults_of(state("a is 3", first={FAILED}), came)
    )


def test_a_state_that_cannot_be_graded_is_a_fault_of_that_state() -> None:
    """The other states are still proven."""

    def refuses(_: State) -> Report:
        raise SubmissionUnusable("it holds no notebook", help="")

    proof = proving.proven(state(first={PASSED}), refuses)

    assert ("could not be graded: it holds no notebook",) == proof.faults
    assert {} == proof.got


def test_a_state_that_could_not_be_graded_is_nothing_wrong() -> None:
    """As a grading that errored, the proof ends with 3; with something wrong beside it, with 1."""

    def refuses(_: State) -> Report:
        raise SubmissionUnusable("it holds no notebook", help="Hand it in.")

    ungraded = proving.proven(state(first={FAILED}), refuses)
    errored = proving.proven(state(first={FAILED}), graded(report(first=(Verdict.errored, "a node is gone"))))
    good, wrong = state_proof("start"), state_proof("half", "wrong")

    for undecided in (ungraded, errored):
        assert 3 == Proof(lab="small", states=(good, undecided), leaks=(), seconds=1.0).exit_code
        assert 1 == Proof(lab="small", states=(wrong, undecided), leaks=(), seconds=1.0).exit_code
    both = graded(report(first=(Verdict.errored, "a node is gone"), second=(PASSED, "")))
    mixed = proving.proven(state(first={FAILED}, second={FAILED}), both)
    assert 1 == Proof(lab="small", states=(mixed,), leaks=(), seconds=1.0).exit_code
    lines = Proof(lab="small", states=(ungraded,), leaks=(), seconds=1.0).text().splitlines()
    assert ["      could not be graded: it holds no notebook", "      Hand it in."] == lines[1:3]


def test_what_the_machine_lacks_is_told_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a state could be graded it ends the proof, with its help; after that it is a fault of its state."""
    states = [State(name, name, {}, {"first": frozenset({FAILED})}) for name in ("start", "half")]
    came = report(first=(FAILED, "no"))

    def grade(_: Lab, of: str, **__: object) -> Report:
        if of in lacking:
            raise HostNotReady("there is no bubblewrap", help="Install it.")
        return came

    monkeypatch.setattr(proving, "states_of", lambda _: states)
    monkeypatch.setattr(proving, "leaks_of", lambda _: ())
    monkeypatch.setattr(proving, "handed_in", lambda state, _: state.name)
    monkeypatch.setattr(proving, "grade_read", grade)
    lacking = {"start", "half"}
    with pytest.raises(HostNotReady, match=r"(?s)there is no bubblewrap.*Install it\."):
        proving.prove(lab, jobs=1)
    lacking = {"half"}
    proof = proving.prove(lab, jobs=1)

    assert (3, [True, False]) == (proof.exit_code, [one.ok for one in proof.states])
    assert ("could not be graded: there is no bubblewrap\nInstall it.",) == proof.states[1].faults


@pytest.mark.parametrize(
    ("faults", "leaks", "code"), [((), (), 0), (("wrong",), (), 1), ((), ("leaked",), 1), (("wrong",), ("leaked",), 1)]
)
def test_one_fault_or_leak_is_no_proof(faults: tuple[str, ...], leaks: tuple[str, ...], code: int) -> None:
    """Every state must be as it says and nothing may leak; the exit code says so, and the text names each."""
    good = state_proof("start")
    proof = Proof(lab="small", states=(good, state_proof("half", *faults)), leaks=leaks, seconds=2.0)

    assert code == proof.exit_code
    lines = proof.text().splitlines()
    assert f"{1 + (not faults)} of 2 states as they must be, {len(leaks)} leaks, 2.0 s" == lines[-1]
    assert "ok  start: first failed (1.0 s)" == lines[0]
    assert [f"      {fault}" for fault in faults] + [f"BAD {leak}" for leak in leaks] == lines[2:-1]
    assert lines[1].startswith("BAD half" if faults else "ok  half")


def state_proof(name: str, *faults: str) -> StateProof:
    return StateProof(
        name=name,
        story="S",
        expected={"first": "failed"},
        got={"first": "failed"},
        rationales={},
        faults=faults,
        seconds=1.0,
    )


def test_a_state_is_handed_in_as_a_learner_hands_in(lab: Lab) -> None:
    """Its notebook is read as any submission's is, and its files come along."""
    cell: dict[str, object] = {
        "id": "first",
        "cell_type": "code",
        "metadata": {},
        "source": "a = 1",
        "outputs": [],
        "execution_count": None,
    }
    notebook = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).encode()
    held = State("start", "S", {"small.ipynb": notebook, "plan.json": b"{}"}, {})
    submission = proving.handed_in(held, lab)

    assert {"small.ipynb": notebook, "plan.json": b"{}"} == submission.contents
    assert ["a = 1"] == [cell.source for cell in submission.cells]
