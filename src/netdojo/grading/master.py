"""Reads a lab's master, a py:percent file with answers, into cells that know what nbgrader must know of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netdojo.errors import InvalidFiles, Problem, WrongUse, suggestion
from netdojo.model import Lab, Task

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
SCHEMA_VERSION = 3
"""The version of nbgrader's cell metadata that is written."""
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook: its grade id (none where the learner may do as he likes), its type, and its source."""

    id: str
    kind: str
    source: str
    task: bool = False


@dataclass(frozen=True)
class Master:
    """A lab's notebook with the answers in it, in the order in which it is read."""

    lab: str
    cells: tuple[Cell, ...]

    @property
    def tasks(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.task)


def read_master(lab: Lab) -> Master:
    """Read graders/<slug>/notebook.py; raises InvalidFiles with every fault of the master and its fit to lab.yml."""
    file = grader_of(lab) / "notebook.py"
    shown = f"graders/{lab.slug}/notebook.py"
    if not file.is_file():
        raise InvalidFiles([Problem(shown, "", "must be there", "It is the lab's notebook, with the answers.")])
    found = read_percent(file)
    faults = [*misfits(found, lab, shown), *unfinished(found, shown)]
    if faults:
        raise InvalidFiles(faults)
    return Master(lab=lab.slug, cells=tuple(identified(found)))


def grader_of(lab: Lab) -> Path:
    """Return graders/<slug>; raises WrongUse where the graders are not at hand, as in a learner's bundle."""
    if lab.grader is None:
        raise WrongUse(
            f"there is no graders/{lab.slug} here, so {lab.slug} can be done but not graded",
            help="Grade in a clone of the course, or where your instructor grades.",
        )
    return lab.grader


@dataclass(frozen=True)
class Written:
    """A cell as it stands in a py:percent file; `number` counts from 1."""

    number: int
    kind: str
    source: str
    task: str
    free: bool

    @property
    def field(self) -> str:
        return f"cell {self.number}"


def read_percent(file: Path) -> list[Written]:
    """Return the cells of a py:percent file."""
    import jupytext  # type: ignore[import-untyped]  # jupytext has no types

    notebook = jupytext.reads(file.read_text(encoding="utf-8"), fmt="py:percent")
    return [written(number, cell) for number, cell in enumerate(notebook.cells, start=1)]


def written(number: int, cell: Any) -> Written:
    """Return one of jupytext's cells; `task=` names its task, `locked=false` leaves it to the learner."""
    task = str(cell.metadata.get("task", ""))
    free = not task and cell.metadata.get("locked") is False
    return Written(number, cell.cell_type, cell.source, task, free)


def misfits(cells: list[Written], lab: Lab, shown: str) -> Iterator[Problem]:
    """Yield a problem for each task cell and task that have no, or more than one, counterpart."""
    known = [task.id for task in lab.tasks]
    seen: list[str] = []
    for cell in (one for one in cells if one.task):
        if cell.kind != "code":
            yield Problem(shown, cell.field, f"must be a code cell, since it answers a task (got {cell.kind})")
        if cell.task not in known:
            hint = suggestion(cell.task, known, "task")
            yield Problem(shown, f"{cell.field}: task", f"must name a task of lab.yml (got {cell.task!r})", hint)
        if cell.task in seen:
            yield Problem(shown, f"{cell.field}: task", f"must be given once (got {cell.task!r} again)")
        seen.append(cell.task)
    yield from uncelled(lab.tasks, seen, lab.slug)


def uncelled(tasks: Iterable[Task], seen: list[str], slug: str) -> Iterator[Problem]:
    """Yield a problem for each task that no cell answers."""
    for position, task in enumerate(tasks):
        if task.id not in seen:
            hint = f'Add a cell that begins with: # %% task="{task.id}"'
            must = f"must have a cell in graders/{slug}/notebook.py (got none for {task.id!r})"
            yield Problem(f"labs/{slug}/lab.yml", f"tasks[{position}].id", must, hint)


def unfinished(cells: list[Written], shown: str) -> Iterator[Problem]:
    """Yield a problem for each answer that nbgrader would not hide, or not find the end of."""
    for cell in cells:
        marks = re.findall(f"{BEGIN}|{END}", cell.source)
        if marks and not cell.task:
            yield Problem(shown, cell.field, f"must name its task, since it holds {BEGIN!r}")
        if marks != [BEGIN, END] * (len(marks) // 2):
            yield Problem(shown, cell.field, f"must close each {BEGIN!r} with {END!r}, one after the other")


def identified(cells: list[Written]) -> Iterator[Cell]:
    """Yield the cells with their grade ids: a task's own id, and a place for each cell that stays as it is."""
    for cell in cells:
        name = cell.task or ("" if cell.free else f"cell-{cell.number:02d}")
        yield Cell(id=name, kind=cell.kind, source=cell.source, task=bool(cell.task))


def read_answers(file: Path, lab: Lab, shown: str) -> dict[str, str]:
    """Return the task cells of a py:percent file by task; raises InvalidFiles when one is no task of the lab."""
    found = [cell for cell in read_percent(file) if cell.task]
    known = [task.id for task in lab.tasks]
    faults = [
        Problem(shown, cell.field, f"must name a task of lab.yml (got {cell.task!r})", suggestion(cell.task, known))
        for cell in found
        if cell.task not in known
    ]
    if faults:
        raise InvalidFiles(faults)
    return {cell.task: cell.source for cell in found}


def with_answers(master: Master, answers: dict[str, str]) -> Master:
    """Return the master with the task cells of `answers` in place of its own."""
    cells = [
        Cell(cell.id, cell.kind, answers.get(cell.id, cell.source), cell.task) if cell.task else cell
        for cell in master.cells
    ]
    return Master(lab=master.lab, cells=tuple(cells))


def to_notebook(master: Master, lab: Lab, digest: str) -> dict[str, Any]:
    """Return the master as the JSON of a notebook (format 4.5) with nbgrader's metadata, `digest` naming its state."""
    points = {task.id: task.points for task in lab.tasks}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": KERNELSPEC,
            "language_info": {"name": "python"},
            "netdojo": {"lab": lab.slug, "digest": digest},
        },
        "cells": [notebook_cell(cell, number, points) for number, cell in enumerate(master.cells, start=1)],
    }


def notebook_cell(cell: Cell, number: int, points: dict[str, int]) -> dict[str, Any]:
    """Return a cell as a notebook holds it; its id stays the same from build to build."""
    made: dict[str, Any] = {
        "id": cell.id or f"free-{number:02d}",
        "cell_type": cell.kind,
        "metadata": {"nbgrader": nbgrader_metadata(cell, points)} if cell.id else {},
        "source": cell.source,
    }
    return made | {"execution_count": None, "outputs": []} if cell.kind == "code" else made


def nbgrader_metadata(cell: Cell, points: dict[str, int]) -> dict[str, Any]:
    """Return nbgrader's metadata: a task's cell is the learner's answer and is graded, any other is read-only."""
    made: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "grade_id": cell.id,
        "cell_type": cell.kind,
        "grade": cell.task,
        "solution": cell.task,
        "locked": not cell.task,
        "task": False,
    }
    return made | {"points": points[cell.id]} if cell.task else made
