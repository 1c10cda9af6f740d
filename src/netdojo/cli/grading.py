"""netdojo grade: one submission, judged on a fresh network."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netdojo import atomic_files
from netdojo.cli.labs import the_lab
from netdojo.cli.options import Folder, LabSlug, Runtime
from netdojo.cli.speaking import err, progress
from netdojo.errors import NetdojoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from netdojo.model import Lab, Progress, Receipt, Report

    Tell = Callable[[Progress], None]


class Format(str, Enum):
    """What a report can be printed or written as."""

    text = "text"
    json = "json"
    junit = "junit"
    gradescope = "gradescope"
    github = "github"
    gitlab = "gitlab"
    markdown = "markdown"
    html = "html"


def the_format(word: str) -> Format:
    """Return the format `word`; one that is none is told with those that there are."""
    try:
        return Format(word)
    except ValueError:
        known = ", ".join(repr(one.value) for one in Format)
        raise typer.BadParameter(f"{word!r} is not one of {known}.") from None


@dataclass(frozen=True)
class Written:
    """A form of the report, and the file that it is to be written to."""

    format: Format
    file: Path


def the_file(words: str) -> Written:
    """Return what `FORM=FILE` asks for; what could not be written later is told before anything is graded."""
    form, equals, name = words.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"{words!r} must be FORM=FILE, such as junit=report.xml.")
    file = Path(name)
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise typer.BadParameter(f"{name!r} must be a file in a folder that is there.")
    return Written(the_format(form), file)


FORMS = "|".join(form.value for form in Format)
Stdout = Annotated[Format, typer.Option(parser=the_format, metavar=f"[{FORMS}]", help="How the report is printed.")]
Files = Annotated[
    list[Written] | None,
    typer.Option("--write", parser=the_file, metavar="FORM=FILE", help="Write the report to a file too; repeatable."),
]


def grade(
    slug: LabSlug,
    submission: Folder,
    *,
    format: Stdout = Format.text,
    write: Files = None,
    runtime: Runtime = None,  # noqa: ARG001  # its callback chooses
    record: Annotated[bool, typer.Option("--record", help="Write gradebook, ledger and badge as well.")] = False,
) -> None:
    """Grade a submission: exit 0 all passed, 1 something failed, 2 wrong use, 3 could not be graded or recorded."""
    lab = the_lab(slug)
    say = Reporting(format, tuple(write or ()))
    with progress(f"Grading {lab.title}", quiet=format is not Format.text) as tell:
        report, receipt = graded(lab, submission, tell, record=record, say=say)
    if receipt is not None:
        say_receipt(receipt)
    say(report)
    raise typer.Exit(report.exit_code)


@dataclass(frozen=True)
class Reporting:
    """Prints a report, and writes it to the files that were asked for."""

    format: Format
    files: tuple[Written, ...]

    def __call__(self, report: Report) -> None:
        """Print first, so that the report is there whatever becomes of the files; raises NetdojoError for a file."""
        from netdojo.grading import WRITERS

        sys.stdout.write(WRITERS[self.format.value](report) + "\n")
        sys.stdout.flush()
        for one in self.files:
            try:
                atomic_files.replace(one.file, (WRITERS[one.format.value](report) + "\n").encode())
            except OSError as error:
                raise NetdojoError(f"the report cannot be written to {one.file}: {error.strerror}") from error


def graded(
    lab: Lab, submission: Path, tell: Tell, *, record: bool, say: Callable[[Report], None]
) -> tuple[Report, Receipt | None]:
    """Grade, and record when asked; return the report and the receipt of what was recorded.

    A report that cannot be recorded is said before the error is raised.
    """
    from netdojo import grading

    if not record:
        return grading.grade(lab, submission, tell=tell), None
    heard: list[Report] = []
    try:
        receipt = grading.submit(lab, submission, learner=grading.this_learner(), tell=tell, hear=heard.append)
    except BaseException:
        for report in heard:
            say(report)
        raise
    return receipt.report, receipt


def say_receipt(receipt: Receipt) -> None:
    """Say where what was recorded is kept; on stderr, so that stdout is the report alone."""
    err.print(f"kept in {receipt.folder}", markup=False)
    if receipt.entry is not None:
        err.print(f"ledger entry {receipt.entry.position}, {receipt.entry.row_hash[:12]}", markup=False)
    if receipt.badge is not None:
        err.print(f"badge {receipt.badge.png_file}", markup=False)
