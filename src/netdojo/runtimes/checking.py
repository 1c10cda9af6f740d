"""What every runtime asks of a topology before anything starts; a runtime adds what it cannot do itself."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from netdojo.errors import Problem, TopologyUnsupported, WrongUse
from netdojo.model import Foreign, Node, Place, Topology

NETWORK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
ELSEWHERE = "the containerlab runtime runs it: --runtime containerlab"
NETWORK_MODE = "node.network-mode"
NUL = "\0"
LAB_FOLDERS = ("__clabDir__", "__clabNodeDir__")
"""What containerlab puts its own folders in for: none of them is there, or is the same, in both runtimes."""
NO_INTERFACES = frozenset({"lo", "all", "default", ".", ".."})
"""Names that Linux keeps for itself."""
NO_INTERFACE = "must have an interface name that Linux takes (got {!r})"
NO_NUL = "must be text without a NUL character: no program can be given one"


class Refusal(NamedTuple):
    """A field that cannot be honoured, what it must be, and what to do; `line` is 0 where it is not known."""

    field: str
    message: str
    hint: str = ""
    line: int = 0


def check(topology: Topology, name: str, refusals: Iterable[Refusal]) -> None:
    """Raise TopologyUnsupported when there are `refusals`, with all of them by lines, each place of the file once.

    Raises WrongUse for a bad name that is not the file's own.
    """
    wanted = "up to 63 letters, digits, dots, hyphens or underscores, a letter or digit first"
    found = []
    if not NETWORK_NAME.fullmatch(name):
        if name != topology.name:
            raise WrongUse(f"a network cannot be named {name!r}", help=f"take {wanted}")
        found.append(Refusal("name", f"must be {wanted} (got {name!r})"))
    problems = list(dict.fromkeys(problem for _, problem in sorted(_placed(topology, [*found, *refusals]), key=_line)))
    if problems:
        raise TopologyUnsupported(problems)


def _placed(topology: Topology, refusals: Iterable[Refusal]) -> Iterator[tuple[int, Problem]]:
    """Yield each refusal with the line where the file has what it is about."""
    for one in refusals:
        place = Place(path=one.field, line=one.line) if one.line else topology.place_of(one.field)
        shown = f"{topology.shown}:{place.line}" if place.line else topology.shown
        yield place.line, Problem(shown, place.path, one.message, one.hint)


def _line(placed: tuple[int, Problem]) -> int:
    return placed[0]


def is_without_network(key: Foreign) -> bool:
    """Whether a key asks for no network but the links, which is what every node of kind linux has."""
    return key.key == NETWORK_MODE and key.value.lower() == "none"


def lines(node: Node) -> Iterator[Refusal]:
    """Yield a refusal for each line of `node` that is not made of words: no shell reads it."""
    for field, line in (("cmd", node.cmd), ("entrypoint", node.entrypoint)):
        if NUL in line:
            yield Refusal(f".{field}", NO_NUL)
    commands = [(f".exec[{position}]", line) for position, line in enumerate(node.exec)]
    for field, line in commands:
        if any(folder in line for folder in LAB_FOLDERS):
            yield Refusal(field, f"must not name containerlab's own folder (got {line!r})", "bind what the line needs")
    for name, stage in node.stages.items():
        where = f".stages.{name.value}.exec"
        commands += [(f"{where}[{position}].command", one.command) for position, one in enumerate(stage.exec)]
    for field, line in commands:
        if NUL in line:
            yield Refusal(field, NO_NUL)
        elif (words := words_of(line)) is None:
            yield Refusal(field, f"must be a command with its quotes closed (got {line!r})")
        elif not words:
            yield Refusal(field, f"must hold a command (got {line!r})")


def words_of(line: str) -> list[str] | None:
    """Return the words of a line, or None when a quote in it is not closed."""
    try:
        return shlex.split(line)
    except ValueError:
        return None
