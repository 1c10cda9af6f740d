"""Shows results where the learner looks: as HTML in a notebook, as text elsewhere."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from html import escape
from typing import Any

from netdojo.errors import NetdojoError
from netdojo.model import Receipt, Result, TaskReport, Verdict

MARKS = {Verdict.passed: "✓", Verdict.failed: "✗", Verdict.errored: "!", Verdict.skipped: "–"}


def shell() -> Any:
    """Return the running IPython shell, or None outside of one."""
    if "IPython" not in sys.modules:
        return None
    from IPython.core.getipython import get_ipython

    return get_ipython()


class Shown:
    """Something that has been shown already: as the last expression of a cell it is not shown twice."""

    def __init__(self, text: str, html: str) -> None:
        self.text = text
        self.html = html
        if shell() is not None:
            from IPython.display import display

            display({"text/plain": text, "text/html": html}, raw=True)  # type: ignore[no-untyped-call]  # no types
        elif not hasattr(sys, "ps1"):
            print(text)  # noqa: T201  # a script's learner reads the terminal

    def _ipython_display_(self) -> None:
        """Show nothing: the cell has it already."""

    def __repr__(self) -> str:
        return self.text


class Checked(Shown):
    """What checking gave: `reports`, one a task, and `passed` when all of them passed."""

    def __init__(self, reports: Iterable[TaskReport]) -> None:
        self.reports = tuple(reports)
        super().__init__("\n".join(map(task_text, self.reports)), "".join(map(task_html, self.reports)))

    @property
    def passed(self) -> bool:
        return all(report.verdict is Verdict.passed for report in self.reports)


def task_text(report: TaskReport) -> str:
    """Return a task's verdict and, for each check that did not pass, what to do about it."""
    lines = [f"{MARKS[report.verdict]} {report.title}: {report.verdict.word}"]
    for result in report.results:
        lines.append(f"  {MARKS[result.verdict]} {heading(result)}")
        lines += [f"      {name}: {value}" for name, value in details(result)]
    return "\n".join(lines)


def task_html(report: TaskReport) -> str:
    """Return the same as HTML; everything that came from a device or a learner is escaped."""
    rows = "".join(result_html(result) for result in report.results)
    return (
        f"<section><p><strong>{MARKS[report.verdict]} {marked_up(report.title)}: {report.verdict.word}</strong></p>"
        f"<ul>{rows}</ul></section>"
    )


def result_html(result: Result) -> str:
    """Return one check as a list item with its details."""
    found = "".join(f"<dt>{escape(name)}</dt><dd><code>{escape(value)}</code></dd>" for name, value in details(result))
    return f"<li>{MARKS[result.verdict]} {marked_up(heading(result))}{f'<dl>{found}</dl>' if found else ''}</li>"


def marked_up(text: str) -> str:
    """Return a sentence as HTML, with what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def heading(result: Result) -> str:
    """Return what was checked, on which node, and why it did not pass."""
    where = f" ({result.node})" if result.node else ""
    why = f" — {result.rationale}" if result.rationale else ""
    return f"{result.title}{where}{why}"


def details(result: Result) -> list[tuple[str, str]]:
    """Return (name, value) of what a learner can act on; nothing for a pass."""
    if result.verdict is Verdict.passed:
        return []
    found = [
        ("expected", "" if result.expected is None else str(result.expected)),
        ("actual", "" if result.actual is None else str(result.actual)),
        ("asked", "; ".join(f"{evidence.node}: {evidence.command}" for evidence in result.evidence)),
        ("next", result.help),
    ]
    return [(name, value) for name, value in found if value]


def show_receipt(receipt: Receipt) -> Shown:
    """Show what submitting gave: the verdicts, what was recorded, and the badge."""
    report = receipt.report
    lines = [f"{report.points} of {report.of} points. Your submission is kept in {receipt.folder}"]
    if receipt.entry:
        lines.append(f"Recorded as entry {receipt.entry.position} of your ledger.")
    if receipt.badge:
        lines.append(f"Badge: {receipt.badge.name}, {receipt.badge.png_file}")
    lines += report.notes
    tasks = "".join(map(task_html, report.tasks))
    text = "\n".join([*map(task_text, report.tasks), *lines])
    return Shown(text, tasks + "".join(f"<p>{escape(line)}</p>" for line in lines))


def say(text: str) -> Shown:
    """Show a plain sentence."""
    return Shown(text, f"<p>{escape(text)}</p>")


class Ticker:
    """One line that is written over as work goes on."""

    def __init__(self) -> None:
        self.handle: Any = None

    def tell(self, text: str) -> None:
        """Show `text` in place of what was shown before; outside a notebook nothing but the end is worth a line."""
        if shell() is None:
            return
        from IPython.display import display

        content = {"text/plain": text, "text/html": f"<p>{escape(text)}</p>"}
        if self.handle is None:
            self.handle = display(content, raw=True, display_id=True)  # type: ignore[no-untyped-call]  # no types
        else:
            self.handle.update(content, raw=True)


def show_errors_as_sentences() -> None:
    """Make the notebook show netdojo's own errors as what they say, without a traceback."""
    running = shell()
    if running is not None:
        running.set_custom_exc((NetdojoError,), told)


def told(_shell: Any, _kind: type[Exception], error: NetdojoError, *_: Any, **__: Any) -> list[str]:
    """Print an error's sentence; IPython calls this in place of its traceback."""
    text = str(error)
    print(text, file=sys.stderr)  # noqa: T201  # where a notebook shows errors
    return [text]
