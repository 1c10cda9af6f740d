"""What the catalogue shows, drawn from the nouns: the course by modules, with how each lab stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netdojo.model import Course, Lab, Lesson, TaskReport
from netdojo.portal import words
from netdojo.portal.words import State


@dataclass(frozen=True)
class LabRow:
    """A lab in the catalogue."""

    lab: Lab
    fidelity: str
    state: State
    earned: int


@dataclass(frozen=True)
class ModuleRow:
    """A module in the catalogue, with its lessons and labs in their order."""

    slug: str
    title: str
    summary: str
    lessons: tuple[Lesson, ...]
    labs: tuple[LabRow, ...]


def modules(
    course: Course, reports: Mapping[str, dict[str, TaskReport]], passed: Iterable[str]
) -> tuple[ModuleRow, ...]:
    """Return the course by modules; `reports` and `passed` say how each lab stands."""
    done = frozenset(passed)
    return tuple(
        ModuleRow(
            slug=module.slug,
            title=module.manifest.title,
            summary=module.manifest.summary,
            lessons=module.lessons,
            labs=tuple(
                lab_row(lab, reports.get(lab.slug, {}), lab.slug in done)
                for lab in course.labs
                if lab.manifest.module == module.slug
            ),
        )
        for module in course.modules
    )


def lab_row(lab: Lab, reports: dict[str, TaskReport], passed: bool) -> LabRow:
    earned = lab.points if passed else sum(report.points for report in reports.values())
    return LabRow(lab, words.FIDELITY[lab.manifest.fidelity], words.standing(lab, reports, passed), earned)
