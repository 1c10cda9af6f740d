"""Places nodes in rows: by tier where labels or names tell one, else by how they are linked.

Links are drawn between rows, so the rows are chosen for them: a ring stands as a ring, a line as a line, a mesh in two
rows, anything else in steps from its best-connected node. Why no library does it: docs/adr/0027.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import zip_longest
from statistics import fmean

from netdojo.drawing.graph import Graph, among, centre, hops, neighbours, parts, trail
from netdojo.model import Node, Topology

TIERS = ("core", "superspine", "spine", "leaf", "switch", "firewall", "host")
"""From top to bottom; a node's tier is its label `tier`, else the word that its name begins with."""
HOST = TIERS.index("host")
WIDEST = 16
"""Boxes side by side; more are stacked, so that names stay readable on a screen."""
LONGEST = 8
"""Nodes of a line before it turns back."""

Row = dict[str, float]
"""Nodes from left to right with their columns; boxes a column apart stand side by side."""


def tiers(topology: Topology) -> list[list[Node]]:
    """Return the nodes as they are drawn, row by row from the top."""
    return [[topology.node(name) for name in row] for row in rows(topology)]


def rows(topology: Topology) -> list[Row]:
    """Return the rows from the top; the leftmost column of all is 0."""
    graph = neighbours(topology)
    known = {node.name: found for node in topology.nodes if (found := tier(node)) is not None}
    telling = [name for name, found in known.items() if found != HOST]
    reached = hops(graph, [*telling, *(name for name in known if not graph[name])]) if telling else {}
    blocks = [by_tier([name for name in graph if name in reached], known, graph)] if reached else []
    rest = parts(among([name for name in graph if name not in reached], graph))
    blocks += [by_shape(among(part, graph)) for part in rest if len(part) > 1]
    alone = [part[0] for part in rest if len(part) == 1]
    blocks += [[across(some) for some in in_rows(alone, LONGEST)]] if alone else []
    return side_by_side(blocks)


def tier(node: Node) -> int | None:
    """Return how far from the top a node stands, or None where neither label nor name tells."""
    named = node.labels.get("tier", word(node.name))
    return TIERS.index(named) if named in TIERS else None


def word(name: str) -> str:
    """Return the word that a name begins with: "leaf" of leaf12."""
    return name.rstrip("0123456789-")


def by_tier(names: Sequence[str], known: Mapping[str, int], graph: Graph) -> list[Row]:
    """Return a row a tier; a node of no tier stands as far below its neighbours as it is linked from them."""
    level = levels(names, known, graph)
    found: list[Row] = []
    above: Row = {}
    for step in sorted(set(level.values())):
        members = sorted((name for name in names if level[name] == step), key=lambda name: name not in known)
        block = below({} if known.keys() & set(members) else above, members, graph)
        above = {name: column for row in block for name, column in row.items()}
        found += block
    return found


def levels(names: Sequence[str], known: Mapping[str, int], graph: Graph) -> dict[str, int]:
    """Return how far down each node is: hosts below all that they hang from, and what hangs from them lower still."""
    hosts = [name for name in names if known.get(name) == HOST]
    tiered = {name: known[name] for name in names if name in known and name not in hosts}
    present = sorted(set(tiered.values()))
    level = {name: present.index(found) for name, found in tiered.items()}
    downward(level, hosts, graph)
    over = [level[name] for name in level if name in tiered or any(other in hosts for other in graph[name])]
    level.update(dict.fromkeys(hosts, max(over) + 1))
    downward(level, (), graph)
    return level


def downward(level: dict[str, int], shut: Collection[str], graph: Graph) -> None:
    """Give each node that is not in `shut` the level below the neighbour by which it is first reached from above."""
    edge = sorted(level, key=lambda name: level[name])
    while edge:
        beyond: dict[str, int] = {}
        for name in edge:
            for other in graph[name]:
                if other not in level and other not in shut:
                    beyond.setdefault(other, level[name] + 1)
        level.update(beyond)
        edge = list(beyond)


def by_shape(graph: Graph) -> list[Row]:
    """Return the rows of nodes that hang together and have no tiers."""
    trunk = among(carrying(graph), graph)
    if max(map(len, trunk.values())) < 3 and not is_ring(trunk):
        return with_hanging(line(trail(trunk)), graph)
    if len(trunk) > 3 and is_ring(trunk):
        return with_hanging(ring(trail(trunk)), graph)
    if len(trunk) > 3 and 2 * min(map(len, trunk.values())) >= len(trunk):
        half = math.ceil(len(trunk) / 2)
        return with_hanging([across(some) for some in in_rows(list(trunk), min(WIDEST, half))], graph)
    return by_steps(graph)


def carrying(graph: Graph) -> list[str]:
    """Return the nodes that make the shape: all of a line or a ring, else those that do not hang from one other.

    A router at the end of a line of routers is no host that hangs from it: its name begins with the same word.
    """
    if max(map(len, graph.values())) < 3:
        return list(graph)
    return [name for name, others in graph.items() if len(others) > 1 or word(name) == word(others[0])]


def is_ring(graph: Graph) -> bool:
    return {2} == {len(others) for others in graph.values()}


def line(names: Sequence[str]) -> list[Row]:
    """Return a line of nodes, turning back where it gets long."""
    lines = in_rows(names, LONGEST)
    wide = len(lines[0])
    turned = [
        {name: wide - 1 - place if turn % 2 else place for place, name in enumerate(some)}
        for turn, some in enumerate(lines)
    ]
    return [dict(sorted(row.items(), key=lambda held: held[1])) for row in turned]


def ring(names: Sequence[str]) -> list[Row]:
    """Return a ring of nodes, clockwise round a rectangle."""
    sides = max(2, len(names) // 4) - 2
    wide = math.ceil(len(names) / 2) - sides
    top, right = names[:wide], names[wide : wide + sides]
    bottom, left = names[wide + sides : len(names) - sides], names[len(names) - sides :]
    edge = (wide - 1) / 2
    between = [{west: -edge, east: edge} for west, east in zip(reversed(left), right, strict=True)]
    return [across(top), *between, across(bottom[::-1])]


def with_hanging(trunk: list[Row], graph: Graph) -> list[Row]:
    """Return the rows with what hangs from them: over the first of several, under the others."""
    placed = {name for row in trunk for name in row}
    found: list[Row] = []
    for row in trunk:
        loose = [name for name in graph if name not in placed and graph[name][0] in row]
        block = below(row, loose, graph)
        found += [*reversed(block), row] if row is trunk[0] and len(trunk) > 1 else [row, *block]
    return found


def by_steps(graph: Graph) -> list[Row]:
    """Return the rows by how many links a node is from the best-connected one."""
    away = hops(graph, [centre(graph)])
    found: list[Row] = []
    above: Row = {}
    for step in range(max(away.values()) + 1):
        block = below(above, [name for name in graph if away[name] == step], graph)
        above = {name: column for row in block for name, column in row.items()}
        found += block
    return found


def below(above: Row, names: Sequence[str], graph: Graph) -> list[Row]:
    """Return `names` as near under their neighbours of `above` as they can stand, too many of them stacked."""
    over = {name: [above[other] for other in graph[name] if other in above] for name in names}
    wish = {name: fmean(columns or [0]) for name, columns in over.items()}
    ordered = sorted(names, key=lambda name: wish[name])
    stacks = in_rows(ordered, math.ceil(len(names) / WIDEST)) if names else []
    columns = spread([fmean(wish[name] for name in stack) for stack in stacks], 1)
    return [
        {name: column for name, column in zip(row, columns, strict=True) if name is not None}
        for row in zip_longest(*stacks)
    ]


def in_rows(names: Sequence[str], most: int) -> list[Sequence[str]]:
    """Return the names in as few pieces of at most `most` as there can be, the pieces alike in length."""
    pieces = math.ceil(len(names) / most)
    length = math.ceil(len(names) / pieces)
    return [names[start : start + length] for start in range(0, len(names), length)]


def across(names: Sequence[str]) -> Row:
    """Return a row around column 0."""
    return {name: place - (len(names) - 1) / 2 for place, name in enumerate(names)}


def spread(wishes: Sequence[float], apart: float, low: float = -math.inf, high: float = math.inf) -> list[float]:
    """Return places `apart` from each other, each as near to its wish as can be; the wishes are ascending."""
    runs: list[list[float]] = []
    for place, wish in enumerate(wishes):
        runs.append([wish - place * apart])
        while len(runs) > 1 and fmean(runs[-2]) >= fmean(runs[-1]):
            last = runs.pop()
            runs[-1] += last
    starts = [fmean(run) for run in runs for _ in run]
    top = high - (len(wishes) - 1) * apart
    return [max(low, min(top, start)) + place * apart for place, start in enumerate(starts)]


def side_by_side(blocks: Sequence[list[Row]]) -> list[Row]:
    """Return the blocks as one: beside each other while there is room, else below."""
    shelves: list[list[list[Row]]] = []
    for block in blocks:
        if shelves and sum(map(width, [*shelves[-1], block])) <= WIDEST:
            shelves[-1].append(block)
        else:
            shelves.append([block])
    widest = max((sum(map(width, shelf)) for shelf in shelves), default=0)
    found: list[Row] = []
    for shelf in shelves:
        left = (widest - sum(map(width, shelf))) / 2
        start = len(found)
        found += [{} for _ in range(max(map(len, shelf)))]
        for block in shelf:
            first = min(column for row in block for column in row.values())
            for depth, row in enumerate(block, start):
                found[depth].update({name: column - first + left for name, column in row.items()})
            left += width(block)
    return found


def width(block: list[Row]) -> float:
    """Return how many columns a block takes."""
    columns = [column for row in block for column in row.values()]
    return max(columns) - min(columns) + 1
