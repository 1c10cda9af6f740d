"""Which binds of a node cannot be made here: what is to be copied, where it is to be, and what is asked of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from netdojo.model import Bind, Node, Topology
from netdojo.runtimes.checking import ELSEWHERE, LAB_FOLDERS, NUL, Refusal
from netdojo.runtimes.namespaces.targets import FOLDERS, in_node, read_only, shown
from netdojo.runtimes.staging import is_there, source_fault, source_of

KERNEL_FOLDERS = {"proc", "sys", "dev"}
OPTIONS = {"rw", "z", "Z"}
LONGEST_NAME = 255
LONGEST_PATH = 3000
"""Bytes of a target: Linux takes paths of 4095, and a node's files lie in folders of the host's."""
"""Bytes of a file's name."""


class Placed(NamedTuple):
    """A bind with its source on this machine, None for an empty folder, and with where its target leads in the node."""

    bind: Bind
    source: Path | None
    target: str

    @property
    def is_folder(self) -> bool:
        return self.source is None or self.source.is_dir()


def refusals(node: Node, topology: Topology, overlay: Path | None) -> Iterator[Refusal]:
    """Yield what is wrong with each bind of a node."""
    placed: list[Placed | None] = []
    for position, bind in enumerate(node.binds):
        where = f".binds[{position}]"
        faults = [*_source(bind, topology, overlay), *_path(bind)]
        if others := sorted(set(bind.options) - OPTIONS):
            message = f"must have no options but ro and rw in the namespaces runtime (got {', '.join(others)})"
            faults.append((message, ELSEWHERE))
        yield from (Refusal(where, message, hint) for message, hint in faults)
        source = source_of(bind.source, topology, overlay) if bind.source else None
        placed.append(None if faults else Placed(bind, source, in_node(bind.target)))
    for position, one in enumerate(placed):
        if one is not None:
            others_placed = [other for other in placed if other is not None and other is not one]
            yield from (Refusal(f".binds[{position}]", *fault) for fault in _place(one, others_placed))


def _source(bind: Bind, topology: Topology, overlay: Path | None) -> Iterator[tuple[str, str]]:
    if any(folder in bind.source for folder in LAB_FOLDERS):
        yield f"must not name containerlab's own folder (got {bind.source!r})", ELSEWHERE
    elif bind.source:
        source = source_of(bind.source, topology, overlay)
        fault = source_fault(source, bind.source)
        if fault:
            yield fault, ELSEWHERE if bind.source.startswith("/") and is_there(source) else ""


def _path(bind: Bind) -> Iterator[tuple[str, str]]:
    """Tell what is wrong with a target as it is written."""
    parts = PurePosixPath(bind.target).parts[1:]
    if ".." in parts:
        yield f"must have a path without '..' as its target (got {bind.target!r})", ELSEWHERE
    elif len(os.fsencode(bind.target)) > LONGEST_PATH:
        yield f"must have a target of at most {LONGEST_PATH} bytes (got {len(os.fsencode(bind.target))})", ""
    elif not parts or NUL in bind.target or any(len(os.fsencode(part)) > LONGEST_NAME for part in parts):
        yield f"must have a path of a file or folder as its target (got {bind.target!r})", ""
    elif parts[0] in KERNEL_FOLDERS:
        yield f"must not be over the kernel's files (got {bind.target!r})", ELSEWHERE
    else:
        try:
            in_node(bind.target)
        except OSError as error:
            yield f"must have a path of a file or folder as its target (got {bind.target!r}: {error.strerror})", ""


def _place(one: Placed, others: list[Placed]) -> Iterator[tuple[str, str]]:
    """Tell when what a node has at a target lets nothing be bound there."""
    above = [other for other in others if one.target.startswith(f"{other.target}/")]
    if above:
        yield from _below(one, max(above, key=lambda other: len(other.target)))
        return
    top, target = read_only(one.target), one.bind.target
    there = os.path.isdir(one.target) if shown(one.target) else one.target in FOLDERS
    if top and not os.path.lexists(one.target):
        message = f"must be over what is there: a node sees this machine's {top}, read-only (got {target!r})"
        yield message, ELSEWHERE
    elif there and not one.is_folder:
        yield f"must be the path of a file: a node has a folder there (got {target!r})", ""
    elif not there and one.is_folder and shown(one.target) and os.path.lexists(one.target):
        yield f"must be the path of a folder: a node has a file there (got {target!r})", ""


def _below(one: Placed, above: Placed) -> Iterator[tuple[str, str]]:
    """Tell when something cannot be bound below what another bind has put there."""
    rest = one.target.removeprefix(f"{above.target}/")
    has_it = above.source is not None and is_there(above.source / rest)
    if not above.is_folder:
        yield f"must not be below the file {above.bind.target!r}, which is bound too (got {one.bind.target!r})", ""
    elif above.bind.read_only and not has_it:
        message = f"must be over what is there: {above.bind.target!r} is bound read-only (got {one.bind.target!r})"
        yield message, ""
