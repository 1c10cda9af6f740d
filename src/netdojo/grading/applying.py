"""Applies the configurations of a submission: each takes the place of what its router starts with."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from netdojo.checks import legible
from netdojo.errors import DeployFailed, SubmissionUnusable, suggestion
from netdojo.model import Lab, Topology

FOLDER = "configs/"
"""Where a submission has them; lab.save() writes them there, and lab.yml names the folder where they are handed in."""
START_CONFIGURATION = "/etc/frr/frr.conf"
CONFIG_CAP = 256 * 2**10
"""Bytes of one router's configuration; a full table of policy has some tens of thousands."""
REFUSED_SHOWN = 5
SAVE_AGAIN = "lab.save() writes what a router runs with, as it reads it back; then submit again."

NODE = re.compile(r"^node ([\w.-]+): ", re.MULTILINE)
REFUSED = re.compile(r"^line (\d+): (.*)$", re.MULTILINE)
REFUSING = re.compile(r"Failure to communicate\[\d+\] to (\w+)")


@dataclass(frozen=True)
class Applied:
    """What routers start with in place of the lab's start: `configs` by node, `sources` the files they stand for."""

    configs: Mapping[str, bytes]
    sources: Mapping[str, str]
    notes: tuple[str, ...] = ()


def submitted_configs(contents: Mapping[str, bytes], topology: Topology) -> Applied:
    """Return the configurations among a submission's files, and a note for each file there that is no router's.

    Raises SubmissionUnusable for one that is too large, or is no text.
    """
    sources = own_starts(topology)
    configs: dict[str, bytes] = {}
    notes: list[str] = []
    for name, held in contents.items():
        if not name.startswith(FOLDER):
            continue
        node = name.removeprefix(FOLDER).removesuffix(".conf")
        if name != f"{FOLDER}{node}.conf" or node not in sources:
            notes.append(f"{legible(name)} was not applied: {why_not(name, node, topology)}")
            continue
        require_text(name, held)
        configs[node] = held
    return Applied(configs, sources, tuple(notes))


def own_starts(topology: Topology) -> dict[str, str]:
    """Return node → the file that it starts with, for each node that has one to itself."""
    found = {
        node.name: bind.source
        for node in topology.nodes
        for bind in node.binds
        if bind.target == START_CONFIGURATION and inside(bind.source)
    }
    shared = list(found.values())
    return {node: source for node, source in found.items() if shared.count(source) == 1}


def inside(source: str) -> bool:
    """Whether a path stays below the folder that it is relative to."""
    path = PurePosixPath(source)
    return not path.is_absolute() and ".." not in path.parts


def why_not(name: str, node: str, topology: Topology) -> str:
    """Return why a file of configs/ is no router's configuration, in half a sentence."""
    names = [one.name for one in topology.nodes]
    if node in names and name.endswith(".conf"):
        return f"the topology gives {node} no {START_CONFIGURATION} of its own"
    if name.endswith(".conf"):
        return f"the network has no node {legible(node)!r}; {suggestion(node, names, 'node')}"
    return f"a router's configuration is named {FOLDER}<node>.conf"


def require_text(name: str, held: bytes) -> None:
    """Raise SubmissionUnusable for a configuration that is too large, or is no text."""
    if len(held) > CONFIG_CAP:
        raise SubmissionUnusable(f"{name} is larger than {CONFIG_CAP // 2**10} KiB", help=SAVE_AGAIN)
    try:
        text = held.decode("utf-8")
    except UnicodeDecodeError:
        raise SubmissionUnusable(f"{name} must be text", help=SAVE_AGAIN) from None
    odd = next((letter for letter in text if not letter.isprintable() and letter not in "\r\n\t"), "")
    if odd:
        raise SubmissionUnusable(f"{name} must be text (got the character {odd!r})", help=SAVE_AGAIN)


def starting_files(lab: Lab, applied: Applied, scratch: Path) -> Path | None:
    """Return the folder whose files stand in for the topology's: the lab's start, with the submission's over it."""
    start = lab.start if lab.start.is_dir() else None
    if not applied.configs:
        return start
    folder = scratch / "start"
    if start:
        shutil.copytree(start, folder)
    for node, held in applied.configs.items():
        file = folder / applied.sources[node]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(held)
    return folder


def refused(error: DeployFailed, applied: Applied) -> SubmissionUnusable | None:
    """Return the refusal of a submission whose configurations the routers did not take, or None.

    A router that did not start with the lab's own file is no fault of the submission's.
    """
    marks = list(NODE.finditer(error.message))
    if not marks or any(mark.group(1) not in applied.configs for mark in marks):
        return None
    ends = [*(mark.start() for mark in marks[1:]), len(error.message)]
    told: list[str] = []
    for mark, end in zip(marks, ends, strict=True):
        node = mark.group(1)
        lines = refused_lines(error.message[mark.end() : end], applied.configs[node])
        told += [f"{FOLDER}{node}.conf: {line}" for line in lines or ["FRR does not take it"]]
    return SubmissionUnusable("\n".join(told), help=SAVE_AGAIN)


def refused_lines(said: str, held: bytes) -> list[str]:
    """Return the line that FRR refused, and why, for the first few that vtysh names; FRR 10 names each repeatedly."""
    lines = held.decode("utf-8").split("\n")
    told = (refusal(int(found.group(1)), found.group(2), lines) for found in REFUSED.finditer(said))
    return list(dict.fromkeys(told))[:REFUSED_SHOWN]


def refusal(number: int, why: str, lines: list[str]) -> str:
    """Say that line `number`, counted from 1, was refused, and by whom."""
    daemon = REFUSING.search(why)
    reason = f"{daemon.group(1)} refuses it" if daemon else "FRR has no such command"
    text = lines[number - 1].strip() if number <= len(lines) else why
    return f"line {number}: {reason} (got {text[:80]!r})"
