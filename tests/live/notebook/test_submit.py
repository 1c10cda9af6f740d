"""A notebook that holds the solution, run in its workspace by a kernel of its own, down to lab.submit()."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from netdojo import places, runtimes
from netdojo.content import find_course, find_lab
from netdojo.credentials import verify_badge
from netdojo.grading import prepare_workspace
from netdojo.grading.states import solution_state, solved
from netdojo.ledger import Ledger
from netdojo.model import Lab

COURSE = Path(__file__).parents[3]
CELL_DEADLINE = 150
"""Seconds for one cell; the last one grades on a network of its own."""


@pytest.fixture
def lab(home: Path) -> Iterator[Lab]:
    yield find_lab(find_course(COURSE), "netmiko-first-contact")
    for network in runtimes.networks():
        runtimes.destroy(network)


@pytest.mark.timeout(400)
def test_submitting_from_a_kernel_records_a_pass(lab: Lab) -> None:
    """lab.submit() grades the saved file, shows each task as passed, and says what was recorded and where."""
    file = prepare_workspace(lab)
    file.write_bytes(solution_state(lab, solved(lab)).contents[file.name])
    notebook = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]  # no types
    run(notebook, file.parent)
    said = "\n".join(map(text_of, submitting(notebook).outputs))
    entries = Ledger().entries()
    badge = next(places.badges().glob("*.png"))

    assert f"{lab.points} of {lab.points} points" in said
    assert [f"✓ {task.title}: Passed" in said for task in lab.tasks] == [True] * len(lab.tasks)
    assert "Recorded as entry 1 of your ledger." in said
    assert str(badge) in said
    assert [(lab.slug, True)] == [(entry.content.lab, entry.content.passed) for entry in entries]
    assert verify_badge(badge).valid


def run(notebook: Any, folder: Path) -> None:
    """Run every cell in the folder; raises what a cell raises."""
    config = Config({"KernelManager": {"transport": "ipc", "ip": str(places.home() / "kernel")}})
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, config=config, timeout=CELL_DEADLINE, resources=resources).execute()


def submitting(notebook: Any) -> Any:
    """Return the cell that submits."""
    return next(cell for cell in notebook.cells if cell.cell_type == "code" and "lab.submit()" in cell.source)


def text_of(output: Any) -> str:
    """Return what a cell's output shows where there is no HTML."""
    return str(output.get("data", {}).get("text/plain", output.get("text", "")))
