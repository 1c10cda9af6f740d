"""Lays a submission's cells over the master's: answers from the learner, everything that is locked from the master."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from netdojo.errors import SubmissionUnusable
from netdojo.grading.master import Cell, Master
from netdojo.grading.submissions import SubmittedCell, fresh_notebook

KINDS = ("code", "markdown", "raw")


@dataclass(frozen=True)
class Step:
    """One cell to run. `task` is the task that it answers; `judge` the task that is judged once it has run.

    `own` says that the learner wrote it, and the lab did not.
    """

    kind: str
    source: str
    id: str = ""
    task: str = ""
    judge: str = ""
    missing: bool = False
    own: bool = False


@dataclass(frozen=True)
class Plan:
    """What is run, in the master's order, and what had to be restored to come to it."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...]

    @property
    def missing(self) -> frozenset[str]:
        """The tasks whose cells are not there."""
        return frozenset(step.task for step in self.steps if step.missing)


def match(master: Master, cells: tuple[SubmittedCell, ...]) -> Plan:
    """Return the steps of a submission.

    The learner's own cells stay behind the cell that they follow; of a task's cells that occur more than once the last
    is the answer, and the others run where they stand. A task is judged when its cell and the learner's own cells that
    directly follow it have run. Raises SubmissionUnusable when no task's cell is left.
    """
    tasks = {cell.id for cell in master.tasks}
    last = {cell.id: position for position, cell in enumerate(cells) if cell.id}
    if not tasks & last.keys():
        raise SubmissionUnusable(
            "the notebook has lost the cells of all its tasks",
            help=f"Copy your answers into a fresh notebook: {fresh_notebook(master.lab)}",
        )
    known = {cell.id for cell in master.cells if cell.id}
    answers = {cell.id: cell for position, cell in enumerate(cells) if cell.id in tasks and last[cell.id] == position}
    own = own_cells(cells, known, last)
    return Plan(tuple(steps_of(master, answers, own)), tuple(notes_of(master, cells, last)))


def own_cells(
    cells: tuple[SubmittedCell, ...], known: set[str], last: dict[str, int]
) -> dict[str, list[SubmittedCell]]:
    """Return the learner's own cells by the id of the master's cell that they follow, "" before the first."""
    own: dict[str, list[SubmittedCell]] = {"": []}
    anchor = ""
    for position, cell in enumerate(cells):
        if cell.id in known and last[cell.id] == position:
            anchor = cell.id
            own.setdefault(anchor, [])
        elif cell.kind == "code" and not cell.locked:
            own[anchor].append(cell)
    return own


def steps_of(master: Master, answers: dict[str, SubmittedCell], own: dict[str, list[SubmittedCell]]) -> Iterator[Step]:
    """Yield the steps in the master's order, each task's judging on the last of its cells."""
    given = {cell.source for cell in master.cells if not cell.id}
    yield from (own_step(cell, given) for cell in own[""])
    for cell in (one for one in master.cells if one.id):
        group = [first_step(cell, answers.get(cell.id)), *(own_step(one, given) for one in own.get(cell.id, []))]
        yield from group[:-1]
        yield replace(group[-1], judge=cell.id if cell.task else "")


def own_step(cell: SubmittedCell, given: set[str]) -> Step:
    """Return the step of a cell that is the learner's to write; `given` are such cells as the lab has them."""
    return Step("code", cell.source, own=cell.source not in given)


def first_step(cell: Cell, answer: SubmittedCell | None) -> Step:
    """Return the step of one of the master's cells: the learner's answer to a task, the master's own text otherwise."""
    if not cell.task:
        return Step(cell.kind, cell.source, cell.id)
    if answer is None:
        return Step("code", "", cell.id, cell.id, missing=True)
    return Step("code", answer.source, cell.id, cell.id, own=True)


def notes_of(master: Master, cells: tuple[SubmittedCell, ...], last: dict[str, int]) -> Iterator[str]:
    """Yield a sentence for each thing that was restored or taken in a way that the learner may not expect."""
    count = Counter(cell.id for cell in cells)
    by_id = {cell.id: cells[last[cell.id]] for cell in master.cells if cell.id in last}
    for cell in (one for one in master.cells if one.id):
        found = by_id.get(cell.id)
        if found is None:
            yield from missing_note(cell)
        elif count[cell.id] > 1:
            yield f"the cell {cell.id!r} is there {count[cell.id]} times; the last one was judged"
        elif found.kind != cell.kind:
            kind = f"a {found.kind} cell" if found.kind in KINDS else "no cell that a notebook knows"
            yield f"the cell {cell.id!r} had become {kind}; it was read as {cell.kind}"
        elif not cell.task and cell.kind == "code" and found.source.strip() != cell.source.strip():
            yield f"the locked cell {cell.id!r} had been changed; it was run as the lab has it"
    order = [cell.id for cell in sorted(by_id.values(), key=lambda cell: last[cell.id])]
    if order != list(by_id):
        yield "the cells had been moved; they were run in the lab's order"


def missing_note(cell: Cell) -> Iterator[str]:
    """Yield a sentence for a cell that is gone; text that is gone changes nothing."""
    if cell.task:
        yield f"the cell of task {cell.id!r} is missing"
    elif cell.kind == "code":
        yield f"the locked cell {cell.id!r} was missing; it was put back"
