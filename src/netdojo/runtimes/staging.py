"""Copies of what a topology binds into its nodes, so that a learner's edits never reach the course's own files."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netdojo.model import Bind, Node, Stage, Topology

READABLE, EXECUTABLE = 0o644, 0o111
"""Modes of a copied file: a daemon that is not root reads it, whatever umask the clone had, and a program stays one."""


def source_of(given: str, topology: Topology, overlay: Path | None) -> Path:
    """Return what a topology names by `given`: the overlay's file where it has one, else its own; ~ is the home."""
    if overlay is not None and given and is_there(overlay / given):
        return overlay / given
    if given.startswith("~"):
        return Path(given.replace("~", str(Path.home()), 1))
    return topology.folder / given


def is_there(path: Path) -> bool:
    """Tell whether there is such a path; one that no file can have is not there either."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def source_fault(source: Path, given: str) -> str:
    """Return why what `given` names cannot be copied into a node, or nothing."""
    try:
        mode = source.stat().st_mode
        if stat.S_ISDIR(mode):
            uncopied = next(_uncopied(source), "")
            return uncopied and f"must be a folder of files that can be read (got {given!r}, with {uncopied!r} in it)"
    except PermissionError:
        return f"must be a file or folder that you may read (got {given!r})"
    except (OSError, ValueError):
        return f"must name a file that is there (got {given!r})"
    if not stat.S_ISREG(mode):
        return f"must be a file or folder, not a device, socket or pipe: a node has a copy of it (got {given!r})"
    return "" if os.access(source, os.R_OK) else f"must be a file or folder that you may read (got {given!r})"


def _uncopied(folder: Path) -> Iterator[str]:
    """Yield what is below `folder` and no file or folder that can be read."""
    for base, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            path = os.path.join(base, name)
            readable = os.path.isdir(path) or os.path.isfile(path)
            if not readable or not os.access(path, os.R_OK):
                yield os.path.relpath(path, folder)


def copy_images(topology: Topology, folder: Path) -> None:
    """Copy the folders of the topology's images into the network's folder."""
    for image in {node.image for node in topology.nodes}:
        shutil.copytree(topology.images / image, folder / "images" / image)


def links(topology: Topology) -> list[dict[str, Any]]:
    """Return the links as the supervisor wants them."""
    return [
        {
            "a": (link.a.node, link.a.interface),
            "b": (link.b.node, link.b.interface),
            "mtu": link.mtu,
            "macs": (link.a.mac, link.b.mac),
            "impairment": link.impairment and link.impairment.model_dump(),
        }
        for link in topology.links
    ]


def stage(topology: Topology, overlay: Path | None, folder: Path) -> list[dict[str, Any]]:
    """Copy binds into the network's folder; return the nodes as the supervisor wants them."""
    return [_stage_node(node, topology, overlay, folder) for node in topology.nodes]


def _stage_node(node: Node, topology: Topology, overlay: Path | None, folder: Path) -> dict[str, Any]:
    binds = []
    for number, bind in enumerate(node.binds):
        staged = folder / "binds" / node.name / str(number)
        _copy(bind, topology, overlay, staged)
        binds.append({"source": str(staged), "target": bind.target, "read_only": bind.read_only})
    return {
        "name": node.name,
        "image": str(folder / "images" / node.image),
        "env": node.env,
        "sysctls": node.sysctls,
        "own_entrypoint": bool(node.entrypoint),
        "main": [*shlex.split(node.entrypoint), *shlex.split(node.cmd)],
        "stages": {name.value: _staged(stage) for name, stage in node.stages.items()},
        "exec": [shlex.split(line) for line in node.exec],
        "binds": sorted(binds, key=lambda bind: str(bind["target"]).count("/")),
    }


def _staged(stage: Stage) -> dict[str, Any]:
    commands = [{"phase": one.phase, "words": shlex.split(one.command)} for one in stage.exec]
    return {"wait_for": [wait.model_dump(mode="json") for wait in stage.wait_for], "exec": commands}


def _copy(bind: Bind, topology: Topology, overlay: Path | None, staged: Path) -> None:
    staged.parent.mkdir(parents=True, exist_ok=True)
    if not bind.source:
        staged.mkdir()
        return
    original = topology.folder / bind.source
    if original.is_dir():
        shutil.copytree(original, staged)
        if overlay is not None and (overlay / bind.source).is_dir():
            shutil.copytree(overlay / bind.source, staged, dirs_exist_ok=True)
        return
    found = source_of(bind.source, topology, overlay)
    if found.is_dir():
        shutil.copytree(found, staged)
    else:
        shutil.copyfile(found, staged)
        staged.chmod(READABLE | found.stat().st_mode & EXECUTABLE)
