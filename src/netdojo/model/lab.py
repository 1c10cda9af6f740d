"""A lab as its manifest says it: what a learner does, and what each task is worth."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from pydantic import Field

from netdojo.model.base import Noun, Slug


class Fidelity(str, Enum):
    """How near to the real thing a lab is."""

    real = "real"
    emulated = "emulated"
    modelled = "modelled"


Hint = str
"""One level of help, from a nudge to nearly the answer."""


class Task(Noun):
    """One thing to do, judged on its own. `needs` names the tasks whose pass it depends on."""

    id: Slug
    title: str = Field(min_length=1)
    points: int = Field(gt=0, le=100)
    hints: tuple[Hint, ...] = ()
    needs: tuple[Slug, ...] = ()


class LabManifest(Noun):
    """The content of labs/<slug>/lab.yml. `minutes` is the designed time for an engineer new to the subject."""

    title: str = Field(min_length=1)
    summary: str = Field(min_length=1)
    module: Slug
    topology: Slug
    fidelity: Fidelity
    minutes: int = Field(gt=0, le=600)
    objectives: tuple[Slug, ...] = Field(min_length=1)
    prerequisites: tuple[Slug, ...] = ()
    files: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = Field(min_length=1)


class Lab(Noun):
    """A lab of a course: its manifest, and the folders that hold its parts.

    `folder` is labs/<slug>; `grader` is graders/<slug>, or None where the graders are not at hand;
    `topology_file` is the containerlab file that it deploys.
    """

    slug: Slug
    manifest: LabManifest
    folder: Path
    grader: Path | None
    topology_file: Path

    @property
    def title(self) -> str:
        return self.manifest.title

    @property
    def tasks(self) -> tuple[Task, ...]:
        return self.manifest.tasks

    @property
    def points(self) -> int:
        return sum(task.points for task in self.tasks)

    @property
    def start(self) -> Path:
        """The folder of what the learner begins with; files in it stand in for the topology's of the same path."""
        return self.folder / "start"

    def task(self, id: str) -> Task:
        """Return the task `id`; raises KeyError when the lab has none of this id."""
        return {task.id: task for task in self.tasks}[id]
