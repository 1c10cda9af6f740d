"""Notices a notebook whose file is behind what was run: the grader reads the file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from netdojo.errors import WrongUse
from netdojo.model import Task
from netdojo.notebook.shown import shell


def require_saved(notebook: Path, tasks: Iterable[Task]) -> None:
    """Raise WrongUse when `notebook` on disk is not what was run here: it was not saved since."""
    running = shell()
    history = [source.strip() for source in running.user_ns.get("In", [])] if running is not None else []
    behind = unsaved(notebook, [task.id for task in tasks], [source for source in history if source])
    if behind:
        raise WrongUse(
            f"{notebook.name} on disk is older than what you ran: {behind}",
            help="Save the notebook (Ctrl+S), then submit again: the grader reads the file.",
        )


def unsaved(notebook: Path, tasks: Iterable[str], history: list[str]) -> str:
    """Return what the file lacks of what was run, in a sentence, or nothing where it is up to date.

    A task's cell that was never run as the file has it is behind when, besides, something was run that the file does
    not have: then the cell was run in another version.
    """
    cells = saved_cells(notebook)
    sources = {source for _, source in cells}
    if not cells or not history:
        return ""
    if history[-1] not in sources:
        return "it does not have the cell that submits"
    beyond = [source for source in history if source not in sources]
    behind = [task for task, source in cells if task in set(tasks) and source not in history]
    return f"the cell of task {behind[0]!r} is another there" if beyond and behind else ""


def saved_cells(notebook: Path) -> list[tuple[str, str]]:
    """Return (grade id, text) of each code cell; a file that is no notebook has none, and the grader says so."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return [(grade_id(cell), "".join(cell["source"]).strip()) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def grade_id(cell: dict[str, Any]) -> str:
    """Return the id by which nbgrader knows a cell, "" where it has none."""
    return str(cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", ""))
