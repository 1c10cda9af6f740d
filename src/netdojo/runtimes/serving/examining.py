"""A node in full, as the kernel tells it from outside: no program of the node's own is asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from netdojo.runtimes.serving import commands, observe, ports
from netdojo.runtimes.serving.kinship import namespace_pids, pids_by_node

if TYPE_CHECKING:
    from netdojo.runtimes.serving.node import ServedNode
    from netdojo.runtimes.serving.processes import Processes


class ExaminingFailed(Exception):
    """A node cannot be looked at; the message says why."""


ADDRESSES = ("ip", "-json", "address", "show")
ADDRESSES_DEADLINE = 10.0
"""Seconds."""


async def nodes(processes: Processes, wanted: Mapping[str, ServedNode]) -> dict[str, Any]:
    """Return each node in the shape of the noun NodeDetail, but for its interfaces' peers; raises ExaminingFailed."""
    running = {name: node for name, node in wanted.items() if node.running}
    shown = await asyncio.gather(*(interfaces(processes, node) for node in running.values()))
    addresses = dict(zip(running, shown, strict=True))
    daemons = observe.names_by_node(wanted)
    owned = pids_by_node(running)
    return {
        name: {
            "state": observe.node_state(node, daemons[name]),
            "ended": sorted(node.services - daemons[name]),
            "interfaces": addresses.get(name, []),
            **within(node, owned.get(name, [])),
        }
        for name, node in wanted.items()
    }


async def interfaces(processes: Processes, node: ServedNode) -> list[dict[str, Any]]:
    """Return the node's interfaces as the host's `ip` shows them; none when the node ends meanwhile."""
    words, env = node.beside(ADDRESSES)
    code, out, err = await commands.run(processes, words, env, b"", ADDRESSES_DEADLINE)
    if code and node.running:
        raise ExaminingFailed(f"node {node.name}: ip ended with code {code}: {err.decode(errors='replace').strip()}")
    return [] if code else [interface(one) for one in json.loads(out) if one]


def interface(shown: dict[str, Any]) -> dict[str, Any]:
    flags = shown["flags"]
    state = "down" if "UP" not in flags else "up" if "LOWER_UP" in flags else "no carrier"
    addresses = [f"{one['local']}/{one['prefixlen']}" for one in shown["addr_info"] if "local" in one]
    mac = shown.get("address", "")
    return {"name": shown["ifname"], "state": state, "mtu": shown["mtu"], "mac": mac, "addresses": addresses}


def within(node: ServedNode, pids: list[int]) -> dict[str, Any]:
    """Return a node's processes, what they weigh, and the ports on which it listens."""
    depth = len(namespace_pids(node.pid))
    found = {pid: one for pid in pids if (one := process(pid, depth))}
    names = {pid: one["name"] for pid, one in found.items()}
    return {
        "processes": sorted(found.values(), key=lambda one: one["pid"]),
        "memory": sum(one["memory"] for one in found.values()),
        "ports": ports.listeners(node.pid, names) if node.running else [],
    }


def process(pid: int, depth: int) -> dict[str, Any] | None:
    """Return a process as a node sees it whose first process has `depth` numbers; None when it has ended."""
    try:
        with open(f"/proc/{pid}/comm", errors="replace") as file:
            name = file.read().removesuffix("\n")
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = file.read().rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
        number = namespace_pids(pid)[depth - 1]
    except (OSError, IndexError):
        return None
    return {"pid": number, "name": name, "command": words, "memory": observe.proportional_size(pid)}
