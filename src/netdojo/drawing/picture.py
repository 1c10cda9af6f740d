"""A topology as SVG: boxes in rows, and links that pass by the boxes that are not theirs."""

from __future__ import annotations

from html import escape

from netdojo.drawing.placing import rows
from netdojo.drawing.routing import HEIGHT, MARGIN, WIDTH, Point, Route, boxes_of, routes
from netdojo.drawing.words import links_up, node_state, summary
from netdojo.model import Link, NetworkState, Node, NodeState, Topology

FITTING = 13
"""Characters that a box is wide enough for, even of the widest kind but a few."""


def draw(topology: Topology, state: NetworkState | None = None) -> str:
    """Return an SVG of the topology; with `state`, nodes and links say in word and line what they are.

    Colours come from the surrounding text, so that it reads on light and dark.
    """
    boxes = boxes_of(rows(topology))
    places = {name: box for row in boxes for name, box in row.items()}
    ways = routes(topology.links, boxes)
    left, top, width, height = frame(list(places.values()), ways)
    parts = [
        '<svg class="nd-topology" xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" width="{width:.0f}" '
        'role="img" fill="none" stroke="currentColor" stroke-width="1.5" '
        'font-family="system-ui, sans-serif" font-size="14">',
        f"<title>{escape(topology.name)}</title><desc>{escape(summary(topology, state))}</desc>",
        *(line(*one) for one in zip(topology.links, ways, links_up(topology.links, state), strict=True)),
        *(shape(node, places[node.name], node_state(node, state)) for node in topology.nodes),
        "</svg>",
    ]
    return "".join(parts)


def frame(boxes: list[Point], ways: list[Route]) -> tuple[float, float, float, float]:
    """Return left, top, width and height of all that is drawn, with its margin."""
    corners = [Point(box.x + side * WIDTH / 2, box.y + side * HEIGHT / 2) for box in boxes for side in (-1, 1)]
    reached = [*corners, *(point for way in ways for point in way.extent)] or [Point(MARGIN, MARGIN)]
    left, top = min(point.x for point in reached) - MARGIN, min(point.y for point in reached) - MARGIN
    right, bottom = max(point.x for point in reached) + MARGIN, max(point.y for point in reached) + MARGIN
    return left, top, right - left, bottom - top


def line(link: Link, way: Route, up: bool | None) -> str:
    """Return a link as a line; a link that is down is dashed and says so."""
    word = "" if up is None else " is up" if up else " is down"
    dashes = ' stroke-dasharray="6 5"' if up is False else ""
    title = f"<title>{escape(f'{link.a} to {link.b}{word}')}</title>"
    if len(way.points) == 2:
        (x1, y1), (x2, y2) = [(number(point.x), number(point.y)) for point in way.points]
        return f'<line class="nd-link" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"{dashes}>{title}</line>'
    start, *others = [f"{number(point.x)} {number(point.y)}" for point in way.points]
    return f'<path class="nd-link" d="M{start} {"C" if way.curved else "L"}{" ".join(others)}"{dashes}>{title}</path>'


def number(value: float) -> str:
    """Return a coordinate to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def shape(node: Node, box: Point, state: NodeState | None) -> str:
    """Return a node as a box with its name and, where known, its state in a word."""
    word = state.value if state else ""
    dashes = ' stroke-dasharray="4 4"' if state not in {None, NodeState.running} else ""
    name = shortened(node.name)
    lines = [f"<title>{escape(node.name)}</title>"] if name != node.name else []
    lines.append(label(name, box.x, box.y - 4 if word else box.y + 5))
    if word:
        lines.append(label(word, box.x, box.y + 14, ' font-size="12"'))
    return (
        f'<g class="nd-node {word}"><rect x="{box.x - WIDTH / 2:.0f}" y="{box.y - HEIGHT / 2:.0f}" '
        f'width="{WIDTH:.0f}" height="{HEIGHT:.0f}" rx="6"{dashes}/>{"".join(lines)}</g>'
    )


def shortened(name: str) -> str:
    """Return a name as it fits into a box: its two ends where it is too long: they tell names apart."""
    return name if len(name) <= FITTING else f"{name[: FITTING - 6]}…{name[-5:]}"


def label(text: str, x: float, y: float, more: str = "") -> str:
    """Return a centred line of text."""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" fill="currentColor" stroke="none"{more}>'
        f"{escape(text)}</text>"
    )
