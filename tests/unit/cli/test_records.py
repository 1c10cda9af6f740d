"""What the progress command, the progress page and the badge say of hours is the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from netdojo.cli import records
from netdojo.grading import recording, this_learner
from netdojo.ledger import Ledger, policies
from netdojo.model import EntryContent, Lab, Task
from netdojo.portal import record

TASK = Task(id="sessions", title="Every leaf has a session", points=10)


def test_hours_are_those_of_the_day_everywhere(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: Callable[..., EntryContent],
    make_lab: Callable[..., Lab],
) -> None:
    """A policy that began after a pass changes neither its badge nor its line, and counts for what comes after."""
    text = (policies.POLICIES / "2026-01-01-self-declared.yml").read_text()
    later = text.replace("2026-01-01", "2026-06-01").replace("minutes_per_credit: 60", "minutes_per_credit: 120")
    (tmp_path / "2026-01-01-first.yml").write_text(text)
    (tmp_path / "2026-06-01-later.yml").write_text(later)
    monkeypatch.setattr(policies, "POLICIES", tmp_path)
    learner = this_learner()
    earned = []
    for slug, month in (("first-lab", 3), ("second-lab", 7)):
        finished = datetime(2026, month, 1, 9, 5, tzinfo=timezone.utc)
        held = content(learner=learner.id, lab=slug).model_copy(update={"finished": finished})
        badge = recording.badge_for(Ledger().append(held), make_lab(slug, TASK), learner)
        earned.append(badge.credential["credentialSubject"]["creditsEarned"])
    _, on_the_command_line, _ = records.recorded()

    assert [0.75, 0.25] == earned
    assert earned == [credit.hours for credit in on_the_command_line]
    assert earned == [credit.hours for credit in record.record().credits]
