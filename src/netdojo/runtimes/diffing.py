"""What differs between a network now and its start, or a save of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from netdojo.model import Changes, FileKind, Network, NodeChanges, SavedFile
from netdojo.runtimes import breaking, kernel_steps, save_files, saving, topologies
from netdojo.runtimes.save_files import SavedState
from netdojo.runtimes.states import ABSENT, FileSeen, NodeState, plain

STARTUP = "/etc/frr/frr.conf"
"""The file that `write memory` writes: in FRR's own form, whatever form it had."""
LONGEST = 100_000
"""Characters of a file whose diff is shown; a longer one is named."""


def diff(network: Network, against: Path | None) -> Changes:
    """Return what differs; raises as `netdojo.runtimes.diff` does."""
    saved: Mapping[str, SavedState] = {}
    if against is not None:
        save, saved = save_files.read(against)
        topologies.require_same(save.topology, network.topology, against)
    found = {}
    for name, (start, now) in saving.states(network).items():
        before = saved_before(start, now, saved[name]) if name in saved else start
        found[name] = changes(before, now, start)
    return Changes(
        network=network.name,
        against=against,
        nodes={name: one for name, one in found.items() if not one.nothing},
        faults=tuple(breaking.lasting(network)),
    )


def saved_before(start: NodeState, now: NodeState, saved: SavedState) -> NodeState:
    """Return what a save says of a node, in full: what it does not say is as at the start."""
    files = {
        path: FileSeen(one, len(saved.contents.get(path, b"")), saved.contents.get(path))
        for path, one in saved.node.files.items()
    }
    untouched = {path: one for path, one in start.files.items() if path not in files}
    kernel = kernel_steps.wanted(start.kernel, saved.node.kernel)
    return NodeState(saved.configuration, saved.nftables, kernel, {**untouched, **files}, now.left_out)


def changes(before: NodeState, now: NodeState, start: NodeState) -> NodeChanges:
    """Return what differs in a node; a path that is in no list is as at the start."""
    diffs: dict[str, str] = {}
    others: list[str] = []
    for path in sorted(before.files.keys() | now.files.keys()):
        if path not in now.files and path not in start.files:
            others.append(f"{path}: as at the start, as saved it is {before.files[path].what.kind.value}")
            continue
        was, seen = (side.files.get(path) or start.files.get(path) or ABSENT for side in (before, now))
        if path == STARTUP and is_written(seen, now, start):
            others += written(before, now)
            continue
        text = file_diff(path, was, seen)
        if text:
            diffs[path] = text
        others += file_lines(path, was, seen, shown=bool(text))
    return NodeChanges(
        configuration=configuration_diff(before.configuration or "", now.configuration or ""),
        nftables=unified(before.nftables, now.nftables, "nftables"),
        files=diffs,
        settings=tuple(kernel_steps.differences(before.kernel, now.kernel, "before")),
        others=tuple(others),
    )


def unified(before: str, now: str, name: str) -> str:
    """Return a unified diff with three lines around each change, "" where nothing differs."""
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), f"before {name}", f"now {name}", lineterm="")
    return "".join(f"{line}\n" for line in lines)


def configuration_diff(before: str, now: str) -> str:
    """Return the diff of two running configurations, "" where they differ in what FRR puts in by itself alone."""
    return "" if plain(before) == plain(now) else unified(before, now, "running configuration")


def text_of(seen: FileSeen) -> str | None:
    """Return a file's text, "" where there is nothing yet, None for what is no text."""
    if seen.what.kind is FileKind.absent:
        return ""
    if seen.what.kind is not FileKind.file or seen.data is None or b"\0" in seen.data or len(seen.data) > LONGEST:
        return None
    try:
        return seen.data.decode()
    except UnicodeDecodeError:
        return None


def file_diff(path: str, was: FileSeen, seen: FileSeen) -> str:
    """Return the diff of two texts, "" where one is none."""
    if seen.what.kind is FileKind.absent:
        return ""
    before, now = text_of(was), text_of(seen)
    return "" if before is None or now is None else unified(before, now, path)


def file_lines(path: str, was: FileSeen, seen: FileSeen, *, shown: bool) -> Iterator[str]:
    """Yield what is to be said of a path beside its diff."""
    if was.what.kind is seen.what.kind is FileKind.absent:
        return
    if seen.what.kind is FileKind.absent:
        yield f"{path}: deleted, it was a {told(was.what)}"
    elif was.what.kind is FileKind.absent:
        yield f"{path}: new {told(seen.what)}"
    elif was.what.kind is not seen.what.kind:
        yield f"{path}: {told(seen.what)} (before: {told(was.what)})"
    elif was.what.target != seen.what.target:
        yield f"{path}: link to {seen.what.target} (before: {was.what.target})"
    else:
        if not shown and (was.size, was.data) != (seen.size, seen.data):
            yield f"{path}: changed, {seen.size} bytes (before: {was.size})"
        if was.what.mode != seen.what.mode:
            yield f"{path}: mode {seen.what.mode} (before: {was.what.mode})"


def told(what: SavedFile) -> str:
    """Return what is at a path, in a few words."""
    return f"link to {what.target}" if what.kind is FileKind.link else f"{what.kind.value}, mode {what.mode}"


def is_written(seen: FileSeen, now: NodeState, start: NodeState) -> bool:
    """Whether the startup file is what `write memory` made of the configuration now, or of that of the start."""
    text = text_of(seen)
    return text is not None and plain(text) in [plain(state.configuration or "") for state in (now, start)]


def written(before: NodeState, now: NodeState) -> Iterator[str]:
    """Yield that the configuration was written to the file, where it is not what it was."""
    if plain(now.configuration or "") != plain(before.configuration or ""):
        yield f"{STARTUP}: written from the running configuration"
