"""A ledger with three entries, and contents to add."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from netdojo import places
from netdojo.ledger import Ledger
from netdojo.model import EntryContent, Verdict

Write = Callable[..., EntryContent]


def write_content(learner: str = "ada", lab: str = "first-lab", passed: bool = True, minutes: int = 50) -> EntryContent:
    """Return the content of one graded submission."""
    return EntryContent(
        learner=learner,
        lab=lab,
        lab_digest="1" * 64,
        objectives=("bgp-unnumbered",),
        minutes=minutes,
        points=10 if passed else 4,
        of=10,
        passed=passed,
        verdicts={"sessions": Verdict.passed, "ecmp": Verdict.passed if passed else Verdict.failed},
        grader_version="0.1.0",
        submission_digest="2" * 64,
        notebook_digest="3" * 64,
        report_digest="4" * 64,
        started=datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc),
        finished=datetime(2026, 3, 1, 9, 5, tzinfo=timezone.utc),
    )


@pytest.fixture
def content() -> Write:
    return write_content


@pytest.fixture
def ledger(own_home: Path) -> Ledger:
    """Return a ledger of three entries, in a home of its own."""
    made = Ledger(deadline=5)
    for passed in (False, True, True):
        made.append(write_content(passed=passed))
    return made


@pytest.fixture
def file(ledger: Ledger) -> Path:
    return places.ledger_file()
