"""A topology as a graph of names: who is linked to whom, and how far a node is from others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from netdojo.model import Topology

Graph = Mapping[str, Sequence[str]]
"""Each node's neighbours, each once, in the order of the file."""


def neighbours(topology: Topology) -> Graph:
    """Return whom each node is linked to."""
    found: dict[str, dict[str, None]] = {node.name: {} for node in topology.nodes}
    for link in topology.links:
        if link.a.node != link.b.node:
            found[link.a.node][link.b.node] = None
            found[link.b.node][link.a.node] = None
    return {name: list(others) for name, others in found.items()}


def among(names: Collection[str], graph: Graph) -> Graph:
    """Return the graph of these nodes alone."""
    return {name: [other for other in graph[name] if other in names] for name in names}


def hops(graph: Graph, sources: Iterable[str]) -> dict[str, int]:
    """Return how many links each node is from the nearest of `sources`; those that no link leads to are left out."""
    found = dict.fromkeys(sources, 0)
    edge = list(found)
    while edge:
        beyond = dict.fromkeys(other for name in edge for other in graph[name] if other not in found)
        found.update(dict.fromkeys(beyond, found[edge[0]] + 1))
        edge = list(beyond)
    return found


def parts(graph: Graph) -> list[list[str]]:
    """Return the nodes by what hangs together, each part in the order of the file."""
    found: list[list[str]] = []
    seen: set[str] = set()
    for name in graph:
        if name not in seen:
            reached = hops(graph, [name])
            seen.update(reached)
            found.append([one for one in graph if one in reached])
    return found


def centre(graph: Graph) -> str:
    """Return the best-connected node; of several the one from which the others are nearest, then the file's first."""
    most = max(len(others) for others in graph.values())
    best = [name for name, others in graph.items() if len(others) == most]
    return min(best, key=lambda name: max(hops(graph, [name]).values()))


def trail(graph: Graph) -> list[str]:
    """Return the nodes of a line or a ring one after the other, from an end of the line."""
    at: str | None = next((name for name, others in graph.items() if len(others) < 2), next(iter(graph)))
    found: dict[str, None] = {}
    while at is not None:
        found[at] = None
        at = next((other for other in graph[at] if other not in found), None)
    return list(found)
