"""What a network looks like from its first process: nodes, links, memory."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from netdojo.runtimes.namespaces import kernel
from netdojo.runtimes.namespaces.processes import all_pids

if TYPE_CHECKING:
    from netdojo.runtimes.namespaces.nodes import LiveNode


def state(nodes: dict[str, LiveNode], links: list[dict[str, Any]], uptime: float) -> dict[str, Any]:
    """Return the state of the network in the shape of the noun NetworkState, without its name."""
    spaces = _names_by_node(nodes)
    return {
        "nodes": {name: _node_state(node, spaces[name]) for name, node in nodes.items()},
        "links": [_link_state(link, nodes) for link in links],
        "uptime": uptime,
        "memory": sum(proportional_size(pid) for pid in all_pids()),
    }


def services(node: LiveNode) -> set[str]:
    """Return the names of the processes that run in the node beside its pid 1."""
    return _names_by_node({node.name: node})[node.name]


def _node_state(node: LiveNode, running: set[str]) -> str:
    return "running" if node.running and node.services <= running else "stopped"


def _link_state(link: dict[str, Any], nodes: dict[str, LiveNode]) -> dict[str, Any]:
    ends = (link["a"], link["b"])
    up = all(kernel.is_up(nodes[name].net, interface) for name, interface in ends)
    a, b = (f"{name}:{interface}" for name, interface in ends)
    return {"a": a, "b": b, "up": up}


def _names_by_node(nodes: dict[str, LiveNode]) -> dict[str, set[str]]:
    """Return the names of each node's processes that its pid 1 has adopted: its daemons."""
    by_pid = {str(node.pid): name for name, node in nodes.items()}
    names: dict[str, set[str]] = {name: set() for name in nodes}
    for pid in all_pids():
        with suppress(OSError):
            name, state, parent = _read_stat(pid)
            if parent in by_pid and state != "Z":
                names[by_pid[parent]].add(name)
    return names


def _read_stat(pid: int) -> tuple[str, str, str]:
    with open(f"/proc/{pid}/stat") as file:
        text = file.read()
    name = text[text.index("(") + 1 : text.rindex(")")]
    state, parent = text[text.rindex(")") + 2 :].split()[:2]
    return name, state, parent


def proportional_size(pid: int) -> int:
    """Return a process's share of memory in bytes; 0 when it has ended."""
    with suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
