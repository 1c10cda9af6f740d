"""Whatever the network, its drawing can be read: boxes stand apart, and a link touches no box but its own two."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netdojo.drawing import draw, tiers
from netdojo.model import End, Link, Node, Topology

SVG = "{http://www.w3.org/2000/svg}"
STEPS = 24
"""Straight pieces that a curve is looked at in."""

Pairs = list[tuple[str, str]]
Point = tuple[float, float]


class Box(NamedTuple):
    """A node's box as it is drawn."""

    left: float
    top: float
    right: float
    bottom: float


class Drawn(NamedTuple):
    """What is seen of a drawing: boxes by node, and each link's ends and way."""

    boxes: dict[str, Box]
    links: list[tuple[str, str, tuple[Point, ...]]]


def network(pairs: Pairs, *more: str, labels: dict[str, str] | None = None) -> Topology:
    """Return a topology with these links, and further nodes."""
    tier = labels or {}
    names = dict.fromkeys([*(name for pair in pairs for name in pair), *more])
    used: Counter[str] = Counter()

    def end(name: str) -> End:
        used[name] += 1
        return End(node=name, interface=f"eth{used[name]}")

    links = tuple(Link(a=end(a), b=end(b)) for a, b in pairs)
    nodes = tuple(
        Node(name=name, kind="linux", image="frr", labels={"tier": tier[name]} if name in tier else {})
        for name in names
    )
    return Topology(name="network", file=Path("f"), images=Path("i"), nodes=nodes, links=links)


def routers(number: int) -> list[str]:
    return [f"r{each}" for each in range(1, number + 1)]


def line(number: int) -> Pairs:
    return list(pairwise(routers(number)))


def ring(number: int) -> Pairs:
    return [*line(number), (f"r{number}", "r1")]


def mesh(number: int) -> Pairs:
    return list(combinations(routers(number), 2))


def star(number: int) -> Pairs:
    return [("hub", name) for name in routers(number)]


def fabric(spines: int, leaves: int) -> Pairs:
    return [(f"spine{spine}", f"leaf{leaf}") for spine, leaf in product(range(1, spines + 1), range(1, leaves + 1))]


def hosts(number: int) -> Pairs:
    return [(f"r{each}", f"h{each}") for each in range(1, number + 1)]


SHAPES = {
    "a fabric": network(fabric(2, 4)),
    "a large fabric": network(fabric(8, 56)),
    "racks": network(fabric(2, 10) + [(f"leaf{number // 30 + 1}", f"host{number}") for number in range(300)]),
    "a ring": network(ring(6)),
    "a wide ring": network(ring(12)),
    "a ring of 40": network(ring(40)),
    "a ring with hosts": network(ring(12) + hosts(12)),
    "a ring with chords": network([*ring(8), ("r1", "r5"), ("r2", "r6")]),
    "a mesh": network(mesh(5)),
    "a large mesh": network(mesh(12)),
    "a star": network(star(7)),
    "a large star": network(star(40)),
    "a line": network(line(40)),
    "a line with hosts": network(line(6) + hosts(6)),
    "parallel links": network([("r1", "r2")] * 3 + [("spine1", "leaf1")] * 2),
    "parallel arcs": network([*mesh(5), *mesh(5)]),
    "links past tiers": network([("core1", "host1"), ("core1", "leaf1"), ("leaf1", "host1"), ("core1", "host1")]),
    "a link to itself": network([("r1", "r1"), ("r1", "r2"), ("r1", "r1")]),
    "strangers": network([*ring(6), ("a", "b")], *routers(30), "spine1"),
    "nothing": network([]),
}

NAMES = [*routers(6), "h1", "h2", "spine1", "spine2", "leaf1", "leaf2", "host1"]
NETWORKS = st.builds(
    lambda pairs, more, labels: network(pairs, *more, labels=labels),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=24),
    st.lists(st.sampled_from(NAMES), max_size=4),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["core", "leaf", "host", "none"]), max_size=4),
)


def seen(topology: Topology) -> Drawn:
    """Return what the SVG of a topology shows."""
    root = ElementTree.fromstring(draw(topology))
    boxes = {str(group.findtext(f"{SVG}text")): box(group.find(f"{SVG}rect")) for group in root.iter(f"{SVG}g")}
    links = [element for element in root.iter() if element.get("class") == "nd-link"]
    return Drawn(boxes, [(*ends(element), way(element)) for element in links])


def box(rect: ElementTree.Element | None) -> Box:
    assert rect is not None
    left, top, width, height = (float(rect.get(key, "")) for key in ("x", "y", "width", "height"))
    return Box(left, top, left + width, top + height)


def ends(link: ElementTree.Element) -> tuple[str, str]:
    a, b = str(link.findtext(f"{SVG}title")).split(" to ")
    return a.split(":")[0], b.split(":")[0]


def way(link: ElementTree.Element) -> tuple[Point, ...]:
    """Return the points between which a link is straight, or nearly."""
    if link.tag == f"{SVG}line":
        x1, y1, x2, y2 = (float(link.get(key, "")) for key in ("x1", "y1", "x2", "y2"))
        return ((x1, y1), (x2, y2))
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", link.get("d", ""))]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    return curve(points) if "C" in link.get("d", "") else tuple(points)


def curve(points: list[Point]) -> tuple[Point, ...]:
    """Return points of a cubic Bézier curve."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    found = []
    for t in (step / STEPS for step in range(STEPS + 1)):
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        found.append((a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy))
    return tuple(found)


def touches(a: Point, b: Point, box: Box) -> bool:
    """Return whether the straight line from `a` to `b` has a point in `box`."""
    enters, leaves = 0.0, 1.0
    for start, step, low, high in (
        (a[0], b[0] - a[0], box.left, box.right),
        (a[1], b[1] - a[1], box.top, box.bottom),
    ):
        if step == 0:
            if not low <= start <= high:
                return False
            continue
        first, last = sorted(((low - start) / step, (high - start) / step))
        enters, leaves = max(enters, first), min(leaves, last)
    return enters <= leaves


def assert_readable(topology: Topology) -> None:
    """Assert that all is drawn, boxes apart, links past the boxes that are not theirs, each on a way of its own."""
    drawn = seen(topology)

    assert [node.name for node in topology.nodes] == list(drawn.boxes)
    assert [(link.a.node, link.b.node) for link in topology.links] == [(a, b) for a, b, _ in drawn.links]
    for one, other in combinations(drawn.boxes.values(), 2):
        assert one.right < other.left or other.right < one.left or one.bottom < other.top or other.bottom < one.top
    for a, b, points in drawn.links:
        foreign = [found for name, found in drawn.boxes.items() if name not in {a, b}]
        assert not [found for found in foreign for piece in pairwise(points) if touches(*piece, found)], (a, b)
    ways = [min(points, points[::-1]) for _, _, points in drawn.links]
    assert len(ways) == len(set(ways))


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_can_be_read(shape: str) -> None:
    """Nothing lies over anything else, in the shapes that networks have."""
    assert_readable(SHAPES[shape])


@given(NETWORKS)
@settings(deadline=None, max_examples=150)
def test_any_network_can_be_read(topology: Topology) -> None:
    """Nor in any other, whatever tiers its nodes have."""
    assert_readable(topology)


@given(NETWORKS)
@settings(deadline=None, max_examples=30)
def test_same_network_is_drawn_alike(topology: Topology) -> None:
    """A page that is shown anew shows the same picture."""
    assert draw(topology) == draw(topology.model_copy(deep=True))


@pytest.mark.parametrize("shape", SHAPES)
def test_no_row_is_wider_than_a_page_can_show(shape: str) -> None:
    """What is many is stacked."""
    assert 16 >= max((len(row) for row in tiers(SHAPES[shape])), default=0)


def names(topology: Topology) -> list[list[str]]:
    return [[node.name for node in row] for row in tiers(topology)]


def test_ring_stands_as_a_ring() -> None:
    """Its neighbours are neighbours, clockwise round a rectangle."""
    assert [["r1", "r2", "r3", "r4", "r5"], ["r12", "r6"], ["r11", "r10", "r9", "r8", "r7"]] == names(network(ring(12)))


def test_long_line_turns_back() -> None:
    """A line is not drawn as wide as it is long."""
    assert [["r1", "r2", "r3", "r4", "r5"], ["r10", "r9", "r8", "r7", "r6"]] == names(network(line(10)))


def test_mesh_stands_in_two_rows() -> None:
    """So most of its links run between the rows."""
    assert [["r1", "r2", "r3"], ["r4", "r5"]] == names(network(mesh(5)))


def test_hosts_hang_from_their_routers() -> None:
    """Routers that are linked in a line stand in a line, whether a host's name tells a tier or not."""
    assert [["r1", "r2", "r3"], ["h1", "h2", "h3"]] == names(network(line(3) + hosts(3)))
    assert [["r1", "r2", "r3", "r4"], ["host1", "host2"]] == names(
        network([*line(4), ("r1", "host1"), ("r2", "host2")])
    )


def test_line_from_host_to_host_is_a_line() -> None:
    """It reads as one."""
    assert [["h1", "r1", "r2", "h2"]] == names(network([("h1", "r1"), ("r1", "r2"), ("r2", "h2")]))


def test_what_only_a_host_leads_to_stands_below_it() -> None:
    """Nothing of the fabric moves for it."""
    assert [["spine1"], ["leaf1", "leaf2"], ["host1"], ["printer"]] == names(
        network([*fabric(1, 2), ("leaf1", "host1"), ("host1", "printer")])
    )


def test_node_of_no_tier_stands_below_those_that_it_is_linked_from() -> None:
    """What hangs from a leaf is under the leaves, and what hangs from that is lower still."""
    assert [["spine1"], ["leaf1", "leaf2"], ["fw1"], ["pc1"]] == names(
        network([*fabric(1, 2), ("leaf1", "fw1"), ("fw1", "pc1")])
    )


def test_nodes_of_a_tier_keep_together() -> None:
    """A node of no tier that is as far down stands beside them, whatever the order of the file."""
    assert [["spine1"], ["leaf1", "leaf2", "border1"], ["isp1"]] == names(
        network([("isp1", "border1"), ("border1", "spine1"), *fabric(1, 2)])
    )


def test_best_connected_node_is_on_top() -> None:
    """Where no name tells a tier, the others stand by their distance from it."""
    campus = [("h1", "sw1"), ("h2", "sw1"), ("fw1", "sw1"), ("r1", "sw1"), ("fw1", "r1")]
    assert [["sw1"], ["h1", "h2", "fw1", "r1"]] == names(network(campus))


def test_nodes_without_links_stand_beside_the_others() -> None:
    """They are no part of the shape."""
    assert [["r1", "r2", "r3", "pc", "tv"], ["r6", "r5", "r4"]] == names(network(ring(6), "pc", "tv"))
