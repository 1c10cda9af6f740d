"""What judging gives: a verdict a task, with the evidence that a person needs to act on it."""

from __future__ import annotations

from enum import Enum
from typing import Any

from pydantic import Field

from netdojo.model.base import Instant, Noun, Sha256, Slug


class Verdict(str, Enum):
    """`failed` alone says that the learner is wrong; `errored` is never scored; `skipped` waits for another check."""

    passed = "passed"
    failed = "failed"
    errored = "errored"
    skipped = "skipped"

    @property
    def word(self) -> str:
        """What a learner reads for it."""
        return {"passed": "Passed", "failed": "Not yet", "errored": "Could not check", "skipped": "Waits"}[self.value]


class Evidence(Noun):
    """A command that was asked of a node, and the answer, capped."""

    node: str
    command: str
    answer: str


class Result(Noun):
    """One check's outcome.

    `title` is what was checked, in a sentence; `hidden` results are shown by title and rationale only.
    """

    task: Slug
    check: str
    title: str
    verdict: Verdict
    node: str = ""
    rationale: str = ""
    expected: Any = None
    actual: Any = None
    help: str = ""
    hidden: bool = False
    seconds: float = 0.0
    evidence: tuple[Evidence, ...] = ()


class TaskReport(Noun):
    """One task's verdict, drawn from its results. `points` is what it earned of `of`."""

    id: Slug
    title: str
    verdict: Verdict
    points: int
    of: int
    results: tuple[Result, ...] = ()

    @property
    def rationale(self) -> str:
        """Why the task did not pass: the first result that says so."""
        return next((r.rationale for r in self.results if r.verdict is not Verdict.passed and r.rationale), "")


class Report(Noun):
    """What a submission got. `digest` is over what decides the grade, so the same submission gives the same digest."""

    lab: Slug
    lab_digest: Sha256
    grader_version: str
    submission_digest: Sha256
    notebook_digest: Sha256
    started: Instant
    finished: Instant
    environment: dict[str, str] = Field(default_factory=dict)
    phases: dict[str, float] = Field(default_factory=dict)
    tasks: tuple[TaskReport, ...]
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        return sum(task.points for task in self.tasks)

    @property
    def of(self) -> int:
        return sum(task.of for task in self.tasks)

    @property
    def passed(self) -> bool:
        return bool(self.tasks) and all(task.verdict is Verdict.passed for task in self.tasks)

    @property
    def errored(self) -> bool:
        """Whether the grade could not be decided: something errored, or nothing was judged at all."""
        verdicts = {task.verdict for task in self.tasks}
        return Verdict.errored in verdicts or not verdicts & {Verdict.passed, Verdict.failed}

    @property
    def exit_code(self) -> int:
        """0 all passed, 1 something failed, 3 could not be graded."""
        return 3 if self.errored else 0 if self.passed else 1
