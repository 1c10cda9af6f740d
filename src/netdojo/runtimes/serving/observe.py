"""What a network looks like from its first process: nodes, links, memory."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from netdojo.runtimes import kernel
from netdojo.runtimes.serving.kinship import children_of, read_stat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from netdojo.runtimes.serving.node import ServedNode


def state(
    nodes: Mapping[str, ServedNode], links: list[dict[str, Any]], uptime: float, pids: Iterable[int]
) -> dict[str, Any]:
    """Return the state of the network in the shape of the noun NetworkState, without its name.

    `pids` are the processes whose memory is the network's.
    """
    spaces = names_by_node(nodes)
    return {
        "nodes": {name: node_state(node, spaces[name]) for name, node in nodes.items()},
        "links": [_link_state(link, nodes) for link in links],
        "uptime": uptime,
        "memory": sum(proportional_size(pid) for pid in pids),
    }


def services(node: ServedNode) -> set[str]:
    """Return the names of the processes that run in the node beside its pid 1."""
    return names_by_node({node.name: node})[node.name]


def node_state(node: ServedNode, running: set[str]) -> str:
    if not (node.running and node.powered):
        return "stopped"
    return "running" if node.services <= running else "degraded"


def _link_state(link: dict[str, Any], nodes: Mapping[str, ServedNode]) -> dict[str, Any]:
    ends = (link["a"], link["b"])
    up = all(kernel.is_up(nodes[name].net, interface) for name, interface in ends)
    a, b = (f"{name}:{interface}" for name, interface in ends)
    return {"a": a, "b": b, "up": up}


def names_by_node(nodes: Mapping[str, ServedNode]) -> dict[str, set[str]]:
    """Return the names of each node's processes that its pid 1 has adopted: its daemons."""
    adopted = children_of([node.pid for node in nodes.values()])
    return {name: set(_names(adopted[node.pid])) for name, node in nodes.items()}


def _names(pids: Iterable[int]) -> Iterator[str]:
    for pid in pids:
        with suppress(OSError):
            name, state, _ = read_stat(pid)
            if state != "Z":
                yield name


def proportional_size(pid: int) -> int:
    """Return a process's share of memory in bytes; 0 when it has ended."""
    with suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
