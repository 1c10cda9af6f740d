"""What a file says as far as it can be told, and its faults: each once, and none that only follows from another."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from netdojo.clab_yaml import Mapping
from netdojo.content.topologies.faults import REQUIRED, Fault
from netdojo.content.topologies.mending import has_lost
from netdojo.content.topologies.sections import ClabFile
from netdojo.errors import Problem, TopologyUnsupported
from netdojo.model import Topology
from netdojo.yaml_files import Location, field_of

SECTIONS = ("nodes", "kinds", "groups")
Parts = tuple[str, ...]
Judge = Callable[[Topology], None]
"""Raises TopologyUnsupported with what a runtime cannot honour of a topology."""


class Examined(NamedTuple):
    """A file's topology, without what does not fit, and its problems.

    The topology is None when there is nothing to be told of it. Of the fields in `passed_over` nothing more is said.
    """

    topology: Topology | None
    problems: tuple[Problem, ...]
    passed_over: tuple[str, ...] = ()

    def judged_by(self, judge: Judge) -> tuple[Problem, ...]:
        """Return the problems, and those that a runtime has with what can be told of the file."""
        if self.topology is None:
            return self.problems
        try:
            judge(self.topology)
        except TopologyUnsupported as error:
            names = [node.name for node in self.topology.nodes]
            return tuple(told_apart(self.problems, error.problems, names, self.passed_over))
        return self.problems


def told_apart(
    told: Collection[Problem], further: Iterable[Problem], names: Collection[str], passed_over: Collection[str] = ()
) -> list[Problem]:
    """Return `told`, and what of `further` is not only wrong because of something that is told already, by lines.

    `names` are those of the file's nodes, kinds and groups: a dot in one does not begin another part of a field.
    """
    known = [parts_of(field, names) for field in (*(problem.field for problem in told), *passed_over) if field]
    others = [one for one in further if not any(is_within(parts_of(one.field, names), field) for field in known)]
    return sorted(dict.fromkeys([*told, *others]), key=line)


def is_within(one: Parts, other: Parts) -> bool:
    """Tell whether `one` field is the `other`, or a part of it."""
    return one[: len(other)] == other


def parts_of(field: str, names: Collection[str]) -> Parts:
    """Return ("topology", "nodes", "r.1", "binds", "0") for `topology.nodes.r.1.binds[0]`."""
    head: Parts = ()
    for section in SECTIONS:
        before = f"topology.{section}."
        if field.startswith(before):
            after = field[len(before) :]
            found = [name for name in names if after == name or after.startswith((f"{name}.", f"{name}["))]
            if found:
                name = max(found, key=len)
                head, field = ("topology", section, name), after[len(name) :]
    return (*head, *(part.rstrip("]") for part in re.split(r"[.\[]", field) if part))


def line(problem: Problem) -> int:
    """Return the line that a problem's path ends with, 0 when it has none."""
    number = problem.path.rpartition(":")[2]
    return int(number) if number.isdecimal() else 0


def only_following(
    faults: Iterable[Fault], clab: ClabFile, held: Mapping, left: Mapping, blurred: list[Problem]
) -> Iterator[Fault]:
    """Yield the faults that miss a node's kind or image where the file may give it, in what was taken out.

    `blurred` are the problems of the YAML itself, whose places are not read as they are meant.
    """
    inherited: list[Location] = [("topology", "defaults")]
    inherited += [("topology", "kinds", name) for name in clab.topology.kinds]
    inherited += [("topology", "groups", name) for name in clab.topology.groups]
    unclear = [parts_of(problem.field, named(clab)) for problem in blurred]

    def may_give(place: Location) -> bool:
        return has_lost(held, left, place) or any(is_within(parts, Parts(map(str, place))) for parts in unclear)

    everywhere = any(map(may_give, inherited))
    for fault in faults:
        if fault.message.startswith(REQUIRED) and (everywhere or may_give(fault.where[:3])):
            yield fault


def named(clab: ClabFile) -> list[str]:
    """Return the names of a file's nodes, kinds and groups."""
    return [*clab.topology.nodes, *clab.topology.kinds, *clab.topology.groups]


def fields(faults: Iterable[Fault]) -> tuple[str, ...]:
    return tuple(field_of(fault.where) for fault in faults)
