"""Notices a notebook whose file is behind what was run: the grader reads the file."""

from __future__ import annotations

import json
from pathlib import Path

from netdojo.errors import WrongUse
from netdojo.notebook.shown import shell


def require_saved(notebook: Path) -> None:
    """Raise WrongUse when the running cell is not in `notebook`: the file was saved before it was written."""
    running = shell()
    history = running.user_ns.get("In", []) if running is not None else []
    if not notebook.is_file() or not history or not history[-1].strip():
        return
    if history[-1].strip() not in sources(notebook):
        raise WrongUse(
            f"{notebook.name} on disk does not have this cell yet, so it is older than what you see",
            help="Save the notebook (Ctrl+S) and run this cell again: the grader reads the file.",
        )


def sources(notebook: Path) -> set[str]:
    """Return the text of each code cell; a file that is no notebook has none, and the grader says so."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return {"".join(cell["source"]).strip() for cell in cells if cell["cell_type"] == "code"}
    except (ValueError, KeyError, TypeError):
        return set()
