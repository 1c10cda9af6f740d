"""Parses JSON from where nobody is trusted: sizes and depths are limited, and what is no JSON is refused."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

TEXT_CAP = 1_000_000
"""Characters of a text."""
LONE_SURROGATE = re.compile(r"\\ud[89a-f]|[\ud800-\udfff]", re.IGNORECASE)
STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
"""A string, also one that does not end; from whichever quote it begins, it matches without a second try."""
BRACKET = re.compile(r"[\[\]{}]")
DEPTH_CAP = 64
DIGITS_CAP = 400
"""Digits of a number; the largest float has 309."""


class NotStrict(ValueError):
    """The text is no JSON as it is taken here; the message says why, to the learner."""


def parse(text: str) -> Any:
    """Return what `text` holds; raises NotStrict when it is too large, too deep, no JSON, or names a key twice."""
    if len(text) > TEXT_CAP:
        raise NotStrict(f"is larger than {TEXT_CAP} characters")
    if depth_of(text) > DEPTH_CAP:
        raise NotStrict(f"is nested deeper than {DEPTH_CAP} levels")
    try:
        held = json.loads(
            text, parse_constant=constant, parse_int=whole, parse_float=fraction, object_pairs_hook=mapping
        )
    except json.JSONDecodeError:
        raise NotStrict("is not JSON") from None
    if LONE_SURROGATE.search(text) and not encodable(held):
        raise NotStrict("holds half a character")
    return held


def encodable(held: Any) -> bool:
    """Tell whether every text in `held` can be written down: half of a surrogate pair cannot."""
    try:
        json.dumps(held, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def depth_of(text: str) -> int:
    """Return how deep the brackets of `text` go, not counting those within strings."""
    depth = deepest = 0
    for bracket in BRACKET.findall(STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def constant(name: str) -> NoReturn:
    raise NotStrict(f"holds {name}, which is no JSON")


def whole(digits: str) -> int:
    return int(short(digits))


def fraction(digits: str) -> float:
    value = float(short(digits))
    if value in (float("inf"), float("-inf")):
        raise NotStrict("holds a number that is too large")
    return value


def short(digits: str) -> str:
    if len(digits) > DIGITS_CAP:
        raise NotStrict(f"holds a number of more than {DIGITS_CAP} digits")
    return digits


def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs as a mapping; one key twice could be read in two ways."""
    held = dict(pairs)
    if len(held) != len(pairs):
        raise NotStrict("names a key twice")
    return held
