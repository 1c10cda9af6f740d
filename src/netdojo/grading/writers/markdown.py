"""Writes a report as Markdown: a table of the tasks, and below it what each that did not pass has to say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netdojo.grading.writers.text import counts, plain, result_lines
from netdojo.model import Report, TaskReport, Verdict

MARKS = {Verdict.passed: "✅", Verdict.failed: "❌", Verdict.errored: "⚠️", Verdict.skipped: "⏭️"}
APART = {"://": ":\u200b//", "www.": "www\u200b.", "@": "@\u200b"}
"""What services make links of after Markdown is done, and how it is kept from that: by a space without width."""
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+.!|~&:-])")


def write_markdown(report: Report) -> str:
    """Return `report` as Markdown; nothing that a learner's code has said can become markup, a link or a mention."""
    return "\n".join(lines(report))


def lines(report: Report) -> Iterator[str]:
    yield f"## {escaped(report.lab)}: {report.points} of {report.of} points"
    yield ""
    yield "| | task | points |"
    yield "|---|---|---|"
    for task in report.tasks:
        word = f"{MARKS[task.verdict]} {task.verdict.word}"
        yield f"| {word} | {escaped(task.title)} | {task.points} of {task.of} |"
    yield ""
    yield f"{counts(report.tasks)}."
    for task in report.tasks:
        if task.verdict is not Verdict.passed and task.results:
            yield from told(task)
    if report.notes:
        yield ""
        yield from (f"- {escaped(note)}" for note in report.notes)


def told(task: TaskReport) -> Iterator[str]:
    """Yield what a task that did not pass has to say, as a block of code: nothing in it is markup."""
    said = [line for result in task.results if result.verdict is not Verdict.passed for line in result_lines(result)]
    if said:
        yield ""
        yield f"### {MARKS[task.verdict]} {escaped(task.title)}"
        yield ""
        yield from block(said)


def block(said: list[str]) -> Iterator[str]:
    """Yield lines as a block of code, whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for line in said for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}text"
    yield from (line.removeprefix(" " * 9) for line in said)
    yield fence


def escaped(text: str) -> str:
    """Return text on one line in which Markdown finds nothing of its own, and a service neither a link nor a person."""
    found = plain(text)
    for mark, apart in APART.items():
        found = found.replace(mark, apart)
    return SPECIAL.sub(r"\\\1", found).replace("\\<", "&lt;").replace("\\&", "&amp;")
