"""A lab without a network: what the grading room reads of it, and cells of a submission made short."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from netdojo.grading.master import Cell, Master
from netdojo.model import Lab, Task


@pytest.fixture
def lab(tmp_path: Path, make_lab: Callable[..., Lab]) -> Lab:
    """A lab of two tasks; its folders are empty."""
    grader = tmp_path / "course" / "graders" / "small"
    folder = tmp_path / "course" / "labs" / "small"
    for made in (grader, folder / "start"):
        made.mkdir(parents=True)
    (folder / "lab.yml").write_text("title: Small\n", encoding="utf-8")
    tasks = (Task(id="first", title="First", points=2), Task(id="second", title="Second", points=3))
    return make_lab("small", *tasks, folder=folder, grader=grader, files=("plan.json", "configs"))


@pytest.fixture
def master() -> Master:
    """A master of two tasks with locked cells between, and one that is free."""
    return Master(
        lab="small",
        cells=(
            Cell("cell-01", "markdown", "# Small"),
            Cell("cell-02", "code", "setup()"),
            Cell("", "code", "# space"),
            Cell("first", "code", "a = 1", task=True),
            Cell("cell-05", "code", "lab.check('first')"),
            Cell("second", "code", "b = 2", task=True),
            Cell("cell-07", "code", "lab.check('second')"),
        ),
    )
