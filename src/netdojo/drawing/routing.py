"""Leads each link past the boxes that it does not belong to.

Links run in the corridors between rows. Where one has to pass a row, it goes straight down between two boxes of it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from netdojo.drawing.placing import Row, spread
from netdojo.model import Link

WIDTH, HEIGHT = 104.0, 44.0
GAP_X, GAP_Y = 32.0, 84.0
MARGIN = 24.0
CLEARANCE = 6.0
"""The least between a box and a link that passes it."""
LANE = 8.0
"""Between links that pass a row side by side."""
FAN = 14.0
"""Between parallel links."""


class Point(NamedTuple):
    """A place in SVG units; that of a node is the centre of its box."""

    x: float
    y: float


class Route(NamedTuple):
    """The way of a link: straight from point to point, or where it is `curved` a cubic Bézier curve of four points."""

    points: tuple[Point, ...]
    curved: bool = False

    @property
    def extent(self) -> list[Point]:
        """Points between which all of it lies."""
        if not self.curved:
            return list(self.points)
        a, towards, _, b = self.points
        return [a, b, Point(a.x, a.y + 0.75 * (towards.y - a.y))]


class Cable(NamedTuple):
    """A link by its nodes, the upper or left one first; `turn` is its place amid the `of` links that these two have."""

    a: str
    b: str
    turn: float
    of: int

    def aside(self, apart: float, room: float) -> float:
        """Return how far this one of parallel links is moved from the middle of a `room`."""
        return self.turn * min(apart, room / max(self.of - 1, 1))


Boxes = Sequence[Mapping[str, Point]]
"""The boxes row by row from the top, each row from left to right."""


def boxes_of(rows: Sequence[Row]) -> list[dict[str, Point]]:
    """Return where each node's box stands."""
    return [
        {
            name: Point(MARGIN + WIDTH / 2 + column * (WIDTH + GAP_X), MARGIN + HEIGHT / 2 + depth * (HEIGHT + GAP_Y))
            for name, column in row.items()
        }
        for depth, row in enumerate(rows)
    ]


def routes(links: Sequence[Link], boxes: Boxes) -> list[Route]:
    """Return the way of each link."""
    depth = {name: number for number, row in enumerate(boxes) for name in row}
    cables = fanned(links, boxes)
    passing = lanes_of(cables, depth, boxes)
    below = Counter(depth[cable.a] for cable in cables if depth[cable.a] != depth[cable.b])
    above = Counter(depth[cable.b] for cable in cables if depth[cable.a] != depth[cable.b])
    found = []
    for cable, lanes in zip(cables, passing, strict=True):
        at, to = depth[cable.a], depth[cable.b]
        if at == to:
            found.append(level(cable, boxes[at], -1 if below[at] > above[at] else 1))
        else:
            found.append(steep(cable, boxes[at][cable.a], boxes[to][cable.b], lanes))
    return found


def fanned(links: Sequence[Link], boxes: Boxes) -> list[Cable]:
    """Return the links with their ends in order, and which of its parallels each is."""
    order = {name: place for place, name in enumerate(name for row in boxes for name in row)}
    pairs = [tuple(sorted((link.a.node, link.b.node), key=lambda name: order[name])) for link in links]
    of = Counter(pairs)
    met: Counter[tuple[str, ...]] = Counter()
    found = []
    for a, b in pairs:
        found.append(Cable(a, b, met[a, b] - (of[a, b] - 1) / 2, of[a, b]))
        met[a, b] += 1
    return found


def lanes_of(cables: Sequence[Cable], depth: Mapping[str, int], boxes: Boxes) -> list[dict[int, Point]]:
    """Return for each cable where it passes the rows between its ends: as near above its lower end as there is a way.

    Of those that end below each other, the ones that go further down stay further out: so they do not cross.
    """
    wishes: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for number, cable in enumerate(cables):
        a, b = boxes[depth[cable.a]][cable.a], boxes[depth[cable.b]][cable.b]
        outward = math.copysign(depth[cable.b] - depth[cable.a], a.x - b.x)
        for row in range(depth[cable.a] + 1, depth[cable.b]):
            wishes[row].append((b.x + outward + aside_of(cable), number))
    found: list[dict[int, Point]] = [{} for _ in cables]
    for row, wished in wishes.items():
        passed = list(boxes[row].values())
        wished.sort()
        for (_, number), x in zip(wished, between([wish for wish, _ in wished], passed), strict=True):
            found[number][row] = Point(x, passed[0].y)
    return found


def between(wishes: Sequence[float], row: Sequence[Point]) -> list[float]:
    """Return where links may pass a row between its boxes, each near its wish; the wishes are ascending."""
    half = WIDTH / 2 + CLEARANCE
    lows = [-math.inf, *(box.x + half for box in row)]
    highs = [*(box.x - half for box in row), math.inf]
    gaps = list(zip(lows, highs, strict=True))
    chosen: defaultdict[int, list[float]] = defaultdict(list)
    for wish in wishes:
        nearest = min(range(len(gaps)), key=lambda gap: max(gaps[gap][0] - wish, wish - gaps[gap][1]))
        chosen[nearest].append(wish)
    found: list[float] = []
    for gap, wished in sorted(chosen.items()):
        low, high = gaps[gap]
        apart = min(LANE, min(high - low, WIDTH) / max(len(wished) - 1, 1))
        spare = min(CLEARANCE + LANE / 2, (high - low - apart * (len(wished) - 1)) / 2)
        found += spread(wished, apart, low + spare, high - spare)
    return found


def aside_of(cable: Cable) -> float:
    return cable.aside(FAN, WIDTH - 2 * FAN)


def steep(cable: Cable, a: Point, b: Point, passing: Mapping[int, Point]) -> Route:
    """Return the way from a box down to one of a lower row."""
    aside = aside_of(cable)
    points = [Point(a.x + aside, a.y + HEIGHT / 2)]
    for _, (x, y) in sorted(passing.items()):
        points += [Point(x, y - HEIGHT / 2), Point(x, y + HEIGHT / 2)]
    return Route((*points, Point(b.x + aside, b.y - HEIGHT / 2)))


def level(cable: Cable, row: Mapping[str, Point], side: int) -> Route:
    """Return the way to a box of the same row: straight to the next one, else by an arc below it (1) or above (-1)."""
    names = list(row)
    skipped = names.index(cable.b) - names.index(cable.a) - 1
    a, b = row[cable.a], row[cable.b]
    if skipped == 0:
        y = a.y + cable.aside(FAN, HEIGHT - FAN)
        return Route((Point(a.x + WIDTH / 2, y), Point(b.x - WIDTH / 2, y)))
    aside = aside_of(cable)
    reach = aside + (FAN if cable.a == cable.b else -FAN)
    deep = max(FAN, min(GAP_Y - CLEARANCE, 2 * FAN + skipped * FAN + aside))
    foot = a.y + side * HEIGHT / 2
    a, b = Point(a.x - reach, foot), Point(b.x + reach, foot)
    return Route((a, Point(a.x, foot + side * deep), Point(b.x, foot + side * deep), b), curved=True)
