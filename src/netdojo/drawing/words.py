"""A topology in words: its state in a sentence, and all of it as text."""

from __future__ import annotations

from collections.abc import Iterable

from netdojo.drawing.placing import tiers
from netdojo.model import Link, LinkState, NetworkState, Node, NodeState, Topology

LEADING_OUT = tuple(f"link.{kind}" for kind in ("host", "mgmt-net", "macvlan", "vxlan", "vxlan-stitch", "dummy"))
"""Links that are no cables between two nodes; they are told, and not drawn."""


def describe(topology: Topology, state: NetworkState | None = None) -> str:
    """Return the topology as text: its rows, then each link with its interfaces, those that lead out last."""
    rows = ["   ".join(node.name for node in row) for row in tiers(topology)]
    widest = max((len(row) for row in rows), default=0)
    lines = [row.center(widest).rstrip() for row in rows]
    for link, up in zip(topology.links, links_up(topology.links, state), strict=True):
        lines.append(f"{link.a} — {link.b}{'' if up is None else '  up' if up else '  down'}")
    lines += [f"{one.value}  {one.key.removeprefix('link.')}" for one in topology.foreign if one.key in LEADING_OUT]
    return "\n".join([*lines, summary(topology, state)])


def summary(topology: Topology, state: NetworkState | None) -> str:
    """Return the network in a sentence: "5 of 6 nodes running, 7 of 8 links up; leaf2 stopped"."""
    if state is None:
        return f"{len(topology.nodes)} nodes, {len(topology.links)} links, not deployed"
    wrong = [f"{name} {found.value}" for name, found in state.nodes.items() if found is not NodeState.running]
    wrong += [f"{link.a} to {link.b} down" for link in state.links if not link.up]
    counts = (
        f"{len(running(state.nodes.values()))} of {len(topology.nodes)} nodes running, "
        f"{sum(link.up for link in state.links)} of {len(topology.links)} links up"
    )
    return "; ".join([counts, *wrong])


def running(states: Iterable[NodeState]) -> list[NodeState]:
    return [state for state in states if state is NodeState.running]


def node_state(node: Node, state: NetworkState | None) -> NodeState | None:
    return state.nodes.get(node.name, NodeState.stopped) if state else None


def links_up(links: Iterable[Link], state: NetworkState | None) -> list[bool | None]:
    """Return of each link whether it is up, or None where that is not known."""
    known = {ends(found): found.up for found in state.links} if state else {}
    return [known.get(frozenset({str(link.a), str(link.b)})) for link in links]


def ends(link: LinkState) -> frozenset[str]:
    return frozenset({link.a, link.b})
