"""Writes what was read, so that containerlab makes of each scalar what it would have made of the file itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from ruamel.yaml.tag import Tag

from netdojo.clab_yaml.document import TEXT

WIDEST = 1 << 30
"""Characters of a line; none is broken."""


def write_document(document: dict[str, Any]) -> str:
    """Return `document` as containerlab has to get it: text quoted, every other scalar as it was written.

    containerlab renders a file as a template and puts variables in before it reads YAML; so that neither changes
    anything once more, dollars are doubled and no two braces stand side by side.
    """
    yaml, written = YAML(typ="safe", pure=True), StringIO()
    yaml.width = WIDEST
    yaml.emit(_stream(document), written)
    return written.getvalue().replace("$", "$$").replace("{{", r"{\x7b")


def _stream(document: dict[str, Any]) -> Iterator[Event]:
    yield StreamStartEvent()
    yield DocumentStartEvent(explicit=False)
    yield from _node(document)
    yield DocumentEndEvent(explicit=False)
    yield StreamEndEvent()


def _node(held: Any) -> Iterator[Event]:
    if isinstance(held, dict):
        yield MappingStartEvent(None, None, True, flow_style=False)
        for key, value in held.items():
            yield from _node(key)
            yield from _node(value)
        yield MappingEndEvent()
    elif isinstance(held, list):
        yield SequenceStartEvent(None, None, True, flow_style=False)
        for value in held:
            yield from _node(value)
        yield SequenceEndEvent()
    else:
        yield _scalar(held)


def _scalar(held: Any) -> ScalarEvent:
    """Return a scalar's event, in a style that leaves the emitter no choice; its tag, implied, is not written."""
    if not isinstance(held, str):
        return ScalarEvent(None, None, (True, False), json.dumps(held))
    if getattr(held, "kind", "text") == "text":
        return ScalarEvent(None, Tag(suffix=TEXT), (False, True), str(held), style='"')
    return ScalarEvent(None, None, (True, False), str(held) or "null")
