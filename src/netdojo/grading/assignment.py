"""Builds the notebook that a learner gets from a lab's master, by nbgrader's own generate_assignment."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from netdojo import atomic_files, places
from netdojo.errors import NetdojoError
from netdojo.grading.bookkeeper import Bookkeeper
from netdojo.grading.digests import digest_of, versions
from netdojo.grading.master import Cell, Master, grader_of, read_master, to_notebook
from netdojo.model import Lab, Progress
from netdojo.runtimes import silent

Tell = Callable[[Progress], None]


def build_notebook(lab: Lab, bookkeeper: Bookkeeper | None = None, tell: Tell = silent) -> Path:
    """Return the notebook as it is handed out, in nbgrader's release folder; built when the master has changed.

    That takes seconds, and `tell` hears of it.

    Raises WrongUse without graders at hand, InvalidFiles with every fault of the master, NetdojoError when nbgrader
    refuses it. `bookkeeper` is one that runs already, if any.
    """
    released = places.nbgrader() / "release" / lab.slug / f"{lab.slug}.ipynb"
    wanted = master_digest(lab)
    if digest_in(released) == wanted:
        return released
    tell(Progress(phase="building the notebook"))
    with Bookkeeper() if bookkeeper is None else nullcontext(bookkeeper) as builder:
        write_source(lab)
        with one_builder():
            if digest_in(released) != wanted:
                builder.generate(lab.slug)
    if digest_in(released) != wanted:
        raise NetdojoError(f"nbgrader did not release {lab.slug}", help=f"Look at {released.parent}.")
    return released


def load_master(lab: Lab) -> Master:
    """Return the lab's master; reading it anew takes seconds, so the built source serves while it is current."""
    source = places.nbgrader() / "source" / lab.slug / f"{lab.slug}.ipynb"
    held = read_built(source)
    if held.get("metadata", {}).get("netdojo", {}).get("digest") != master_digest(lab):
        return write_source(lab)
    return Master(lab=lab.slug, cells=tuple(map(built_cell, held["cells"])))


def built_cell(cell: dict[str, Any]) -> Cell:
    """Return a cell of the built source as the master had it."""
    marks = cell["metadata"].get("nbgrader", {})
    return Cell(marks.get("grade_id", ""), cell["cell_type"], cell["source"], bool(marks.get("grade")))


def write_source(lab: Lab) -> Master:
    """Write the master as a notebook where nbgrader looks for it, and return the master."""
    master = read_master(lab)
    file = places.nbgrader() / "source" / lab.slug / f"{lab.slug}.ipynb"
    with one_builder():
        make_course_folder()
        write_json(file, to_notebook(master, lab, master_digest(lab)))
    return master


def make_course_folder() -> None:
    """Make nbgrader's course folder; it holds answers and grades, so it is for its owner alone."""
    places.nbgrader().mkdir(parents=True, exist_ok=True)
    places.nbgrader().chmod(0o700)


def write_json(file: Path, held: Any) -> None:
    """Write JSON so that a reader finds the old file or the new one, never a part."""
    file.parent.mkdir(parents=True, exist_ok=True)
    atomic_files.replace(file, f"{json.dumps(held, indent=1, ensure_ascii=False)}\n".encode())


def master_digest(lab: Lab) -> str:
    """Return the digest of what the released notebook is made from: the master, lab.yml and the programs."""
    files = (grader_of(lab) / "notebook.py", lab.folder / "lab.yml")
    held = {file.name: file.read_bytes() for file in files if file.is_file()}
    return digest_of(held | {"versions": json.dumps(versions(), sort_keys=True).encode()})


def digest_in(notebook: Path) -> str:
    """Return the digest that a built notebook carries, or nothing."""
    return str(read_built(notebook).get("metadata", {}).get("netdojo", {}).get("digest", ""))


def read_built(notebook: Path) -> dict[str, Any]:
    """Return a notebook that was built here; an absent or half one is as good as none."""
    try:
        held = json.loads(notebook.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


@contextmanager
def one_builder() -> Iterator[None]:
    """Let one process at a time write nbgrader's course folder; others wait."""
    make_course_folder()
    with (places.nbgrader() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start_afresh(lab: Lab, tell: Tell = silent) -> Path | None:
    """Put a fresh notebook into the learner's workspace; return where the one that was there is kept, or None.

    It is moved beside, never deleted, once the fresh one is built; raises as `build_notebook` does, and then all is
    as it was.
    """
    build_notebook(lab, tell=tell)
    notebook = places.workspaces() / lab.slug / f"{lab.slug}.ipynb"
    aside = notebook.with_name(f"{lab.slug}.{datetime.now(timezone.utc):%Y%m%dT%H%M%S%fZ}.ipynb")
    there = os.path.lexists(notebook)
    if there:
        notebook.rename(aside)
    prepare_workspace(lab)
    return aside if there else None


def prepare_workspace(lab: Lab, tell: Tell = silent) -> Path:
    """Return the learner's notebook in his workspace; what is missing is put there, what is there is left alone."""
    workspace = places.workspaces() / lab.slug
    workspace.mkdir(parents=True, exist_ok=True)
    notebook = workspace / f"{lab.slug}.ipynb"
    if not notebook.exists():
        copy_new(build_notebook(lab, tell=tell), notebook)
    for name in lab.manifest.files:
        given = lab.start / name
        for file in [given] if given.is_file() else sorted(given.rglob("*")):
            if file.is_file():
                copy_new(file, workspace / file.relative_to(lab.start))
    return notebook


def copy_new(source: Path, target: Path) -> None:
    """Copy a file to where there is none yet, whole or not at all."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        atomic_files.create(target, source.read_bytes())
