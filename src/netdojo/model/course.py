"""A course: modules of lessons, and the labs that they lead to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, RootModel, StringConstraints

from netdojo.model.base import Noun, Slug
from netdojo.model.lab import Lab


class Objectives(RootModel[dict[Slug, Annotated[str, StringConstraints(min_length=1)]]]):
    """The content of modules/objectives.yml: each id, and in a sentence what a learner can do afterwards."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"additionalProperties": False})


class Lesson(Noun):
    """One page of a module. `page` is its path in the built site, without a leading slash."""

    slug: Slug
    title: str
    source: Path
    page: str


class ModuleManifest(Noun):
    """The content of modules/<slug>/module.yml."""

    title: str = Field(min_length=1)
    summary: str = Field(min_length=1)
    prerequisites: tuple[Slug, ...] = ()


class Module(Noun):
    """A module: its manifest and its lessons, in the order of the site's navigation."""

    slug: Slug
    manifest: ModuleManifest
    lessons: tuple[Lesson, ...]


class Course(Noun):
    """Everything that a course folder holds. `objectives` are ids, each with its sentence."""

    folder: Path
    title: str
    objectives: dict[Slug, str]
    modules: tuple[Module, ...]
    labs: tuple[Lab, ...]
