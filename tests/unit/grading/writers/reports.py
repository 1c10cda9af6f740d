"""A report with one task of each verdict, and words in it that a terminal, a page or a service might obey."""

from __future__ import annotations

from datetime import datetime, timezone

from netdojo.model import Report, Result, TaskReport, Verdict

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


def result(task: str, verdict: Verdict, rationale: str = "", **more: object) -> Result:
    return Result.model_validate(
        {"task": task, "check": "asks", "title": f"What {task} is", "verdict": verdict, "rationale": rationale, **more}
    )


def report() -> Report:
    """One task of each verdict."""
    hostile = "\x1b[31mred\x1b[0m\nnext line\r\u202e"
    tasks = (
        TaskReport(id="a", title="A", verdict=Verdict.passed, points=2, of=2, results=(result("a", Verdict.passed),)),
        TaskReport(
            id="b",
            title="B",
            verdict=Verdict.failed,
            points=0,
            of=3,
            results=(
                result("b", Verdict.passed),
                result("b", Verdict.failed, f"b is {hostile}", node="r1", expected=[1], actual="x" * 500, help="Try."),
            ),
        ),
        TaskReport(id="c", title="C", verdict=Verdict.skipped, points=0, of=1, results=()),
        TaskReport(
            id="d",
            title="D",
            verdict=Verdict.errored,
            points=0,
            of=1,
            results=(result("d", Verdict.errored, "r1 does not answer"),),
        ),
    )
    return Report(
        lab="small",
        lab_digest="1" * 64,
        grader_version="0.1.0",
        submission_digest="2" * 64,
        notebook_digest="3" * 64,
        started=NOW,
        finished=NOW,
        environment={"python": "3.11"},
        phases={"whole": 1.5},
        tasks=tasks,
        notes=("a cell was put back",),
    )


def saying(words: str) -> Report:
    """Return a report in which everything that a learner's code can decide is `words`."""
    failed = result("b", Verdict.failed, words, node="r1", expected={words: 1}, actual=[words], help=words)
    task = report().tasks[1].model_copy(update={"results": (failed,)})
    return report().model_copy(update={"tasks": (task,), "notes": (words,)})
