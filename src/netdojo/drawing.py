"""Draws a topology with its live state: as SVG for pages and notebooks, as text for terminals and screen readers."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby
from typing import NamedTuple

from netdojo.model import Link, LinkState, NetworkState, Node, NodeState, Topology

TIERS = ("core", "superspine", "spine", "leaf", "switch", "firewall", "host")
"""From top to bottom; a node's tier is its label `tier`, else the word that its name begins with."""
LEADING_OUT = tuple(f"link.{kind}" for kind in ("host", "mgmt-net", "macvlan", "vxlan", "vxlan-stitch", "dummy"))
"""Links that are no cables between two nodes; they are told, and not drawn."""
WIDTH, HEIGHT = 104.0, 44.0
GAP_X, GAP_Y = 32.0, 84.0
MARGIN = 24.0


class Box(NamedTuple):
    """Where a node is drawn: its centre, in SVG units."""

    x: float
    y: float


def draw(topology: Topology, state: NetworkState | None = None) -> str:
    """Return an SVG of the topology by tiers; with `state`, nodes and links say in word and line what they are.

    Colours come from the surrounding text, so that it reads on light and dark.
    """
    places = layout(topology)
    width = max((box.x for box in places.values()), default=0) + WIDTH / 2 + MARGIN
    height = max((box.y for box in places.values()), default=0) + HEIGHT / 2 + MARGIN
    parts = [
        f'<svg class="nd-topology" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" role="img" fill="none" stroke="currentColor" stroke-width="1.5" '
        'font-family="system-ui, sans-serif" font-size="14">',
        f"<title>{escape(topology.name)}</title><desc>{escape(summary(topology, state))}</desc>",
        *(line(link, places, link_up(link, state)) for link in topology.links),
        *(shape(node, places[node.name], node_state(node, state)) for node in topology.nodes),
        "</svg>",
    ]
    return "".join(parts)


def tier(node: Node) -> int:
    """Return how far from the top a node stands."""
    named = node.labels.get("tier", node.name.rstrip("0123456789-"))
    return TIERS.index(named) if named in TIERS else len(TIERS) - 1


def tiers(topology: Topology) -> list[list[Node]]:
    """Return the nodes from top to bottom, each tier in the order of the file."""
    ordered = sorted(topology.nodes, key=tier)
    return [list(nodes) for _, nodes in groupby(ordered, key=tier)]


def layout(topology: Topology) -> dict[str, Box]:
    """Return where each node stands: a row a tier, each row centred."""
    rows = tiers(topology)
    widest = max((len(row) for row in rows), default=0)
    places = {}
    for depth, row in enumerate(rows):
        indent = (widest - len(row)) * (WIDTH + GAP_X) / 2
        for column, node in enumerate(row):
            x = MARGIN + indent + column * (WIDTH + GAP_X) + WIDTH / 2
            places[node.name] = Box(x, MARGIN + depth * (HEIGHT + GAP_Y) + HEIGHT / 2)
    return places


def line(link: Link, places: dict[str, Box], up: bool | None) -> str:
    """Return a link as a line; a link that is down is dashed and says so."""
    a, b = sorted((places[link.a.node], places[link.b.node]), key=lambda box: box.y)
    drop = HEIGHT / 2 if a.y != b.y else 0
    word = "" if up is None else " is up" if up else " is down"
    dashes = ' stroke-dasharray="6 5"' if up is False else ""
    return (
        f'<line class="nd-link" x1="{a.x:.0f}" y1="{a.y + drop:.0f}" x2="{b.x:.0f}" y2="{b.y - drop:.0f}"{dashes}>'
        f"<title>{escape(f'{link.a} to {link.b}{word}')}</title></line>"
    )


def shape(node: Node, box: Box, state: NodeState | None) -> str:
    """Return a node as a box with its name and, where known, its state in a word."""
    word = state.value if state else ""
    dashes = ' stroke-dasharray="4 4"' if state not in {None, NodeState.running} else ""
    lines = [label(node.name, box.x, box.y - 4 if word else box.y + 5)]
    if word:
        lines.append(label(word, box.x, box.y + 14, ' font-size="12"'))
    return (
        f'<g class="nd-node {word}"><rect x="{box.x - WIDTH / 2:.0f}" y="{box.y - HEIGHT / 2:.0f}" '
        f'width="{WIDTH:.0f}" height="{HEIGHT:.0f}" rx="6"{dashes}/>{"".join(lines)}</g>'
    )


def label(text: str, x: float, y: float, more: str = "") -> str:
    """Return a centred line of text."""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" fill="currentColor" stroke="none"{more}>'
        f"{escape(text)}</text>"
    )


def node_state(node: Node, state: NetworkState | None) -> NodeState | None:
    return state.nodes.get(node.name, NodeState.stopped) if state else None


def link_up(link: Link, state: NetworkState | None) -> bool | None:
    """Return whether a link is up, or None where that is not known."""
    if state is None:
        return None
    return {ends(found): found.up for found in state.links}.get(frozenset({str(link.a), str(link.b)}))


def ends(link: LinkState) -> frozenset[str]:
    return frozenset({link.a, link.b})


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


def describe(topology: Topology, state: NetworkState | None = None) -> str:
    """Return the topology as text: a line a tier, then each link with its interfaces, those that lead out last."""
    rows = ["   ".join(node.name for node in row) for row in tiers(topology)]
    widest = max((len(row) for row in rows), default=0)
    lines = [row.center(widest).rstrip() for row in rows]
    for link in topology.links:
        up = link_up(link, state)
        lines.append(f"{link.a} — {link.b}{'' if up is None else '  up' if up else '  down'}")
    lines += [f"{one.value}  {one.key.removeprefix('link.')}" for one in topology.foreign if one.key in LEADING_OUT]
    return "\n".join([*lines, summary(topology, state)])
