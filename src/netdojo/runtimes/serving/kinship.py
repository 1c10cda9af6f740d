"""Which process is whose: parents, namespaces, and the node that a process belongs to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from netdojo.runtimes.serving.processes import all_pids

if TYPE_CHECKING:
    from netdojo.runtimes.serving.node import ServedNode


def pids_by_node(wanted: Mapping[str, ServedNode]) -> dict[str, list[int]]:
    """Return the processes of each node: those of its pid namespace, and what they started, in whatever namespace."""
    spaces = {pid_space(node.pid): name for name, node in wanted.items()}
    pids = all_pids()
    parents = {pid: parent_of(pid) for pid in pids}
    owners = {pid: spaces.get(pid_space(pid), "") for pid in pids}
    found: dict[str, list[int]] = {name: [] for name in wanted}
    for pid in pids:
        owner = next((owners[one] for one in ancestry(pid, parents) if owners[one]), "")
        if owner:
            found[owner].append(pid)
    return found


def ancestry(pid: int, parents: Mapping[int, int]) -> Iterable[int]:
    """Yield a process, its parent, and so on."""
    seen = set()
    while pid in parents and pid not in seen:
        seen.add(pid)
        yield pid
        pid = parents[pid]


def children_of(pids: Iterable[int]) -> dict[int, list[int]]:
    """Return the children of each process; every process of this machine is read only where a kernel does not tell."""
    try:
        return {pid: _told_children(pid) for pid in pids}
    except FileNotFoundError:
        found: dict[int, list[int]] = {pid: [] for pid in pids}
        for pid in all_pids():
            found.get(parent_of(pid), []).append(pid)
        return found


def _told_children(pid: int) -> list[int]:
    """Return the children of a process with one thread; raises FileNotFoundError where the kernel does not tell."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(one) for one in file.read().split()]
    except FileNotFoundError:
        if os.path.exists(f"/proc/{pid}"):
            raise
        return []
    except ProcessLookupError:
        return []


def pid_space(pid: int) -> str:
    with suppress(OSError):
        return os.readlink(f"/proc/{pid}/ns/pid")
    return ""


def parent_of(pid: int) -> int:
    with suppress(OSError):
        _, state, parent = read_stat(pid)
        return int(parent) if state != "Z" else 0
    return 0


def namespace_pids(pid: int) -> list[int]:
    """Return the numbers of a process, from this pid namespace's inwards."""
    with suppress(OSError), open(f"/proc/{pid}/status", errors="replace") as file:
        for line in file:
            if line.startswith("NSpid:"):
                return [int(one) for one in line.split()[1:]]
    return []


def read_stat(pid: int) -> tuple[str, str, str]:
    """Return a process's name, state and parent; raises OSError when it has ended. A name may be no text at all."""
    with open(f"/proc/{pid}/stat", errors="replace") as file:
        text = file.read()
    name = text[text.index("(") + 1 : text.rindex(")")]
    state, parent = text[text.rindex(")") + 2 :].split()[:2]
    return name, state, parent
