"""Makes what a device or a learner's code said fit to be shown anywhere: a terminal, a page, a file."""

from __future__ import annotations

from typing import Any

KEPT = "\n\t"
"""What is no character to be seen, and harms nobody: a router's answer has lines and columns."""


def legible(text: str) -> str:
    """Return `text` with all that cannot be seen written as its escape.

    A terminal would obey some of it (ESC, C1), a reader be misled by some (marks that turn the direction of writing),
    and half of a surrogate pair cannot be written to any file.
    """
    return "".join(one if one.isprintable() or one in KEPT else escaped(one) for one in text)


def escaped(character: str) -> str:
    """Return a character as Python writes it: \\x1b, \\u202e, \\ud800."""
    return character.encode("unicode_escape").decode("ascii")


def legible_data(held: Any) -> Any:
    """Return JSON data in which every text is legible; what is no JSON data is left as it is."""
    if isinstance(held, str):
        return legible(held)
    if isinstance(held, dict):
        return {legible_data(name): legible_data(value) for name, value in held.items()}
    if isinstance(held, (list, tuple)):
        return [legible_data(one) for one in held]
    return held
