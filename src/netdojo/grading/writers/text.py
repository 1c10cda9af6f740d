"""Writes a report for people, as plain text that a terminal and a log of CI show well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from netdojo.model import Report, Result, TaskReport, Verdict

VALUE_CAP = 400
"""Characters of an expected or actual value that are shown."""
ORDER = (Verdict.passed, Verdict.failed, Verdict.skipped)


def write_text(report: Report | Sequence[TaskReport]) -> str:
    """Return `report`, or the tasks of one, as text; the last line counts the verdicts."""
    if isinstance(report, Report):
        head = f"{report.lab}: {report.points} of {report.of} points"
        return "\n".join([head, "", *body(report.tasks, report.notes)])
    return "\n".join(body(report, ()))


def body(tasks: Sequence[TaskReport], notes: Sequence[str]) -> Iterator[str]:
    """Yield each task with what did not pass, the notes, and the counts."""
    for task in tasks:
        yield from task_lines(task)
    if notes:
        yield ""
        yield from (f"note: {plain(note)}" for note in notes)
    yield ""
    yield counts(tasks)


def counts(tasks: Iterable[TaskReport]) -> str:
    """Return "N passed, N failed, N skipped", and how many errored when any did."""
    found = Counter(task.verdict for task in tasks)
    shown = (*ORDER, Verdict.errored) if found[Verdict.errored] else ORDER
    return ", ".join(f"{found[verdict]} {verdict.value}" for verdict in shown)


def task_lines(task: TaskReport) -> Iterator[str]:
    """Yield a task's line, and what each check that did not pass has to say."""
    yield f"{task.verdict.value:<8} {task.id}: {plain(task.title)} ({task.points} of {task.of})"
    if task.verdict is not Verdict.passed:
        for result in task.results:
            if result.verdict is not Verdict.passed:
                yield from result_lines(result)


def result_lines(result: Result) -> Iterator[str]:
    """Yield what a result says: where, why, what was expected and found, and the next step."""
    where = f" [{plain(result.node)}]" if result.node else ""
    yield f"         {result.verdict.value}: {plain(result.title)}{where}"
    if result.rationale:
        yield f"           {plain(result.rationale)}"
    for name, value in (("expected", result.expected), ("actual", result.actual)):
        if value is not None:
            yield f"           {name}: {short(value)}"
    if result.help:
        yield f"           {plain(result.help)}"


def short(value: Any) -> str:
    """Return a value on one line, cut to a readable length."""
    shown = plain(value if isinstance(value, str) else repr(value))
    return shown if len(shown) <= VALUE_CAP else f"{shown[:VALUE_CAP]}…"


def plain(text: str) -> str:
    """Return text on one line, without what a terminal would obey: some of it comes from the learner's code."""
    return "".join(character if character.isprintable() else " " for character in text)
