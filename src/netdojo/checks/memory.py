"""Remembers in a workspace's files what was checked last and which hints are open, for whoever shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from netdojo import atomic_files
from netdojo.model import TaskReport

FILE = Path(".netdojo") / "checks.json"
HINTS = Path(".netdojo") / "hints.json"


def remember(folder: Path, reports: Iterable[TaskReport]) -> None:
    """Write `reports` over the earlier ones of the same tasks, atomically."""
    kept = recall(folder) | {report.id: report for report in reports}
    write(folder / FILE, {task: report.model_dump(mode="json") for task, report in kept.items()})


def write(file: Path, held: Mapping[str, Any]) -> None:
    """Put JSON in the place of `file`, atomically."""
    file.parent.mkdir(parents=True, exist_ok=True)
    atomic_files.replace(file, json.dumps(held, indent=1).encode())


def recall(folder: Path) -> dict[str, TaskReport]:
    """Return task id → its last report.

    A file that does not read is as if nothing had been checked: it decides nothing.
    """
    try:
        held = json.loads((folder / FILE).read_text())
        return {task: TaskReport.model_validate(report) for task, report in held.items()}
    except (OSError, ValueError, ValidationError, AttributeError):
        return {}


def open_hint(folder: Path, task: str, of: int) -> int:
    """Open the next of a task's hints, of which there are `of`, and return its number from 1; the last one stays."""
    opened = opened_hints(folder)
    number = min(opened.get(task, 0) + 1, of)
    write(folder / HINTS, opened | {task: number})
    return number


def opened_hints(folder: Path) -> dict[str, int]:
    """Return task id → how many of its hints are open; a file that does not read is as if none were."""
    try:
        held = json.loads((folder / HINTS).read_text())
        return {task: int(number) for task, number in held.items() if number > 0}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def forget(folder: Path) -> None:
    """Drop what was checked in a workspace; hints that were read are not unread."""
    (folder / FILE).unlink(missing_ok=True)
