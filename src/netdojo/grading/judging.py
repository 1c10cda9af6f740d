"""Judges the tasks of one submission, one at a time, and keeps what the learner's cells came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from netdojo.checks import Check, fold, legible, run_task
from netdojo.grading.kernel import NotebookKernel, Outcome
from netdojo.grading.matching import Step
from netdojo.grading.stopping import Stop, StoppableFabric
from netdojo.grading.submissions import fresh_notebook
from netdojo.model import Lab, Network, Result, TaskReport, Verdict
from netdojo.runtimes.fabric import LiveFabric

CELL = "cell"
"""The name of the result that says what a task's own cell came to."""


@dataclass
class Held:
    """What a task has come to until the hidden inputs are asked: its results, what stopped cells before, its cell."""

    results: list[Result]
    troubles: list[Result]
    missing: bool


class Judge:
    """The verdicts of one submission so far; `reports` are by task."""

    def __init__(
        self, lab: Lab, network: Network, checks: tuple[tuple[Check, ...], tuple[Check, ...]], stop: Stop
    ) -> None:
        self.lab = lab
        self.fabric = StoppableFabric(LiveFabric(network), stop)
        self.public, self.hidden = checks
        self.reports: dict[str, TaskReport] = {}
        self.held: dict[str, Held] = {}
        self.troubles: list[Result] = []
        self.holding: set[str] = set()
        self.undone: list[str] = []
        self.own = 0
        self.touched = False

    def place(self, step: Step) -> str:
        """Return how a message names a cell."""
        if step.task:
            return f"the cell of task {step.task!r}"
        if step.id:
            return f"the lab's cell {step.id!r}"
        self.own += 1
        return f"your own cell number {self.own}"

    def note(self, step: Step, outcome: Outcome) -> None:
        """Keep what stopped a cell; it is told with the task that is judged next.

        A cell of the lab that stops before any of the learner's has run says nothing about the learner: it is errored.
        """
        self.touched = self.touched or step.own
        if outcome.trouble:
            verdict = Verdict.failed if self.touched else Verdict.errored
            self.troubles.append(cell_result(step.task, verdict, outcome.trouble, outcome.help))

    def missing(self, task: str) -> None:
        """Keep that a task's cell is not there."""
        put_back = f"A fresh notebook holds the cell, for your answer: {fresh_notebook(self.lab.slug)}"
        self.troubles.append(cell_result(task, Verdict.failed, f"the cell of task {task!r} is missing", put_back))

    def judge(self, task: str, kernel: NotebookKernel, *, missing: bool = False) -> None:
        """Run the checks of `task` but those that call the learner's functions with hidden inputs: they come last."""
        asked = [check for check in (*self.public, *self.hidden) if check.task == task]
        kernel.keep(task, dict.fromkeys(check.call for check in asked if check.hidden and check.call))
        with kernel.still(dict.fromkeys(check.answer for check in asked if check.answer)):
            results = self.run(self.public, task, kernel, hides=False)
            results += self.run([check for check in self.hidden if not check.call], task, kernel, hides=True)
        self.held[task] = Held(results, self.troubles, missing)
        self.troubles = []

    def finish(self, kernel: NotebookKernel) -> None:
        """Call the learner's functions with the hidden inputs, and fold every task's results into its report.

        Nothing that the notebook does or says is looked at after that, so that no later answer can carry the inputs
        out, nor can the time that an answer took. A task whose cell is missing has failed: what the network does then
        is nobody's answer to it. What stopped a cell leads the results of the next task that did not pass; where there
        is none, it is a note. What is errored leads those of every further task that did not pass: none of them has
        shown anything about the learner.
        """
        self.undone = kernel.left_out()
        troubles: list[Result] = []
        broken: list[Result] = []
        for task, held in self.held.items():
            troubles += held.troubles
            calls = [check for check in self.hidden if check.call]
            kernel.recall(task)
            asked = [found.model_copy(update={"seconds": 0.0}) for found in self.run(calls, task, kernel, hides=True)]
            results = [*held.results, *asked]
            self.reports[task] = self.folded(task, results)
            if self.reports[task].verdict is not Verdict.passed or held.missing:
                led = [found.model_copy(update={"task": task}) for found in (*broken, *troubles)]
                self.reports[task] = self.folded(task, [*led, *results])
                broken += [found for found in troubles if found.verdict is Verdict.errored]
                troubles = []
        self.troubles = [*troubles, *self.troubles]

    def leftover(self) -> tuple[str, ...]:
        """Return what stopped cells without any task being the worse for it, and what was asked for and not done."""
        return (*(found.rationale for found in self.troubles), *map(not_done, self.undone))

    def run(self, checks: Iterable[Check], task: str, kernel: NotebookKernel, *, hides: bool) -> list[Result]:
        """Run the checks of `task` and remember which held, for the checks that wait for them."""
        results = run_task(
            task,
            checks,
            fabric=self.fabric,
            kernel=kernel.hiding(hides),
            passed=frozenset(self.holding),
            known=self.public,
        )
        names = {result.check for result in results}
        self.holding |= names - {result.check for result in results if result.verdict is not Verdict.passed}
        return results

    def folded(self, task: str, results: list[Result]) -> TaskReport:
        verdicts = {name: report.verdict for name, report in self.reports.items() if name != task}
        return fold(self.lab.task(task), results, verdicts)


def not_done(verb: str) -> str:
    """Return what has to be known of a verb that the notebook asked for and that a grading leaves out."""
    return (
        f"lab.{verb}() was called and did nothing: a grading runs the cells once, from top to bottom, on one fresh "
        "network. What a cell had changed above it was still so below it."
    )


def cell_result(task: str, verdict: Verdict, rationale: str, help: str) -> Result:
    """Return the result that says what stopped a cell before the checks were asked."""
    title = "The notebook's cells run to their end"
    return Result(
        task=task or "none", check=CELL, title=title, verdict=verdict, rationale=legible(rationale), help=help
    )
