"""Records a graded submission: the files and the report, nbgrader's gradebook, the ledger, and the badge."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

from netdojo import credentials, ledger, locks, places
from netdojo.errors import NetdojoError
from netdojo.grading.assignment import build_notebook, load_master, make_course_folder, write_json
from netdojo.grading.bookkeeper import Bookkeeper
from netdojo.grading.digests import digest_of
from netdojo.grading.engine import Tell, grade_read, silent
from netdojo.grading.master import Cell, notebook_cell
from netdojo.grading.matching import Plan, Step, match
from netdojo.grading.sandbox import Limits
from netdojo.grading.stopping import stops_cleanly
from netdojo.grading.submissions import HandedIn, read_submission
from netdojo.model import Badge, Entry, EntryContent, Lab, Learner, Progress, Receipt, Report

Done = TypeVar("Done")
Hear = Callable[[Report], None]
PROBE_DEADLINE = 2.0
"""Seconds to wait, before anything is graded, for another process at the ledger; an append takes milliseconds."""


def unheard(_: Report) -> None:
    """Tell nobody."""


def submit(
    lab: Lab,
    folder: Path,
    *,
    learner: Learner,
    tell: Tell = silent,
    limits: Limits | None = None,
    hear: Hear = unheard,
) -> Receipt:
    """Grade what is in `folder` and record it: submission and report, ledger entry, gradebook, and a badge for a pass.

    Raises what `grade` raises, and before anything is graded what a ledger raises that cannot be written. `hear` gets
    the report as soon as it is there. When a later step fails, what came before it is kept, and the error says what
    that is; submitting again makes one more entry, and neither credit nor badge nor grade is there twice for it.
    A report that errored goes to the gradebook, to be graded by hand, and nowhere else: it decides nothing.
    """
    submission = read_submission(lab, folder)
    ledger.Ledger(deadline=PROBE_DEADLINE).probe()
    with stops_cleanly(), Bookkeeper() as bookkeeper:
        report = grade_read(lab, submission, tell=tell, limits=limits or Limits())
        hear(report)
        tell(Progress(phase="recording", elapsed=report.phases["whole"]))
        kept = keep(lab, submission, report)
        return recorded(lab, learner, submission, report, kept, bookkeeper, tell)


def recorded(
    lab: Lab,
    learner: Learner,
    submission: HandedIn,
    report: Report,
    kept: Path,
    bookkeeper: Bookkeeper,
    tell: Tell = silent,
) -> Receipt:
    """Write the report into ledger and gradebook, and issue the badge; errors say what is there already.

    The ledger comes first: when it cannot be written, nothing else has been. One process of a home records at a time;
    `tell` hears when this one waits for another.
    """
    told = f"The submission was graded, and is kept in {kept}."
    entry = None
    with ExitStack() as stack:
        telling(told, lambda: stack.enter_context(alone(tell)))
        if not report.errored:
            entry = telling(told, lambda: ledger.Ledger().append(entry_content(lab, learner, report)))
            told = f"{told} It is entry {entry.position} of the ledger; what is missing follows when you submit again."
        telling(told, lambda: grade_in_gradebook(lab, learner, submission, kept, bookkeeper))
        badge = telling(told, lambda: badge_for(entry, lab, learner)) if entry and report.passed else None
    return Receipt(report=report, folder=kept, entry=entry, badge=badge)


def alone(tell: Tell) -> AbstractContextManager[None]:
    """Keep other processes of this home from recording, so that each finds what the one before it left."""
    waits = Progress(phase="waiting until another submission is recorded")
    return locks.held(places.recording_lock(), os.O_CREAT | os.O_RDWR, waiting=lambda: tell(waits))


def keep(lab: Lab, submission: HandedIn, report: Report) -> Path:
    """Write what was handed in and its report into a folder of their own, whole or not at all; return it."""
    parent = places.submissions() / lab.slug
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=parent))
    stem = f"{report.started.astimezone(timezone.utc):%Y%m%dT%H%M%S%f}Z-{report.submission_digest[:8]}"
    try:
        for name, held in submission.contents.items():
            file = draft / "submission" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(held)
        (draft / "report.json").write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
        draft.replace(parent / stem)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return parent / stem


def telling(told: str, work: Callable[[], Done]) -> Done:
    """Do one step of the recording; an error of it, the system's refusal too, also says what `told` says."""
    try:
        return work()
    except (NetdojoError, OSError) as fault:
        error = places.refusal(fault) if isinstance(fault, OSError) else fault
        if error is None:
            raise
        error.help = f"{error.help}\n  {told}" if error.help else told
        raise error from (None if error is fault else fault)


def grade_in_gradebook(lab: Lab, learner: Learner, submission: HandedIn, kept: Path, bookkeeper: Bookkeeper) -> None:
    """Let nbgrader take the submission, as it was judged, into its gradebook."""
    build_notebook(lab, bookkeeper)
    plan = match(load_master(lab), submission.cells)
    folder = places.nbgrader() / "submitted" / learner.id / lab.slug
    make_course_folder()
    shutil.rmtree(folder, ignore_errors=True)
    write_json(folder / f"{lab.slug}.ipynb", as_judged(plan, lab))
    now = datetime.now(timezone.utc)
    (folder / "timestamp.txt").write_text(f"{now:%Y-%m-%d %H:%M:%S} UTC\n", encoding="ascii")
    bookkeeper.autograde(lab.slug, learner.id, kept / "report.json")


def as_judged(plan: Plan, lab: Lab) -> dict[str, Any]:
    """Return the notebook that was judged: the learner's answers, all else as the lab has it, no outputs."""
    points = {task.id: task.points for task in lab.tasks}
    cells = [notebook_cell(cell_of(step), number, points) for number, step in enumerate(plan.steps, start=1)]
    kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernelspec}, "cells": cells}


def cell_of(step: Step) -> Cell:
    source = "# This cell was missing from the submission." if step.missing else step.source
    return Cell(step.id, step.kind, source, task=bool(step.task))


def entry_content(lab: Lab, learner: Learner, report: Report) -> EntryContent:
    """Return the fact that is written down about a report."""
    return EntryContent(
        learner=learner.id,
        lab=lab.slug,
        lab_digest=report.lab_digest,
        objectives=lab.manifest.objectives,
        minutes=lab.manifest.minutes,
        points=report.points,
        of=report.of,
        passed=report.passed,
        verdicts={task.id: task.verdict for task in report.tasks},
        grader_version=report.grader_version,
        submission_digest=report.submission_digest,
        notebook_digest=report.notebook_digest,
        report_digest=report_digest(report),
        started=report.started,
        finished=report.finished,
    )


def report_digest(report: Report) -> str:
    """Return the digest of what decides the grade: lab, submission, verdicts and points; times are no part of it."""
    decides = {
        "lab": report.lab,
        "lab_digest": report.lab_digest,
        "grader_version": report.grader_version,
        "submission_digest": report.submission_digest,
        "tasks": [[task.id, task.verdict.value, task.points, task.of] for task in report.tasks],
    }
    return digest_of({"report": json.dumps(decides, sort_keys=True).encode()})


def badge_for(entry: Entry, lab: Lab, learner: Learner) -> Badge:
    """Return the badge of a passed run: the one that the learner has of this version of the lab, else a new one.

    A new one is of the first run that passed, which is the one that counted, also when its badge was not made or is
    gone; when that run is older than a badge is valid, of the next.
    """
    for badge in credentials.kept_badges(entry, lab, learner):
        if all(credentials.verify_badge(file).valid for file in (badge.json_file, badge.png_file)):
            return badge
    entries = ledger.Ledger().entries(learner.id)
    counted = {one.entry: one for one in ledger.credits(entries) if one.policy}
    earned = next((one for one in entries if one.content.passed and alike(one, entry)), entry)
    return credentials.issue_badge(earned, lab, learner=learner, credit=counted.get(earned.position))


def alike(one: Entry, other: Entry) -> bool:
    """Whether an entry is of the same version of the same lab, and not older than a badge is valid."""
    oldest = other.content.finished - timedelta(days=365 * credentials.VALID_YEARS)
    return (one.content.lab, one.content.lab_digest) == (other.content.lab, other.content.lab_digest) and (
        one.content.finished > oldest
    )
