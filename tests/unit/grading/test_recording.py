"""What is kept of a submission is whole, or not there."""

from __future__ import annotations

import errno
from datetime import datetime, timezone
from pathlib import Path

import pytest

from netdojo import places
from netdojo.errors import LedgerDamaged, NetdojoError
from netdojo.grading import recording, this_learner
from netdojo.grading.recording import keep, telling
from netdojo.grading.submissions import HandedIn
from netdojo.ledger import Ledger, kept_aside
from netdojo.model import Lab, Report

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def report(lab: Lab, *notes: str) -> Report:
    return Report(
        lab=lab.slug,
        lab_digest="0" * 64,
        grader_version="0",
        submission_digest="1" * 64,
        notebook_digest="2" * 64,
        started=NOW,
        finished=NOW,
        environment={},
        phases={},
        tasks=(),
        notes=notes,
    )


def handed_in(**contents: bytes) -> HandedIn:
    return HandedIn(notebook="a", cells=(), contents=contents)


def test_what_cannot_be_written_leaves_no_draft(lab: Lab) -> None:
    """A report that no file can hold is an error, and nothing half of it stays."""
    with pytest.raises(ValueError, match="surrogates not allowed"):
        keep(lab, handed_in(a=b"x"), report(lab, "\ud800"))

    assert [] == list((places.submissions() / lab.slug).iterdir())


def test_what_is_kept_is_what_was_handed_in_and_its_report(lab: Lab) -> None:
    """Files as they were, and the report beside them, under the time and the digest."""
    kept = keep(lab, handed_in(a=b"x"), report(lab))

    assert b"x" == (kept / "submission" / "a").read_bytes()
    assert report(lab) == Report.model_validate_json((kept / "report.json").read_bytes())
    assert [kept] == list((places.submissions() / lab.slug).iterdir())


def test_a_refusal_of_the_system_says_what_is_recorded_already(home: Path) -> None:
    """A folder of badges that is a file is told with the path, and with what has been done by then."""

    def refused() -> None:
        raise FileExistsError(errno.EEXIST, "File exists", str(places.badges()))

    with pytest.raises(NetdojoError, match=r"cannot use .*/badges: File exists") as told:
        telling("It is entry 1 of the ledger.", refused)

    assert told.value.help.endswith("\n  It is entry 1 of the ledger.")


def test_an_error_that_is_no_refusal_stays_what_it_is() -> None:
    """What says nothing of a path is a fault of netdojo's own, and is seen as one."""

    def broken() -> None:
        raise OSError(errno.EPROTO, "Protocol error")

    with pytest.raises(OSError, match="Protocol error"):
        telling("", broken)


def test_a_ledger_that_cannot_be_written_is_told_before_anything_is_graded(
    lab: Lab, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is graded or kept, and the damaged ledger is kept aside, so that the next submission begins anew."""
    graded: list[object] = []
    monkeypatch.setattr(recording, "read_submission", lambda *_: handed_in())
    monkeypatch.setattr(recording, "grade_read", lambda *_, **__: graded.append("graded"))
    home.mkdir()
    (home / "ledger.sqlite").write_bytes(b"")
    with pytest.raises(LedgerDamaged):
        recording.submit(lab, home, learner=this_learner())

    assert [] == graded
    assert not places.submissions().exists()
    assert kept_aside(places.ledger_file())
    Ledger().probe()
