"""Reads what a learner hands in: the notebook and the files that the lab names, as plain data, within sizes."""

from __future__ import annotations

import errno
import json
import os
import shlex
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from netdojo.checks import legible
from netdojo.errors import SubmissionUnusable
from netdojo.grading.digests import BUILT, digest_of
from netdojo.grading.strict_json import depth_of
from netdojo.model import Lab

NOTEBOOK_CAP = 8 * 2**20
"""Bytes of a notebook; one with many plots has a few million, and parsing takes up to 30 times its size of memory."""
FILES_CAP = 50 * 2**20
"""Bytes of all other files of a submission."""
COUNT_CAP = 500
"""Files of a submission."""
CELLS_CAP = 2000
DEPTH_CAP = 200
"""Levels of a notebook: outputs that are JSON themselves need some twenty."""
SMALLER = "Clear the outputs of large cells (Edit > Clear Outputs of All Cells) and save."
HAND_IN = "Hand in the folder with your notebook, as lab.submit() does."


@dataclass(frozen=True)
class SubmittedCell:
    """A cell as it was handed in; `id` is nbgrader's grade id, `locked` whether the cell claims to be read-only."""

    id: str
    kind: str
    source: str
    locked: bool = False


@dataclass(frozen=True)
class HandedIn:
    """A submission as it was read: the notebook's cells, the bytes of each file, and what was left aside."""

    notebook: str
    cells: tuple[SubmittedCell, ...]
    contents: dict[str, bytes]
    notes: tuple[str, ...] = field(default=())

    @property
    def digest(self) -> str:
        return digest_of(self.contents)

    @property
    def notebook_digest(self) -> str:
        return digest_of({"notebook": self.contents[self.notebook]})


def read_submission(lab: Lab, folder: Path) -> HandedIn:
    """Return what `folder` hands in for `lab`; raises SubmissionUnusable with the reason when nothing can be judged."""
    if not folder.is_dir():
        found = f"{folder} is a file, not a folder" if os.path.lexists(folder) else f"there is no folder {folder}"
        raise SubmissionUnusable(found, help=HAND_IN)
    name, notes = notebook_in(lab, folder)
    raw = read_file(folder / name, NOTEBOOK_CAP)
    cells = cells_of(raw, legible(name), lab.slug)
    contents, aside = named_files(lab, folder)
    return HandedIn(name, cells, {name: raw, **contents}, (*notes, *aside))


def notebook_in(lab: Lab, folder: Path) -> tuple[str, tuple[str, ...]]:
    """Return the notebook's name: the lab's own, else the only one that is there, with a note."""
    wanted = f"{lab.slug}.ipynb"
    if os.path.lexists(folder / wanted):
        return wanted, ()
    found = sorted(file.name for file in folder.glob("*.ipynb"))
    if len(found) == 1:
        return found[0], (f"the notebook {legible(found[0])} was taken for {wanted}",)
    there = f": there are {legible(', '.join(found))}" if found else ", and no other notebook"
    raise SubmissionUnusable(f"{folder} holds no {wanted}{there}", help=HAND_IN)


def read_file(file: Path, cap: int) -> bytes:
    """Return a plain file's bytes, never through a link; raises SubmissionUnusable for anything else or too much."""
    name = legible(file.name)
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        plain = "must be a file, not a link to one" if file.is_symlink() else f"cannot be read: {error.strerror}"
        raise SubmissionUnusable(f"{name} {plain}", help=readable(file, error)) from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise SubmissionUnusable(f"{name} must be a file", help=HAND_IN)
        with os.fdopen(handle, "rb", closefd=False) as opened:
            held = opened.read(cap + 1)
        size = max(len(held), os.fstat(handle).st_size)
    except OSError as error:
        raise SubmissionUnusable(f"{name} cannot be read: {error.strerror}", help=HAND_IN) from None
    finally:
        os.close(handle)
    if len(held) > cap:
        found = f"must be no larger than {cap // 2**20} MiB (got {size / 2**20:.1f} MiB)"
        raise SubmissionUnusable(f"{name} {found}", help=SMALLER)
    return held


def readable(file: Path, error: OSError) -> str:
    """Return the next step for a file that could not be opened: to be let read one's own, or another's."""
    with suppress(OSError):
        if error.errno == errno.EACCES:
            mine = file.stat().st_uid == os.getuid()
            return f"Make it readable{'' if mine else ', as its owner'}: chmod {'u' if mine else 'a'}+r {shown(file)}"
    return HAND_IN


def shown(file: Path) -> str:
    """Return a path as a shell takes it, on one line."""
    return legible(shlex.quote(str(file)))


def named_files(lab: Lab, folder: Path) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the files that lab.yml names, and a note for each that is left aside: links, and names that climb."""
    contents: dict[str, bytes] = {}
    notes: list[str] = []
    for file in sorted(candidates(lab, folder)):
        name = file.relative_to(folder).as_posix()
        if linked(file, folder) or not file.is_file():
            notes.append(f"{legible(name)} was left aside: it is no plain file")
            continue
        contents[name] = read_file(file, FILES_CAP)
        if len(contents) > COUNT_CAP or sum(map(len, contents.values())) > FILES_CAP:
            raise SubmissionUnusable(f"more than {COUNT_CAP} files or {FILES_CAP // 2**20} MiB", help=HAND_IN)
    return contents, tuple(notes)


def candidates(lab: Lab, folder: Path) -> Iterator[Path]:
    """Yield what is at, or below, each path that lab.yml names."""
    for name in lab.manifest.files:
        given = folder / name
        if ".." in given.parts:
            continue
        if given.is_dir() and not given.is_symlink():
            yield from (found for found in given.rglob("*") if kept(found))
        elif os.path.lexists(given):
            yield given


def kept(file: Path) -> bool:
    """Whether this is something that a person made, and no folder."""
    return not BUILT & set(file.parts) and (file.is_symlink() or not file.is_dir())


def linked(file: Path, folder: Path) -> bool:
    """Whether `file`, or a folder on the way to it from `folder`, is a symbolic link."""
    parts = file.relative_to(folder).parts
    return any((folder / Path(*parts[:depth])).is_symlink() for depth in range(1, len(parts) + 1))


def cells_of(raw: bytes, name: str, slug: str) -> tuple[SubmittedCell, ...]:
    """Return the cells of a notebook of format 4; raises SubmissionUnusable when the bytes are no such thing."""
    held = notebook_json(raw, name, slug)
    made_for = dig(held, "metadata", "netdojo", "lab")
    if isinstance(made_for, str) and made_for != slug:
        raise SubmissionUnusable(f"{name} is the notebook of the lab {made_for[:80]!r}, not of {slug!r}", help=HAND_IN)
    cells = held.get("cells")
    if not isinstance(cells, list) or not cells:
        raise SubmissionUnusable(f"{name} has no cells", help=f"Save your notebook, then hand it in again. {HAND_IN}")
    if len(cells) > CELLS_CAP:
        raise SubmissionUnusable(f"{name} has more than {CELLS_CAP} cells", help=HAND_IN)
    return tuple(submitted_cell(cell) for cell in cells if isinstance(cell, dict))


def notebook_json(raw: bytes, name: str, slug: str) -> dict[str, Any]:
    """Return the JSON of a notebook of format 4; raises SubmissionUnusable when it is none."""
    if not raw.strip():
        raise SubmissionUnusable(f"{name} is empty", help=f"Save your notebook, then hand it in again. {HAND_IN}")
    try:
        text = raw.decode("utf-8-sig")
        if depth_of(text) > DEPTH_CAP:
            raise SubmissionUnusable(f"{name} is nested deeper than {DEPTH_CAP} levels", help=SMALLER)
        held = json.loads(text)
    except UnicodeDecodeError:
        raise SubmissionUnusable(f"{name} is no notebook: it is not UTF-8 text", help=HAND_IN) from None
    except json.JSONDecodeError as error:
        cut = not error.doc[error.pos :].strip() or error.msg.startswith("Unterminated string")
        where = "it is cut short" if cut else f"it is not JSON (line {error.lineno})"
        raise SubmissionUnusable(
            f"{name} is no notebook: {where}", help=f"To begin anew: {fresh_notebook(slug)}"
        ) from None
    except ValueError:
        raise SubmissionUnusable(f"{name} is no notebook: it holds a number that is too long", help=HAND_IN) from None
    if not isinstance(held, dict) or "nbformat" not in held:
        raise SubmissionUnusable(f"{name} is no notebook: it says no nbformat", help=HAND_IN)
    if held["nbformat"] != 4:
        found = legible(json.dumps(held["nbformat"])[:20])
        hint = "Open it in JupyterLab and save it; that brings it up to format 4."
        raise SubmissionUnusable(f"{name} must be a notebook of format 4 (got {found})", help=hint)
    return held


def fresh_notebook(slug: str) -> str:
    """Return what a learner does whose notebook has lost cells, or cannot be read."""
    return f"`netdojo lab open {slug} --fresh` in a terminal puts one in place, and keeps yours beside it."


def submitted_cell(cell: dict[str, Any]) -> SubmittedCell:
    """Return a cell of the notebook; what has the wrong type counts as not there."""
    marks = dig(cell, "metadata", "nbgrader")
    marks = marks if isinstance(marks, dict) else {}
    name, kind = marks.get("grade_id"), cell.get("cell_type")
    return SubmittedCell(
        id=name if isinstance(name, str) else "",
        kind=kind if isinstance(kind, str) else "",
        source=source_of(cell.get("source")),
        locked=marks.get("locked") is True and marks.get("solution") is not True,
    )


def source_of(held: Any) -> str:
    """Return a cell's source as text with Unix line ends; a notebook may hold it as lines."""
    lines = held if isinstance(held, list) else [held]
    text = "".join(line for line in lines if isinstance(line, str))
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")


def dig(held: Any, *names: str) -> Any:
    """Return what lies at `names`, or None where anything on the way is no mapping."""
    for name in names:
        if not isinstance(held, dict):
            return None
        held = held.get(name)
    return held
