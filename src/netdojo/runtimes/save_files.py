"""The folder of a save: written whole or not at all, and read with every fault of it at once."""

from __future__ import annotations

import fcntl
import io
import os
import secrets
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML

from netdojo import locks
from netdojo.errors import InvalidFiles, Problem, WrongUse
from netdojo.model import FileKind, Save, SavedNode
from netdojo.runtimes import kernel
from netdojo.runtimes.serving.files import FILE_LIMIT, NOT_A_PERSONS
from netdojo.yaml_files import Found, parse, read_yaml

SAVE = "save.yml"
STATE = "state.yml"
CONFIGURATION = "running.conf"
NFTABLES = "nftables.nft"
NODES = "nodes"
FILES = "files"
PLAIN = (stat.S_IFREG, stat.S_IFDIR)


@dataclass(frozen=True)
class SavedState:
    """A node as a save has it: what its state.yml says, and the texts and bytes that lie beside."""

    node: SavedNode
    configuration: str | None
    nftables: str
    contents: Mapping[str, bytes]


def write(folder: Path, save: Save, states: Mapping[str, SavedState]) -> None:
    """Put a save at `folder`, in the place of an older one, in one step.

    Raises WrongUse when something else is there. A write that is interrupted leaves what was there as it was; what a
    killed one has left beside it goes with the next.
    """
    require_free(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    with _draft(folder) as draft:
        _write_yaml(draft / SAVE, save)
        for name, state in states.items():
            _write_node(draft / NODES / name, state)
        if folder.exists():
            kernel.exchange(str(draft), str(folder))
        else:
            draft.rename(folder)


def require_free(folder: Path) -> None:
    """Raise WrongUse when `folder` is there and is neither empty nor a save."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise WrongUse(f"{folder} is there and is no folder", help="Name another place for the save.")
    if folder.is_dir() and not (folder / SAVE).is_file() and any(folder.iterdir()):
        raise WrongUse(f"{folder} is there and is no save; it was left as it is", help="Name another folder.")


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """Give a folder beside `folder`, locked while this process lives; what is there in the end goes."""
    draft = folder.parent / f".{folder.name}.{secrets.token_hex(8)}"
    draft.mkdir(mode=0o700)
    with locks.held(draft):
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what a killed process left of a save of this name."""
    for draft in folder.parent.glob(f".{folder.name}.{'[0-9a-f]' * 16}"):
        with suppress(OSError):
            held = os.open(draft, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(draft, ignore_errors=True)
            finally:
                os.close(held)


def _write_node(folder: Path, state: SavedState) -> None:
    folder.mkdir(parents=True)
    _write_yaml(folder / STATE, state.node)
    if state.configuration is not None:
        (folder / CONFIGURATION).write_text(state.configuration, encoding="utf-8")
    if state.nftables:
        (folder / NFTABLES).write_text(state.nftables, encoding="utf-8")
    for path, data in state.contents.items():
        file = folder / FILES / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def _write_yaml(file: Path, noun: BaseModel) -> None:
    text = io.StringIO()
    writer = YAML()
    writer.width = 120
    writer.dump(noun.model_dump(mode="json", exclude_defaults=True), text)
    file.write_text(text.getvalue(), encoding="utf-8")


def read(folder: Path) -> tuple[Save, dict[str, SavedState]]:
    """Return a save; raises WrongUse where there is none, InvalidFiles with every fault of a damaged one."""
    if not folder.is_dir():
        raise WrongUse(
            f"there is no save at {folder}", help="Save the network there first: netdojo lab save LAB FOLDER"
        )
    faults = list(_strange(folder))
    if faults:
        raise InvalidFiles(faults)
    save = _part(folder, SAVE, Save, faults)
    names = list(save.topology.nodes) if save else [one.name for one in (folder / NODES).glob("*")]
    states = {name: _read_node(folder, name, faults) for name in sorted(names)}
    if faults or save is None:
        raise InvalidFiles(faults)
    return save, {name: state for name, state in states.items() if state}


def _strange(folder: Path) -> Iterator[Problem]:
    """Yield a fault for everything that is neither file nor folder: a save has no links, devices or sockets."""
    for here, folders, files in os.walk(folder, onerror=_unreadable):
        for name in sorted((*folders, *files)):
            path = Path(here, name)
            found = path.lstat().st_mode
            if stat.S_IFMT(found) not in PLAIN:
                kind = f"a link to {os.readlink(path)}" if stat.S_ISLNK(found) else "a device, pipe or socket"
                yield Problem(_shown(folder, path), "", f"must be a plain file or folder (got {kind})")


def _unreadable(error: OSError) -> None:
    raise WrongUse(f"cannot read {error.filename}: {error.strerror}", help="Make it yours, or name another save.")


def _shown(folder: Path, path: Path) -> str:
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"


def _part(folder: Path, name: str, noun: type[Found], faults: list[Problem]) -> Found | None:
    """Return a YAML file of a save; its faults are added to `faults`."""
    shown = _shown(folder, folder / name)
    try:
        held = read_yaml(folder / name, shown)
        faults += _places_of_what_runs(held, shown)
        return parse(held, noun, shown)
    except InvalidFiles as error:
        faults += error.problems
        return None


def _places_of_what_runs(held: Mapping[str, Any], shown: str) -> Iterator[Problem]:
    """Yield a fault for each of the `files` at a place where nothing is saved, such as /proc."""
    files = held.get("files")
    for path in files if isinstance(files, Mapping) else ():
        if any(f"{path}/".startswith(f"{one}/") for one in NOT_A_PERSONS):
            yield Problem(shown, f"files.{path}", "must be a place that is saved, not one of what runs")


def _read_node(folder: Path, name: str, faults: list[Problem]) -> SavedState | None:
    here = f"{NODES}/{name}"
    node = _part(folder, f"{here}/{STATE}", SavedNode, faults)
    if node is None:
        return None
    wanted = {f"{here}/{FILES}{path}": path for path, one in node.files.items() if one.kind is FileKind.file}
    texts = {CONFIGURATION: node.configuration, NFTABLES: node.nftables}
    wanted_texts = {f"{here}/{text}" for text, there in texts.items() if there}
    found = {one: _bytes(folder, one, faults) for one in (*sorted(wanted_texts), *wanted)}
    faults += _not_named(folder, here, {*found, f"{here}/{STATE}"})
    decoded = {one: _decoded(folder, one, found[one], faults) for one in wanted_texts}
    return SavedState(
        node=node,
        configuration=decoded.get(f"{here}/{CONFIGURATION}"),
        nftables=decoded.get(f"{here}/{NFTABLES}", ""),
        contents={path: found[one] for one, path in wanted.items()},
    )


def _bytes(folder: Path, name: str, faults: list[Problem]) -> bytes:
    file = folder / name
    try:
        if file.stat().st_size > FILE_LIMIT:
            faults.append(Problem(_shown(folder, file), "", f"must have at most {FILE_LIMIT >> 20} MiB"))
            return b""
        return file.read_bytes()
    except FileNotFoundError:
        faults.append(Problem(_shown(folder, file), "", f"must be there: {STATE} names it"))
    except OSError as error:
        faults.append(Problem(_shown(folder, file), "", f"must be a file that can be read ({error.strerror})"))
    return b""


def _decoded(folder: Path, name: str, data: bytes, faults: list[Problem]) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        faults.append(Problem(_shown(folder, folder / name), "", "must be text"))
        return ""


def _not_named(folder: Path, here: str, named: set[str]) -> list[Problem]:
    """Return a fault for each file of a node that its state.yml does not name."""
    files = sorted(path for path in (folder / here).rglob("*") if path.is_file())
    return [
        Problem(_shown(folder, path), "", f"must not be there: {STATE} does not name it")
        for path in files
        if path.relative_to(folder).as_posix() not in named
    ]
