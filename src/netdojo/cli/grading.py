"""netdojo grade: one submission, judged on a fresh network."""

from __future__ import annotations

import sys
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from netdojo.cli.labs import the_lab
from netdojo.cli.options import Folder, LabSlug, Runtime
from netdojo.cli.speaking import err, progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from netdojo.model import Lab, Progress, Receipt, Report

    Tell = Callable[[Progress], None]


class Format(str, Enum):
    """How a report is printed."""

    text = "text"
    json = "json"


def the_format(word: str) -> Format:
    """Return the format `word`; one that is none is told with those that there are."""
    try:
        return Format(word)
    except ValueError:
        known = ", ".join(repr(one.value) for one in Format)
        raise typer.BadParameter(f"{word!r} is not one of {known}.") from None


def grade(
    slug: LabSlug,
    submission: Folder,
    *,
    format: Annotated[
        Format, typer.Option(parser=the_format, metavar="[text|json]", help="How the report is printed.")
    ] = Format.text,
    runtime: Runtime = None,  # noqa: ARG001  # its callback chooses
    record: Annotated[bool, typer.Option("--record", help="Write gradebook, ledger and badge as well.")] = False,
) -> None:
    """Grade a submission: exit 0 all passed, 1 something failed, 2 wrong use, 3 could not be graded or recorded."""
    lab = the_lab(slug)
    with progress(f"Grading {lab.title}", quiet=format is Format.json) as tell:
        report, receipt = graded(lab, submission, tell, record=record, format=format)
    if receipt is not None:
        say_receipt(receipt)
    say_report(report, format)
    raise typer.Exit(report.exit_code)


def graded(lab: Lab, submission: Path, tell: Tell, *, record: bool, format: Format) -> tuple[Report, Receipt | None]:
    """Grade, and record when asked; return the report and the receipt of what was recorded.

    A report that cannot be recorded is printed before the error is raised.
    """
    from netdojo import grading

    if not record:
        return grading.grade(lab, submission, tell=tell), None
    heard: list[Report] = []
    try:
        receipt = grading.submit(lab, submission, learner=grading.this_learner(), tell=tell, hear=heard.append)
    except BaseException:
        for report in heard:
            say_report(report, format)
        raise
    return receipt.report, receipt


def say_report(report: Report, format: Format) -> None:
    """Print the report on stdout, as text or as JSON."""
    from netdojo.grading import write_json, write_text

    sys.stdout.write((write_json(report) if format is Format.json else write_text(report)) + "\n")
    sys.stdout.flush()


def say_receipt(receipt: Receipt) -> None:
    """Say where what was recorded is kept; on stderr, so that stdout is the report alone."""
    err.print(f"kept in {receipt.folder}", markup=False)
    if receipt.entry is not None:
        err.print(f"ledger entry {receipt.entry.position}, {receipt.entry.row_hash[:12]}", markup=False)
    if receipt.badge is not None:
        err.print(f"badge {receipt.badge.png_file}", markup=False)
