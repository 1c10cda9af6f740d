"""What the manifests of a course name must be there: modules, topologies, labs, tasks and objectives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from netdojo.errors import Problem, suggestion
from netdojo.model import Objectives
from netdojo.yaml_files import parse, read_yaml

OBJECTIVES = "modules/objectives.yml"


def slugs(folder: Path, manifest: str) -> list[Path]:
    """Return the sub-folders that hold `manifest`, by name."""
    return sorted(file.parent for file in folder.glob(f"*/{manifest}"))


def names(folder: Path, manifest: str) -> list[str]:
    return [found.name for found in slugs(folder, manifest)]


def read_objectives(course: Path) -> Objectives:
    """Return what the course's learners can do afterwards; raises InvalidFiles with every fault of the file."""
    return parse(read_yaml(course / OBJECTIVES, OBJECTIVES), Objectives, OBJECTIVES)


def loose_ends(
    course: Path, shown: str, held: Mapping[str, Any], objectives: Mapping[str, str] | None
) -> Iterator[Problem]:
    """Yield a problem for each name in what a lab.yml holds that leads nowhere; what is no name is left to its schema.

    `objectives` are the course's, or None when these could not be read.
    """
    yield from task_ends(shown, held.get("tasks"))
    yield from dangling(shown, "module", texts(held.get("module")), names(course / "modules", "module.yml"), "a module")
    topologies = sorted(file.parent.name for file in (course / "topologies").glob("*/*.clab.yml"))
    yield from dangling(shown, "topology", texts(held.get("topology")), topologies, "a topology")
    labs = names(course / "labs", "lab.yml")
    yield from dangling(shown, "prerequisites", texts(held.get("prerequisites")), labs, "a lab")
    if objectives is not None:
        yield from claims(shown, held.get("objectives"), objectives)


def texts(held: Any) -> list[str]:
    """Return the names among what a key holds: one, or a list of them."""
    given = held if isinstance(held, list) else [held]
    return [one for one in given if isinstance(one, str)]


def task_ends(shown: str, held: Any) -> Iterator[Problem]:
    """Yield a problem for each task named twice and each need that names no earlier task."""
    tasks = [task if isinstance(task, Mapping) else {} for task in held] if isinstance(held, list) else []
    every = [name for task in tasks for name in texts(task.get("id"))]
    before: list[str] = []
    for position, task in enumerate(tasks):
        own = texts(task.get("id"))
        for name in own:
            if name in before:
                yield Problem(shown, f"tasks[{position}].id", f"must be unlike the ids before it (got {name!r})")
        field, needs = f"tasks[{position}].needs", texts(task.get("needs"))
        for name in needs:
            if name in every and name not in before:
                found = "itself" if name in own else f"{name!r}, which comes after it"
                yield Problem(shown, field, f"must name an earlier task (got {found})")
        others = [name for name in every if name not in own]
        yield from dangling(shown, field, [name for name in needs if name not in every], others, "a task of this lab")
        before += own


def dangling(shown: str, field: str, given: Iterable[str], known: list[str], what: str) -> Iterator[Problem]:
    """Yield a problem for each of `given` that is none of `known`."""
    for name in given:
        if name not in known:
            yield Problem(
                shown, field, f"must name {what} (got {name!r})", suggestion(name, known, what.removeprefix("a "))
            )


def claims(shown: str, held: Any, objectives: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each objective that a lab claims twice, or that the course does not have."""
    given = held if isinstance(held, list) else []
    for position, objective in enumerate(given):
        field = f"objectives[{position}]"
        if objective in given[:position]:
            yield Problem(shown, field, f"must be unlike the ones before it (got {objective!r})")
        yield from dangling(shown, field, texts(objective), list(objectives), f"an objective of {OBJECTIVES}")


def same_sentences(objectives: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each objective that says what one before it says."""
    first: dict[str, str] = {}
    for objective, sentence in objectives.items():
        before = first.setdefault(sentence.casefold().strip(" ."), objective)
        if before != objective:
            yield Problem(OBJECTIVES, objective, f"must say something else than {before!r} does (got {sentence!r})")
