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
LONGEST_WORD = 131_071
"""Bytes of an argument or a variable that the kernel gives a program: MAX_ARG_STRLEN of linux/binfmts.h, less one."""
MOST_VARIABLES = 1 << 20
"""Bytes of all of a node's variables: half of what a program may be given where stacks have 8 MiB."""
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
    for field, line in programs(node):
        if NUL in line:
            yield Refusal(field, NO_NUL)
    for field, line in [(f".exec[{position}]", line) for position, line in enumerate(node.exec)]:
        if any(folder in line for folder in LAB_FOLDERS):
            yield Refusal(field, f"must not name containerlab's own folder (got {line!r})", "bind what the line needs")
    for field, line in commands(node):
        if NUL in line:
            yield Refusal(field, NO_NUL)
        elif (words := words_of(line)) is None:
            yield Refusal(field, f"must be a command with its quotes closed (got {line!r})")
        elif not words:
            yield Refusal(field, f"must hold a command (got {line!r})")


def programs(node: Node) -> list[tuple[str, str]]:
    """Return what a node runs first, by its field."""
    return [(".cmd", node.cmd), (".entrypoint", node.entrypoint)]


def commands(node: Node) -> list[tuple[str, str]]:
    """Return the lines that a node runs later, by their fields."""
    found = [(f".exec[{position}]", line) for position, line in enumerate(node.exec)]
    for name, stage in node.stages.items():
        where = f".stages.{name.value}.exec"
        found += [(f"{where}[{position}].command", one.command) for position, one in enumerate(stage.exec)]
    return found


def lengths(node: Node) -> Iterator[Refusal]:
    """Yield a refusal for each word of a line, and each variable, that is longer than the kernel gives a program."""
    for field, line in (*programs(node), *commands(node)):
        if any(size(word) > LONGEST_WORD for word in words_of(line) or [line]):
            yield Refusal(field, f"must have no word of more than {LONGEST_WORD} bytes: no program can be given one")
    sizes = {name: size(name) + size(value) + 1 for name, value in node.env.items()}
    for name in (name for name, taken in sizes.items() if taken > LONGEST_WORD):
        yield Refusal(f".env.{name}", f"must have at most {LONGEST_WORD} bytes with its name (got {sizes[name]})")
    if sum(sizes.values()) > MOST_VARIABLES:
        yield Refusal(".env", f"must have at most {MOST_VARIABLES} bytes in all (got {sum(sizes.values())})")


def size(text: str) -> int:
    """Return the bytes of a text, as a program is given it."""
    return len(text.encode("utf-8", "surrogateescape"))


def words_of(line: str) -> list[str] | None:
    """Return the words of a line, or None when a quote in it is not closed."""
    try:
        return shlex.split(line)
    except ValueError:
        return None
