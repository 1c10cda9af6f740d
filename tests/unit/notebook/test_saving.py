"""A notebook that was not saved is noticed before it is graded; one that was is let through."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netdojo.notebook.saving import unsaved

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
ANSWER = "def find(x):\n    return x"


def notebook(folder: Path, task_cell: str) -> Path:
    """Write a notebook with one task's cell and the cell that submits."""
    cells = [
        {"cell_type": "markdown", "source": "# Title", "metadata": {}},
        {
            "cell_type": "code",
            "source": task_cell.splitlines(keepends=True),
            "metadata": {"nbgrader": {"grade_id": "find"}},
        },
        {"cell_type": "code", "source": "lab.submit()", "metadata": {}},
    ]
    file = folder / "lab.ipynb"
    file.write_text(json.dumps({"cells": cells}))
    return file


@pytest.mark.parametrize(
    ("saved", "history", "expected"),
    [
        (ANSWER, [ANSWER, "lab.submit()"], ""),
        (STUB, [ANSWER, "lab.submit()"], "the cell of task 'find' is another there"),
        (ANSWER, ["lab.submit()"], ""),
        (STUB, ["lab.submit()"], ""),
        (ANSWER, ["print(1)", ANSWER, "lab.submit()"], ""),
        (ANSWER, [ANSWER, "lab . submit()"], "it does not have the cell that submits"),
        (ANSWER, [], ""),
    ],
)
def test_saved_file_is_held_against_what_was_run(tmp_path: Path, saved: str, history: list[str], expected: str) -> None:
    """A cell that was run in another version than the saved one is behind; scratch cells and restarts are not."""
    assert expected == unsaved(notebook(tmp_path, saved), ["find"], history)


@pytest.mark.parametrize("held", ["", "[]", "{}", '{"cells": 3}', '{"cells": [{}]}'])
def test_file_that_is_no_notebook_is_left_to_the_grader(tmp_path: Path, held: str) -> None:
    """The grader says what is wrong with a file that does not read."""
    file = tmp_path / "lab.ipynb"
    file.write_text(held)

    assert "" == unsaved(file, ["find"], ["lab.submit()"])
