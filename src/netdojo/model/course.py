"""A course: modules of lessons, and the labs that they lead to."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from netdojo.model.base import Noun, Slug
from netdojo.model.lab import Lab


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
    """Everything that a course folder holds."""

    folder: Path
    title: str
    modules: tuple[Module, ...]
    labs: tuple[Lab, ...]
