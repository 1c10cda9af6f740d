"""The master of a lab: what it becomes, and how its faults are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo.errors import InvalidFiles, WrongUse
from netdojo.grading.master import read_master, to_notebook, with_answers
from netdojo.model import Lab

ERRORS = Path(__file__).parents[2] / "errors" / "grading" / "masters"
SOUND = """# %% [markdown]
# # Small

# %%
setup()

# %% task="first"
### BEGIN SOLUTION
%time a = 1
### END SOLUTION

# %% locked=false
# space

# %% task="second"
b = 2
"""


def write(lab: Lab, text: str) -> None:
    assert lab.grader is not None
    (lab.grader / "notebook.py").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", sorted(path.name for path in ERRORS.glob("*.py.txt")))
def test_every_fault_is_told_at_once(lab: Lab, name: str) -> None:
    """A bad master gets the message that stands beside it, all faults in one."""
    write(lab, (ERRORS / name).read_text(encoding="utf-8"))
    with pytest.raises(InvalidFiles) as told:
        read_master(lab)

    assert (ERRORS / name.replace(".py.txt", ".txt")).read_text(encoding="utf-8") == f"{told.value}\n"


def test_cells_know_what_they_are(lab: Lab) -> None:
    """A task's cell has the task's id, a locked one its place, a free one no id; magics stay magics."""
    write(lab, SOUND)

    assert [
        ("cell-01", "markdown", False),
        ("cell-02", "code", False),
        ("first", "code", True),
        ("", "code", False),
        ("second", "code", True),
    ] == [(cell.id, cell.kind, cell.task) for cell in read_master(lab).cells]
    assert "### BEGIN SOLUTION\n%time a = 1\n### END SOLUTION" == read_master(lab).tasks[0].source


def test_the_notebook_carries_nbgraders_metadata(lab: Lab) -> None:
    """A task's cell is answer and graded cell in one, all else is read-only, and ids do not change."""
    write(lab, SOUND)
    notebook = to_notebook(read_master(lab), lab, "d" * 64)

    assert ["cell-01", "cell-02", "first", "free-04", "second"] == [cell["id"] for cell in notebook["cells"]]
    assert {"lab": "small", "digest": "d" * 64} == notebook["metadata"]["netdojo"]
    first = notebook["cells"][2]["metadata"]["nbgrader"]
    assert {"grade": True, "solution": True, "locked": False, "grade_id": "first", "points": 2, "task": False} == {
        name: first[name] for name in ("grade", "solution", "locked", "grade_id", "points", "task")
    }
    assert notebook["cells"][1]["metadata"]["nbgrader"]["locked"]
    assert {} == notebook["cells"][3]["metadata"]


def test_answers_replace_task_cells_alone(lab: Lab) -> None:
    """Another answer changes the cell of its task and nothing else."""
    write(lab, SOUND)
    master = read_master(lab)
    other = with_answers(master, {"second": "b = 3", "cell-02": "cheat()"})

    assert "b = 3" == other.cells[4].source
    assert master.cells[:4] == other.cells[:4]


def test_without_graders_there_is_no_master(lab: Lab) -> None:
    """A learner's bundle has no graders/, and the message says where to grade."""
    with pytest.raises(WrongUse, match="can be done but not graded") as told:
        read_master(lab.model_copy(update={"grader": None}))

    assert "clone" in told.value.help


def test_an_absent_master_is_a_fault(lab: Lab) -> None:
    """A grader without its notebook is told by the file that must be there."""
    with pytest.raises(InvalidFiles, match=r"graders/small/notebook\.py: must be there"):
        read_master(lab)
