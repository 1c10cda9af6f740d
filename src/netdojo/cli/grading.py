"""netdojo grade: one submission, judged on a fresh network."""

from __future__ import annotations

import sys
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from netdojo.cli.labs import the_lab
from netdojo.cli.options import Folder, LabSlug
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


def grade(
    slug: LabSlug,
    submission: Folder,
    *,
    format: Annotated[Format, typer.Option(help="How the report is printed.")] = Format.text,
    record: Annotated[bool, typer.Option("--record", help="Write gradebook, ledger and badge as well.")] = False,
) -> None:
    """Grade a submission: exit 0 all passed, 1 something failed, 2 wrong use, 3 could not be graded."""
    from netdojo.grading import write_json, write_text

    lab = the_lab(slug)
    with progress(f"Grading {lab.title}", quiet=format is Format.json) as tell:
        report, receipt = graded(lab, submission, tell, record=record)
    if receipt is not None:
        say_receipt(receipt)
    sys.stdout.write((write_json(report) if format is Format.json else write_text(report)) + "\n")
    raise typer.Exit(report.exit_code)


def graded(lab: Lab, submission: Path, tell: Tell, *, record: bool) -> tuple[Report, Receipt | None]:
    """Grade, and record when asked; return the report and the receipt of what was recorded."""
    from netdojo import grading

    learner = grading.this_learner()
    if not record:
        return grading.grade(lab, submission, learner=learner, tell=tell), None
    receipt = grading.submit(lab, submission, learner=learner, tell=tell)
    return receipt.report, receipt


def say_receipt(receipt: Receipt) -> None:
    """Say where what was recorded is kept; on stderr, so that stdout is the report alone."""
    err.print(f"kept in {receipt.folder}", markup=False)
    if receipt.entry is not None:
        err.print(f"ledger entry {receipt.entry.position}, {receipt.entry.row_hash[:12]}", markup=False)
    if receipt.badge is not None:
        err.print(f"badge {receipt.badge.png_file}", markup=False)
