"""A submission's cells laid over the master's."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo.errors import SubmissionUnusable
from netdojo.grading.master import Master
from netdojo.grading.matching import Plan, match
from netdojo.grading.submissions import SubmittedCell

ERRORS = Path(__file__).parents[2] / "errors" / "grading" / "notebooks"


def cell(id: str, source: str = "", kind: str = "code", *, locked: bool = False) -> SubmittedCell:
    return SubmittedCell(id, kind, source, locked)


def whole() -> list[SubmittedCell]:
    """The master's notebook as a learner hands it in, untouched but for his answers."""
    return [
        cell("cell-01", "# Small", "markdown", locked=True),
        cell("cell-02", "setup()", locked=True),
        cell("", "# space"),
        cell("first", "a = 'mine'"),
        cell("cell-05", "lab.check('first')", locked=True),
        cell("second", "b = 'mine'"),
        cell("cell-07", "lab.check('second')", locked=True),
    ]


def code(plan: Plan) -> list[str]:
    return [step.source for step in plan.steps if step.kind == "code"]


def judged_after(plan: Plan) -> dict[str, str]:
    return {step.judge: step.source for step in plan.steps if step.judge}


def test_an_honest_notebook_runs_as_it_is(master: Master) -> None:
    """Answers come from the learner, all else as the master has it, and nothing is noted."""
    plan = match(master, tuple(whole()))

    assert () == plan.notes
    assert ["setup()", "# space", "a = 'mine'", "lab.check('first')", "b = 'mine'", "lab.check('second')"] == code(plan)
    assert {"first": "a = 'mine'", "second": "b = 'mine'"} == judged_after(plan)


def test_a_locked_cell_comes_from_the_master(master: Master) -> None:
    """What a learner writes into a locked cell is not run."""
    cells = whole()
    cells[1] = cell("cell-02", "cheat()", locked=True)
    plan = match(master, tuple(cells))

    assert "setup()" == code(plan)[0]
    assert ("the locked cell 'cell-02' had been changed; it was run as the lab has it",) == plan.notes


def test_a_locked_cell_that_was_unlocked_comes_from_the_master(master: Master) -> None:
    """The metadata of a submission unlocks nothing."""
    cells = whole()
    cells[4] = cell("cell-05", "cheat()", locked=False)

    assert "cheat()" not in code(match(master, tuple(cells)))


def test_a_deleted_locked_cell_is_put_back(master: Master) -> None:
    """A cell of code that is gone is run all the same; text that is gone needs no word."""
    plan = match(master, tuple(whole()[2:]))

    assert "setup()" in code(plan)
    assert ("the locked cell 'cell-02' was missing; it was put back",) == plan.notes


def test_a_deleted_task_cell_is_missing(master: Master) -> None:
    """The task's place stays, so that it is judged, with nothing to run."""
    plan = match(master, tuple(one for one in whole() if one.id != "first"))

    assert frozenset({"first"}) == plan.missing
    assert {"first": "", "second": "b = 'mine'"} == judged_after(plan)
    assert ("the cell of task 'first' is missing",) == plan.notes


def test_without_any_task_cell_there_is_nothing_to_judge(master: Master) -> None:
    """A notebook that has lost the cells of all its tasks is refused, with the command that gives a fresh one."""
    with pytest.raises(SubmissionUnusable) as told:
        match(master, tuple(one for one in whole() if one.id not in {"first", "second"}))

    assert (ERRORS / "all-cells-lost.txt").read_text(encoding="utf-8") == f"{told.value}\n"


def test_own_cells_run_where_they_stand(master: Master) -> None:
    """A learner's own cell runs behind the cell that it follows; before the first it runs first."""
    cells = [cell("", "zero"), *whole()[:2], cell("", "one"), *whole()[2:]]

    assert ["zero", "setup()", "one", "# space"] == code(match(master, tuple(cells)))[:4]


def test_a_task_is_judged_after_the_own_cells_that_follow_it(master: Master) -> None:
    """An answer that was spread over new cells below the task's cell counts as a whole."""
    cells = whole()
    cells[4:4] = [cell("", "more"), cell("", "text", "markdown"), cell("", "still more")]

    assert "still more" == judged_after(match(master, tuple(cells)))["first"]


def test_of_a_cell_that_is_there_twice_the_last_answers(master: Master) -> None:
    """A split or copied cell runs in full; the task is judged after the last part."""
    cells = whole()
    cells.insert(4, cell("first", "a = 'second part'"))
    plan = match(master, tuple(cells))

    assert ["a = 'mine'", "a = 'second part'"] == code(plan)[2:4]
    assert "a = 'second part'" == judged_after(plan)["first"]
    assert ("the cell 'first' is there 2 times; the last one was judged",) == plan.notes


def test_a_copy_of_a_locked_cell_is_not_run(master: Master) -> None:
    """A second cell that claims to be one of the lab's is dropped, whatever it holds."""
    cells = whole()
    cells.insert(2, cell("cell-02", "cheat()", locked=True))

    assert "cheat()" not in code(match(master, tuple(cells)))


def test_a_retyped_cell_is_read_as_what_it_was(master: Master) -> None:
    """An answer in a cell that was turned into text is still run as code."""
    cells = whole()
    cells[3] = cell("first", "a = 'mine'", "markdown")
    plan = match(master, tuple(cells))

    assert "a = 'mine'" in code(plan)
    assert ("the cell 'first' had become a markdown cell; it was read as code",) == plan.notes


def test_moved_cells_run_in_the_labs_order(master: Master) -> None:
    """The order of the lab is restored, with a note."""
    cells = whole()
    cells[3], cells[5] = cells[5], cells[3]
    plan = match(master, tuple(cells))

    assert ["first", "second"] == [step.judge for step in plan.steps if step.judge]
    assert ("the cells had been moved; they were run in the lab's order",) == plan.notes


def test_a_renamed_cell_is_an_own_cell_and_its_task_missing(master: Master) -> None:
    """A grade id that the lab does not know makes a cell the learner's own."""
    cells = whole()
    cells[3] = cell("frist", "a = 'mine'")
    plan = match(master, tuple(cells))

    assert frozenset({"first"}) == plan.missing
    assert "a = 'mine'" in code(plan)
