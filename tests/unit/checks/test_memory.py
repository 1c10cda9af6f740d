"""What a workspace remembers between two openings of its lab."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo.checks import forget, open_hint, recall, remember
from netdojo.checks.memory import HINTS, opened_hints
from netdojo.model import TaskReport, Verdict


def test_hints_open_one_after_the_other(tmp_path: Path) -> None:
    """Each task counts for itself, and the last hint stays open."""
    assert [1, 2, 2] == [open_hint(tmp_path, "find", 2) for _ in range(3)]
    assert 1 == open_hint(tmp_path, "repair", 3)
    assert {"find": 2, "repair": 1} == opened_hints(tmp_path)


@pytest.mark.parametrize("held", ["", "[]", '{"find": "two"}', '{"find": null}', "not JSON"])
def test_what_does_not_read_is_as_if_no_hint_were_open(tmp_path: Path, held: str) -> None:
    """A damaged file stops nobody: the hints begin again."""
    (tmp_path / HINTS).parent.mkdir()
    (tmp_path / HINTS).write_text(held, encoding="utf-8")

    assert 1 == open_hint(tmp_path, "find", 3)


def test_fewer_hints_than_were_opened(tmp_path: Path) -> None:
    """Where a lab has taken a hint away, the last one is shown."""
    assert [1, 2, 3] == [open_hint(tmp_path, "find", 3) for _ in range(3)]
    assert 2 == open_hint(tmp_path, "find", 2)


def test_checks_are_remembered_and_forgotten(tmp_path: Path) -> None:
    """A task's last report stays until it is checked again or forgotten; hints that were read are not unread."""
    report = TaskReport(id="find", title="Find", verdict=Verdict.failed, points=0, of=4)
    remember(tmp_path, [report, report.model_copy(update={"id": "repair"})])
    remember(tmp_path, [report.model_copy(update={"verdict": Verdict.passed})])
    open_hint(tmp_path, "find", 3)
    assert {"find": Verdict.passed, "repair": Verdict.failed} == {
        task: held.verdict for task, held in recall(tmp_path).items()
    }
    forget(tmp_path)

    assert ({}, {"find": 1}) == (recall(tmp_path), opened_hints(tmp_path))
