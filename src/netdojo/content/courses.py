"""Turns a course's folders into nouns: nothing is registered, a folder's name is its id."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from netdojo.content.references import loose_ends, names, read_objectives, same_sentences, slugs
from netdojo.errors import InvalidFiles, NotFound, Problem, WrongUse
from netdojo.model import Course, Lab, LabManifest, Lesson, Module, ModuleManifest
from netdojo.yaml_files import kind_of, parse, read_yaml

MARKS = ("mkdocs.yml", "labs", "modules", "topologies")
"""What a folder has that is a course."""
PACKAGE = Path(__file__).resolve().parents[1]


def find_course(folder: Path | None = None) -> Course:
    """Return the course of `folder`, else of NETDOJO_COURSE, else around the current folder, else the one in the wheel.

    Raises WrongUse when the folder is no course, InvalidFiles with every fault of its manifests.
    """
    return read_course(course_folder(folder))


def course_folder(folder: Path | None = None) -> Path:
    """Return the folder that `find_course` reads."""
    named = folder or (Path(os.environ["NETDOJO_COURSE"]) if os.environ.get("NETDOJO_COURSE") else None)
    if named is not None:
        return required(named.expanduser().absolute())
    here = Path.cwd()
    candidates = [here, *here.parents, PACKAGE / "course", PACKAGE.parents[1]]
    found = next((candidate for candidate in candidates if is_course(candidate)), None)
    if found is None:
        raise WrongUse("no course here", help="Name its folder with --course or NETDOJO_COURSE.")
    return found


def images_of(topology: Path) -> Path:
    """Return the folder of the images that the nodes of a topology file are of.

    That of the course in whose topologies/ the file lies, else of the course that you are in: what lies beside a file
    from elsewhere is never run. Raises WrongUse where there is no course.
    """
    around = Path(os.path.abspath(topology)).parents
    own = (folder.parent for folder in around if folder.name == "topologies" and is_course(folder.parent))
    return (next(own, None) or course_folder()) / "topologies" / "images"


def lab_names() -> list[str]:
    """Return the names of the course's labs, whatever faults their files have; none where there is no course."""
    try:
        return names(course_folder() / "labs", "lab.yml")
    except WrongUse:
        return []


def is_course(folder: Path) -> bool:
    return all((folder / mark).exists() for mark in MARKS)


def required(folder: Path) -> Path:
    """Return `folder`, or raise WrongUse naming what it lacks to be a course."""
    missing = [mark for mark in MARKS if not (folder / mark).exists()]
    if missing:
        raise WrongUse(f"{folder} is no course: it has no {', '.join(missing)}", help="Name another with --course.")
    return folder


def read_course(folder: Path) -> Course:
    """Read every manifest of the course; all faults of all files are told at once."""
    site = read_site(folder)
    faults: list[Problem] = []
    modules = gather(
        (lambda f=f: read_module(folder, f, site) for f in slugs(folder / "modules", "module.yml")), faults
    )
    objectives = gather([lambda: read_objectives(folder)], faults)
    known = objectives[0].root if objectives else None
    labs = gather((lambda f=f: read_lab(folder, f, known) for f in slugs(folder / "labs", "lab.yml")), faults)
    faults += same_sentences(known or {})
    if faults:
        raise InvalidFiles(faults)
    return Course(
        folder=folder,
        title=str(site.get("site_name", folder.name)),
        objectives=objectives[0].root,
        modules=in_order(modules, site),
        labs=tuple(labs),
    )


def gather(readers: Iterable[Any], faults: list[Problem]) -> list[Any]:
    """Call each reader; keep what it returns, and what InvalidFiles says, for telling all at once."""
    found = []
    for read in readers:
        try:
            found.append(read())
        except InvalidFiles as error:
            faults.extend(error.problems)
    return found


def read_site(folder: Path) -> dict[str, Any]:
    """Return mkdocs.yml, whose nav is the one order of modules and lessons; raises InvalidFiles where it is none."""
    try:
        held = YAML(typ="rt").load((folder / "mkdocs.yml").read_text(encoding="utf-8"))
    except (YAMLError, ValueError) as error:
        raise InvalidFiles([Problem("mkdocs.yml", "", f"must be YAML ({str(error).splitlines()[0]})")]) from None
    if not isinstance(held, Mapping | None):
        raise InvalidFiles([Problem("mkdocs.yml", "", f"must be a mapping of keys (got {kind_of(held)})")])
    site = dict(held or {})
    if not isinstance(site.get("nav"), list | None):
        raise InvalidFiles([Problem("mkdocs.yml", "nav", f"must be a list of pages (got {kind_of(site['nav'])})")])
    return site


def pages(nav: Any) -> Iterator[tuple[str, str]]:
    """Yield (title, source path) of each page of mkdocs' nav, in order."""
    for item in nav or []:
        for title, target in item.items() if isinstance(item, dict) else [("", item)]:
            if isinstance(target, str):
                yield title, target
            elif isinstance(target, list):
                yield from pages(target)


def read_module(course: Path, folder: Path, site: dict[str, Any]) -> Module:
    """Return the module of modules/<slug> with its lessons as the site's nav lists them."""
    shown = str((folder / "module.yml").relative_to(course))
    manifest = parse(read_yaml(folder / "module.yml", shown), ModuleManifest, shown)
    prefix = f"modules/{folder.name}/"
    lessons = tuple(
        lesson(course, title, path)
        for title, path in pages(site.get("nav"))
        if path.startswith(prefix) and not path.endswith("/index.md")
    )
    return Module(slug=folder.name, manifest=manifest, lessons=lessons)


def lesson(course: Path, title: str, path: str) -> Lesson:
    """Return the lesson at `path`; its page is what mkdocs makes of it."""
    page = path.removesuffix(".md") + "/"
    return Lesson(slug=Path(path).stem, title=title or Path(path).stem, source=course / path, page=page)


def in_order(modules: list[Module], site: dict[str, Any]) -> tuple[Module, ...]:
    """Return the modules in the order in which the site's nav first names them; the others follow by name."""
    named = [path.split("/")[1] for _, path in pages(site.get("nav")) if path.startswith("modules/")]
    place = {slug: position for position, slug in reversed(list(enumerate(named)))}
    return tuple(sorted(modules, key=lambda module: (place.get(module.slug, len(named)), module.slug)))


def read_lab(course: Path, folder: Path, objectives: Mapping[str, str] | None) -> Lab:
    """Return the lab of labs/<slug>; raises InvalidFiles with every fault of its manifest, of whatever sort."""
    shown = str((folder / "lab.yml").relative_to(course))
    held = read_yaml(folder / "lab.yml", shown)
    faults: list[Problem] = []
    manifests = gather([lambda: parse(held, LabManifest, shown)], faults)
    faults += unlike(faults, loose_ends(course, shown, held, objectives))
    if faults:
        raise InvalidFiles(faults)
    manifest = manifests[0]
    grader = course / "graders" / folder.name
    return Lab(
        slug=folder.name,
        manifest=manifest,
        folder=folder,
        grader=grader if grader.is_dir() else None,
        topology_file=course / "topologies" / manifest.topology / f"{manifest.topology}.clab.yml",
    )


def unlike(told: Iterable[Problem], more: Iterable[Problem]) -> list[Problem]:
    """Return those of `more` whose field nothing was told of yet."""
    given = [problem.field for problem in told]
    fields = {*given, *(re.sub(r"\[\d+\]$", "", field) for field in given)}
    return [problem for problem in more if problem.field not in fields]


def find_lab(course: Course, slug: str) -> Lab:
    """Return the lab `slug`; raises NotFound, which suggests the near one."""
    labs = {lab.slug: lab for lab in course.labs}
    if slug not in labs:
        raise NotFound("lab", slug, labs)
    return labs[slug]
