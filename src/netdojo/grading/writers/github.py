"""Writes a report for a GitHub workflow: what a log shows, and an annotation for each task that did not pass.

The commands: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. A runner obeys
`::command::` at the beginning of a line, spaces before it not counted, and the older `##[command]` anywhere in one;
what a learner's code has said is told so that it is neither.
"""

from __future__ import annotations

from collections.abc import Iterator

from netdojo.grading.writers.text import plain, short, write_text
from netdojo.model import Report, TaskReport, Verdict

LEVELS = {Verdict.failed: "error", Verdict.errored: "warning", Verdict.skipped: "notice"}


def write_github(report: Report) -> str:
    """Return `report` as text that is all text to a runner, and then its annotations, at the notebook's name."""
    return "\n".join([*map(disarmed, write_text(report).splitlines()), *annotated(report)])


def annotated(report: Report) -> Iterator[str]:
    """Yield a line for each task that did not pass; what could not be judged is a warning and no error."""
    for task in report.tasks:
        if task.verdict in LEVELS:
            title = property_value(f"{report.lab}: {plain(task.title)}")
            file = property_value(f"{report.lab}.ipynb")
            yield f"::{LEVELS[task.verdict]} file={file},title={title}::{message(f'{task.verdict.word}. {said(task)}')}"


def said(task: TaskReport) -> str:
    """Return why a task did not pass, with the next step below it."""
    told = next((one for one in task.results if one.verdict is not Verdict.passed and one.rationale), None)
    if told is None:
        return f"{task.points} of {task.of} points"
    return "\n".join(short(line) for line in (told.rationale, told.help) if line)


def disarmed(line: str) -> str:
    """Return a line that no runner takes for a command: a space that has no width stands where one would begin."""
    found = line.replace("##[", "#\u200b#[")
    indent = found[: len(found) - len(found.lstrip())]
    return f"{indent}\u200b{found.lstrip()}" if found.lstrip().startswith("::") else found


def message(text: str) -> str:
    """Return the words of a command on one line, as a runner takes them apart."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace("##[", "#\u200b#[")


def property_value(text: str) -> str:
    """Return the value of a command's property."""
    return message(text).replace(":", "%3A").replace(",", "%2C")
