"""What every runtime asks of a topology before anything starts; a runtime adds what it cannot do itself."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from netdojo.errors import Problem, TopologyUnsupported, WrongUse
from netdojo.model import Node, Topology

NETWORK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


class Refusal(NamedTuple):
    """A field that cannot be honoured, what it must be, and what to do; `line` is 0 where it is not known."""

    field: str
    message: str
    hint: str = ""
    line: int = 0


def check(topology: Topology, name: str, refusals: Iterable[Refusal]) -> None:
    """Raise WrongUse for a bad name, TopologyUnsupported when there are `refusals`, with all of them."""
    if not NETWORK_NAME.fullmatch(name):
        raise WrongUse(
            f"a network cannot be named {name!r}",
            help="take up to 63 letters, digits, dots, hyphens or underscores, a letter or digit first",
        )
    shown = f"{topology.folder.name}/{topology.file.name}"
    found = list(refusals)
    if found:
        raise TopologyUnsupported(
            Problem(f"{shown}:{one.line}" if one.line else shown, one.field, one.message, one.hint) for one in found
        )


def lines(node: Node) -> Iterator[Refusal]:
    """Yield a refusal for each `exec` line of `node` that is not made of words: no shell reads it."""
    for position, line in enumerate(node.exec):
        if not is_line(line):
            yield Refusal(f".exec[{position}]", f"must be a command with its quotes closed (got {line!r})")


def is_line(line: str) -> bool:
    try:
        return bool(shlex.split(line))
    except ValueError:
        return False
