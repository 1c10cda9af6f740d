"""A tiny course on two routers, submissions of its lab, and proof that no process of a sandbox outlives its grading."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from netdojo.content import find_course, find_lab
from netdojo.grading import Limits, engine, grade
from netdojo.grading.assignment import load_master, master_digest
from netdojo.grading.confined import Confined, start_of
from netdojo.grading.master import Master, to_notebook, with_answers
from netdojo.model import Lab, Report, Verdict

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of its own, with the images of ours."""
    folder = tmp_path_factory.mktemp("tiny") / "course"
    shutil.copytree(HERE / "course", folder)
    shutil.copytree(REPOSITORY / "topologies" / "images", folder / "topologies" / "images")
    return folder


@pytest.fixture(scope="session")
def lab(course: Path) -> Lab:
    return find_lab(find_course(course), "tiny")


@dataclass
class Workbench:
    """Makes submissions of the tiny lab and grades them. `solution` is the lab's own answers."""

    lab: Lab
    folder: Path
    solution: Master
    confined: list[Confined] = field(default_factory=list)

    def notebook(self, **answers: str) -> dict[str, Any]:
        """Return the solution's notebook with other answers to the named tasks."""
        return to_notebook(with_answers(self.solution, answers), self.lab, master_digest(self.lab))

    def hand_in(self, notebook: dict[str, Any]) -> Path:
        """Write a submission and return its folder."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / "tiny.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        shutil.copyfile(self.lab.start / "plan.json", self.folder / "plan.json")
        return self.folder

    def graded(self, limits: Limits | None = None, **answers: str) -> Report:
        """Grade the solution with other answers to the named tasks."""
        return grade(self.lab, self.hand_in(self.notebook(**answers)), limits=limits)

    def verdicts(self, report: Report) -> dict[str, Verdict]:
        """Return each task's verdict; why each is what it is, is printed, for when a test fails by it."""
        told = [f"{task.id} {task.verdict.value}: {task.rationale}" for task in report.tasks]
        sys.stdout.write("\n".join([*told, *report.notes, ""]))
        return {task.id: task.verdict for task in report.tasks}

    def left_running(self) -> list[int]:
        """Return the processes of any sandbox that are still there."""
        return [pid for one in self.confined for pid, started in one.seen.items() if start_of(pid) == started]


@pytest.fixture
def bench(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    made = Workbench(lab, tmp_path / "submission", load_master(lab))
    kept: Callable[..., Confined] = remembering(made.confined)
    monkeypatch.setattr(engine, "Confined", kept)
    yield made
    assert [] == made.left_running()


def remembering(confined: list[Confined]) -> Callable[..., Confined]:
    """Return what makes a sandbox and keeps it in a list."""

    def make(*given: Any) -> Confined:
        confined.append(Confined(*given))
        return confined[-1]

    return make
