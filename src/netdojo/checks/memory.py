"""Remembers the last checks of a workspace in a file, so that notebook, page and command line show the same."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from netdojo.model import TaskReport

FILE = Path(".netdojo") / "checks.json"


def remember(folder: Path, reports: Iterable[TaskReport]) -> None:
    """Write `reports` over the earlier ones of the same tasks, atomically."""
    kept = recall(folder) | {report.id: report for report in reports}
    file = folder / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.write_text(json.dumps({task: report.model_dump(mode="json") for task, report in kept.items()}, indent=1))
    fresh.replace(file)


def recall(folder: Path) -> dict[str, TaskReport]:
    """Return task id → its last report.

    A file that does not read is as if nothing had been checked: it decides nothing.
    """
    try:
        held = json.loads((folder / FILE).read_text())
        return {task: TaskReport.model_validate(report) for task, report in held.items()}
    except (OSError, ValueError, ValidationError, AttributeError):
        return {}


def forget(folder: Path) -> None:
    """Drop what is remembered of a workspace."""
    (folder / FILE).unlink(missing_ok=True)
