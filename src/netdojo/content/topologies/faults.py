"""What is wrong with the nodes of a containerlab file beyond the form of its keys."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from netdojo.errors import Problem, suggestion
from netdojo.yaml_files import Location, field_of

if TYPE_CHECKING:
    from netdojo.content.topologies.inheritance import Layers
    from netdojo.content.topologies.sections import ClabFile
    from netdojo.model import Node

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
"""What the container engine takes for a name, and so containerlab for a lab's."""
LINUX = "linux"
BIND_PARTS = 3
REQUIRED = "must be given"


class Fault(NamedTuple):
    """Something wrong at a place of the file, which need not be there."""

    where: Location
    message: str
    hint: str = ""

    def problem(self, shown: str, line_of: Callable[[Location], int]) -> Problem:
        return Problem(f"{shown}:{line_of(self.where)}", field_of(self.where), self.message, self.hint)


def node_faults(clab: ClabFile, nodes: tuple[Node, ...], layers: list[Layers]) -> Iterator[Fault]:
    """Yield what is wrong with the name, and with each node that could not be started."""
    if not NAME.fullmatch(clab.name):
        message = f"must be letters, digits, dots, hyphens or underscores, a letter or digit first (got {clab.name!r})"
        yield Fault(("name",), message)
    if not nodes:
        yield Fault(("topology", "nodes"), "must have at least one node")
    for node, inherited in zip(nodes, layers, strict=True):
        where: Location = ("topology", "nodes", node.name)
        if not node.name:
            yield Fault(where, "must have a name")
        if not node.kind:
            yield Fault((*where, "kind"), f"{REQUIRED}, here, in defaults or in a group")
        elif not node.reference and node.kind == LINUX:
            yield Fault((*where, "image"), f"{REQUIRED}, here, in defaults, in kinds or in a group")
        yield from group_faults(clab, node, where)
        yield from bind_faults(inherited)
        yield from word_faults(node, inherited)
        yield from wait_faults(node, nodes, where)
    yield from circle_faults(nodes)


def group_faults(clab: ClabFile, node: Node, where: Location) -> Iterator[Fault]:
    """Yield a fault for a group that is nearly one of the file's; any other one is a word that stands for itself."""
    near = suggestion(node.group, clab.topology.groups, "group")
    if node.group and node.group not in clab.topology.groups and near.startswith("did you mean"):
        yield Fault((*where, "group"), f"must name a group of this file (got {node.group!r})", near)


def bind_faults(layers: Layers) -> Iterator[Fault]:
    """Yield a fault for each bind that is not source:/target[:options], or a /target alone."""
    for place, section in layers.all:
        for position, text in enumerate(section.binds):
            parts = text.split(":")
            source, target = parts[0], parts[min(1, len(parts) - 1)]
            if len(parts) > BIND_PARTS or not source or not target.startswith("/"):
                yield Fault((*place, "binds", position), f"must be source:/target (got {text!r})")


def word_faults(node: Node, layers: Layers) -> Iterator[Fault]:
    """Yield a fault for each line of words with a quote that is not closed."""
    lines = [(layers.place_of("cmd"), node.cmd), (layers.place_of("entrypoint"), node.entrypoint)]
    for place, section in layers.all:
        lines += [((*place, "exec", position), line) for position, line in enumerate(section.exec)]
    for stage, held in node.stages.items():
        where = (*layers.place_of("stages"), stage.value, "exec")
        lines += [((*where, position), one.command) for position, one in enumerate(held.exec)]
    for where, line in lines:
        try:
            shlex.split(line)
        except ValueError:
            yield Fault(where, f"must close its quotes (got {line!r})")


def wait_faults(node: Node, nodes: tuple[Node, ...], where: Location) -> Iterator[Fault]:
    """Yield a fault for each wait for a node that is not there."""
    names = [one.name for one in nodes]
    for stage, held in node.stages.items():
        for position, wait in enumerate(held.wait_for):
            if wait.node not in names:
                place = (*where, "stages", stage.value, "wait-for", position, "node")
                message = f"must name a node of this file (got {wait.node!r})"
                yield Fault(place, message, suggestion(wait.node, names, "node"))


def circle_faults(nodes: tuple[Node, ...]) -> Iterator[Fault]:
    """Yield a fault when nodes wait for each other in a circle, whatever the stages, as containerlab sees it."""
    waits = {node.name: {wait.node for held in node.stages.values() for wait in held.wait_for} for node in nodes}
    free = [name for name, others in waits.items() if not others & waits.keys()]
    while free:
        gone = free.pop()
        del waits[gone]
        free = [name for name, others in waits.items() if not others & waits.keys()]
    if waits:
        first = next(iter(waits))
        message = f"must not wait for each other in a circle (got {', '.join(sorted(waits))})"
        yield Fault(("topology", "nodes", first, "stages"), message)
