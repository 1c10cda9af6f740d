"""What stopped a cell, and what the checks say, folded into a task's verdict."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from netdojo.checks import Check, Failed
from netdojo.grading.judging import Judge
from netdojo.grading.kernel import NotebookKernel, Outcome
from netdojo.grading.matching import Step
from netdojo.grading.stopping import Stop
from netdojo.model import Lab, Network, Verdict

ERRORS = Path(__file__).parents[2] / "errors" / "grading" / "notebooks"
PASSED, FAILED, ERRORED = Verdict.passed, Verdict.failed, Verdict.errored
LOCKED = Step("code", "setup()", id="cell-02")
ANSWER = Step("code", "a = 1", id="first", task="first", own=True)
OWN = Step("code", "b = 1", own=True)
BROKEN = Outcome("NameError: x")


class Silent:
    """A kernel that is asked nothing."""

    def still(self, _: object) -> AbstractContextManager[None]:
        return nullcontext()

    def keep(self, *_: object) -> None: ...

    def recall(self, _: str) -> None: ...

    def left_out(self) -> list[str]:
        return []

    def hiding(self, _: bool) -> Silent:
        return self

    def call(self, _: str) -> Any:
        return len


KERNEL = cast(NotebookKernel, Silent())


def check(task: str, trouble: Exception | None = None, *, hidden: bool = False, name: str = "asks") -> Check:
    def run() -> None:
        if trouble is not None:
            raise trouble

    return Check(task=task, name=name, title="T", run=run, arguments=(), hidden=hidden)


@pytest.fixture
def network() -> Network:
    return cast(Network, Topless())


class Topless:
    """A network that no check asks."""

    topology: Any = None


def judge(lab: Lab, network: Network, *public: Check, hidden: tuple[Check, ...] = ()) -> Judge:
    return Judge(lab, network, (public, hidden), Stop())


def test_a_pass_keeps_what_stopped_a_cell_as_a_note(lab: Lab, network: Network) -> None:
    """An exception after the work was done costs nothing, and is told."""
    judged = judge(lab, network, check("first"))
    judged.note(ANSWER, BROKEN)
    judged.judge("first", KERNEL)
    judged.finish(KERNEL)

    assert (PASSED, 2) == (judged.reports["first"].verdict, judged.reports["first"].points)
    assert ("NameError: x",) == judged.leftover()


def test_a_failure_is_led_by_what_stopped_the_cell(lab: Lab, network: Network) -> None:
    """The exception is the first reason that a learner reads; the checks' come after it."""
    judged = judge(lab, network, check("first", Failed("a is 0")))
    judged.note(ANSWER, BROKEN)
    judged.judge("first", KERNEL)
    judged.finish(KERNEL)

    assert ["NameError: x", "a is 0"] == [result.rationale for result in judged.reports["first"].results]
    assert (FAILED, ()) == (judged.reports["first"].verdict, judged.leftover())


def test_a_missing_cell_fails_although_the_checks_pass(lab: Lab, network: Network) -> None:
    """What the network does is nobody's answer to a task whose cell is gone; how to get the cell again is said."""
    judged = judge(lab, network, check("first"))
    judged.missing("first")
    judged.judge("first", KERNEL, missing=True)
    judged.finish(KERNEL)

    lost = judged.reports["first"].results[0]
    assert FAILED == judged.reports["first"].verdict
    assert (ERRORS / "one-cell-lost.txt").read_text(encoding="utf-8") == f"{lost.rationale}\n  {lost.help}\n"


@pytest.mark.parametrize(("before", "verdict"), [([], ERRORED), ([OWN], FAILED), ([ANSWER], FAILED)])
def test_the_labs_own_cell_is_the_learners_fault_only_after_his_code(
    lab: Lab, network: Network, before: list[Step], verdict: Verdict
) -> None:
    """A locked cell that stops before any of the learner's has run is errored, never a failure."""
    judged = judge(lab, network, check("first", Failed("a is 0")))
    for step in before:
        judged.note(step, Outcome())
    judged.note(LOCKED, BROKEN)
    judged.judge("first", KERNEL)
    judged.finish(KERNEL)

    assert verdict == judged.reports["first"].verdict


def test_what_the_labs_own_cell_breaks_is_nobodys_failure(lab: Lab, network: Network) -> None:
    """Tasks that fail after a locked cell has stopped are errored with it; what holds all the same has passed."""
    judged = judge(lab, network, check("first"), check("second", Failed("b is 0")))
    judged.note(LOCKED, BROKEN)
    judged.note(ANSWER, Outcome())
    judged.judge("first", KERNEL)
    judged.judge("second", KERNEL)
    judged.finish(KERNEL)
    assert (PASSED, ERRORED) == (judged.reports["first"].verdict, judged.reports["second"].verdict)

    judged = judge(lab, network, check("first", Failed("a is 0")), check("second", Failed("b is 0")))
    judged.note(LOCKED, BROKEN)
    judged.judge("first", KERNEL)
    judged.note(OWN, Outcome("a learner's own"))
    judged.judge("second", KERNEL)
    judged.finish(KERNEL)
    assert (ERRORED, ERRORED) == (judged.reports["first"].verdict, judged.reports["second"].verdict)
    told = [result.rationale for result in judged.reports["second"].results]
    assert ["NameError: x", "a learner's own", "b is 0"] == told


def test_a_check_that_breaks_is_errored(lab: Lab, network: Network) -> None:
    """Only Failed says that the learner is wrong."""
    judged = judge(lab, network, check("first", KeyError("x")), check("second", Failed("no")))
    judged.judge("first", KERNEL)
    judged.judge("second", KERNEL)
    judged.finish(KERNEL)

    assert (ERRORED, FAILED) == (judged.reports["first"].verdict, judged.reports["second"].verdict)


def test_a_hidden_check_decides_too(lab: Lab, network: Network) -> None:
    """A task passes when its public and its hidden checks do; a task that nobody judges is errored."""
    hidden = (check("first", Failed("wrong for another fabric", expected=[1]), hidden=True, name="other"),)
    judged = judge(lab, network, check("first"), hidden=hidden)
    judged.judge("first", KERNEL)
    judged.judge("second", KERNEL)
    judged.finish(KERNEL)

    assert (FAILED, ERRORED) == (judged.reports["first"].verdict, judged.reports["second"].verdict)
    assert judged.reports["first"].results[1].expected is None


def test_hidden_inputs_are_asked_after_everything_else(lab: Lab, network: Network) -> None:
    """A hidden call waits for the end, so that no later answer can carry its inputs out."""
    asked: list[str] = []
    public = (replace(check("second"), run=lambda: asked.append("public")),)
    hidden = (
        replace(
            check("first", hidden=True, name="other"),
            run=lambda call: asked.append("hidden"),
            call="f",
            arguments=("call",),
        ),
    )
    judged = judge(lab, network, *public, hidden=hidden)
    judged.judge("first", KERNEL)
    judged.judge("second", KERNEL)
    assert ["public"] == asked
    judged.finish(KERNEL)

    assert ["public", "hidden"] == asked
