"""Reads YAML as containerlab does: scalars keep how they were written, every key keeps its line.

containerlab reads with Go's yaml.v2: `version: 1.10` is the text "1.10" where text is wanted, `yes` and `on` are
true where a switch is wanted, a key that is given twice is a fault, and `<<` fills in at the place where it stands,
mapping into mapping.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from netdojo.errors import InvalidFiles, Problem

DEEPEST = 40
"""Levels of nesting that are read; containerlab's own keys need seven, the rest is for `vars`."""

Location = tuple["int | str", ...]
TEXT = "tag:yaml.org,2002:str"
BINARY = "tag:yaml.org,2002:binary"
WORDS = {
    "null": ("", "~", "null", "Null", "NULL"),
    "true": ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"),
    "false": ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"),
}
KINDS = {word: kind for kind, words in WORDS.items() for word in words}
WHOLE = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class Scalar(str):
    """A scalar as it was written; `kind` is what YAML makes of it: text, whole, number, true or false."""

    kind: str

    def __new__(cls, text: str, kind: str) -> Scalar:
        made = super().__new__(cls, text)
        made.kind = kind
        return made

    def __repr__(self) -> str:
        return super().__repr__() if self.kind == "text" else str(self)


class Mapping(dict[str, Any]):
    """A mapping, with the line of each key; a key is a Scalar, of kind null where nothing stands before the colon."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Sequence(list[Any]):
    """A list, with the line of each of its entries."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def read_document(text: str, shown: str) -> tuple[Mapping, list[Problem]]:
    """Return the mapping that the first document of `text` holds, and what is wrong with its keys and anchors.

    Raises InvalidFiles when there is no mapping to be had.
    """
    building = Builder(shown)
    try:
        held = building.document(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{shown}:{mark.line + 1}" if mark else shown
        raise InvalidFiles([Problem(where, "", f"must be YAML ({error.problem or error.context})")]) from None
    except (YAMLError, ValueError) as error:
        raise InvalidFiles([Problem(shown, "", f"must be YAML ({str(error).splitlines()[0]})")]) from None
    if isinstance(held, Mapping):
        return held, building.faults
    kind = "nothing" if held is None else "a list" if isinstance(held, list) else "text"
    raise InvalidFiles([*building.faults, Problem(shown, "", f"must be a mapping of keys (got {kind})")])


def line_of(held: Any, location: Location) -> int:
    """Return the line of the part at `location`, or of the nearest part above it that is there."""
    line = int(held.line)
    for part in location:
        if isinstance(held, Mapping) and part in held.lines:
            line, held = held.lines[str(part)], held[str(part)]
        elif isinstance(held, Sequence) and isinstance(part, int) and part < len(held):
            line, held = held.lines[part], held[part]
    return line


class Builder:
    """Makes mappings, lists and scalars of a parser's events, and gathers what is wrong with them."""

    def __init__(self, shown: str) -> None:
        self.faults: list[Problem] = []
        self._shown = shown
        self._anchors: dict[str, Any] = {}
        self._path: list[str] = []

    def document(self, events: Iterator[Event]) -> Any:
        """Return what the first document holds, None when there is none; raises YAMLError."""
        for event in events:
            if isinstance(event, NodeEvent):
                return self._node(event, events)
        return None

    def _fault(self, event: Event, message: str) -> None:
        field = "".join(self._path).lstrip(".")
        self.faults.append(Problem(f"{self._shown}:{event.start_mark.line + 1}", field, message))

    def _node(self, event: Event, events: Iterator[Event]) -> Any:
        if len(self._path) > DEEPEST:
            raise YAMLError(f"nested deeper than {DEEPEST} levels at line {event.start_mark.line + 1}")
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if isinstance(event, ScalarEvent):
            if event.tag == BINARY:
                self._fault(event, "must be written as text (got !!binary)")
            return self._keep(event, scalar(event))
        self._keep(event, self)
        if isinstance(event, SequenceStartEvent):
            return self._keep(event, self._sequence(event, events))
        return self._keep(event, self._mapping(event, events))

    def _keep(self, event: Any, made: Any) -> Any:
        """Remember a node by its anchor; while it is being made, the builder itself stands there."""
        if event.anchor:
            self._anchors[event.anchor] = made
        return made

    def _alias(self, event: AliasEvent) -> Any:
        found = self._anchors.get(event.anchor, self)
        if found is self:
            self._fault(event, f"must name an anchor that stands before it (got '*{event.anchor}')")
            return None
        return found

    def _sequence(self, begun: Event, events: Iterator[Event]) -> Sequence:
        made = Sequence(begun.start_mark.line + 1)
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            self._path.append(f"[{len(made)}]")
            made.lines.append(event.start_mark.line + 1)
            made.append(self._node(event, events))
            self._path.pop()
        return made

    def _mapping(self, begun: Event, events: Iterator[Event]) -> Mapping:
        made, given = Mapping(begun.start_mark.line + 1), set()
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._node(event, events)
            self._path.append(f".{key}")
            value = self._node(next(events), events)
            if isinstance(key, (Mapping, Sequence)):
                self._fault(event, "must be a key of one word")
            elif key == "<<" and isinstance(event, ScalarEvent) and not event.style:
                self._merge(made, value, event)
            elif (name := Scalar("", "null") if key is None else key) in given:
                self._fault(event, "must be given once (it is there twice)")
            else:
                given.add(name)
                absorb(made, name, value, event.start_mark.line + 1)
            self._path.pop()
        return made

    def _merge(self, made: Mapping, value: Any, event: Event) -> None:
        """Fill in what `<<` names; of a list, the first of them counts most."""
        for one in reversed(value) if isinstance(value, Sequence) else [value]:
            if not isinstance(one, Mapping):
                self._fault(event, "must be a mapping, or a list of mappings")
                return
            for name, inner in one.items():
                absorb(made, name, inner, one.lines[name])


def absorb(made: Mapping, name: str, value: Any, line: int) -> None:
    """Put a key into `made`: a mapping into the mapping that is there, anything else in its place."""
    before = made.get(name)
    if isinstance(before, Mapping) and isinstance(value, Mapping):
        both = Mapping(line)
        for one in (before, value):
            for inner, held in one.items():
                absorb(both, inner, held, one.lines[inner])
        value = both
    made[name], made.lines[name] = value, line


def scalar(event: ScalarEvent) -> Scalar | None:
    """Return a scalar with its kind, or None for one that says nothing."""
    text = str(event.value)
    plain = event.implicit[0] if event.tag is None else event.tag != TEXT
    kind = kind_of(text) if plain else "text"
    return None if kind == "null" else Scalar(text, kind)


def kind_of(text: str) -> str:
    """Return what an unquoted scalar is."""
    digits = text.replace("_", "")
    if text in KINDS:
        return KINDS[text]
    if text[0] in "+-0123456789" and WHOLE.fullmatch(digits) and abs(whole_number(digits)) < 1 << 63:
        return "whole"
    return "number" if text[0] in "+-.0123456789" and NUMBER.fullmatch(digits) else "text"


def whole_number(text: str) -> int:
    """Return the whole number that `text` writes in base 2, 8, 10 or 16."""
    digits = text.replace("_", "")
    octal = re.fullmatch(r"([-+]?)0([0-7]+)", digits)
    return int(octal[1] + octal[2], 8) if octal else int(digits, 0)


def number_of(value: Any) -> int | float | None:
    """Return the number that a scalar is, None for anything else."""
    kind = value.kind if isinstance(value, Scalar) else ""
    if kind == "whole":
        return whole_number(value)
    return float(value.replace("_", "")) if kind == "number" else None
