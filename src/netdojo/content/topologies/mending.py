"""What is left of a file when the keys that do not fit are taken out, so that the rest can be judged as well."""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from netdojo.clab_yaml import Mapping, Scalar, Sequence, line_of
from netdojo.content.topologies.sections import ClabFile
from netdojo.errors import InvalidFiles, Problem
from netdojo.yaml_files import Location, plain
from netdojo.yaml_files import problems as problems_of

LINKS = ("topology", "links")
ROUNDS = 6
"""How often something more is taken out before the rest is given up, each time a level higher."""
DECIDING = ("kind", "image", "group")


def sound_part(held: Mapping, shown: str, problems: list[Problem]) -> tuple[ClabFile, Mapping]:
    """Return the file without the keys that do not fit, and what is left; their problems are added to `problems`.

    Raises InvalidFiles with those problems when the rest does not fit either.
    """
    left = held
    for turn in range(ROUNDS):
        try:
            return ClabFile.model_validate(left), left
        except ValidationError as error:
            if turn == 0:
                problems += problems_of(error, ClabFile, shown, partial(line_of, held))
            details = error.errors(include_url=False)
        for detail in details:
            left = mended(left, detail, turn)
    raise InvalidFiles(problems)


def mended(held: Any, detail: ErrorDetails, turn: int) -> Any:
    """Return `held` without what one of pydantic's errors is about, and in later turns without what is around it."""
    location = plain(detail["loc"])
    if location == ("name",):
        return changed(held, location, Scalar("name", "text"))
    if detail["type"] == "missing":
        location = location[:-1]
    location = location[: max(len(location) - turn, 1)]
    if location[:2] == LINKS and len(location) > 2 and (detail["type"] == "missing" or turn or len(location) == 3):
        return changed(held, location[:3], link_to_nowhere())
    return changed(held, location, None, drop=turn > 0 or detail["type"] == "extra_forbidden") if location else held


def link_to_nowhere() -> Mapping:
    """Return a link in the place of a broken one, of which nothing more is said."""
    made, ends = Mapping(0), Sequence(0)
    ends += [Scalar("host:", "text"), Scalar("host:", "text")]
    made["endpoints"] = ends
    return made


def changed(held: Any, location: Location, value: Any, *, drop: bool = False) -> Any:
    """Return a copy of `held` with `value` at `location`, or without that part; what is not there is left.

    A list is cut off where a part is dropped, so that the places of the others stay.
    """
    first, *others = location
    if isinstance(first, int):
        there = isinstance(held, Sequence) and first < len(held)
    else:
        there = isinstance(held, Mapping) and (first in held or not others)
    if not there:
        return held
    made: Any = copy.copy(held)
    key: Any = first
    if others:
        made[key] = changed(made[key], tuple(others), value, drop=drop)
    elif not drop:
        made[key] = value
    elif isinstance(made, Sequence):
        del made[key:]
    else:
        made.pop(key, None)
    return made


def has_lost(held: Any, left: Any, place: Location) -> bool:
    """Tell whether the section at `place` had a key that decides on a node's kind or image, and has it no more."""
    before, after = part(held, place), part(left, place)
    if not isinstance(before, Mapping):
        return before is not None
    return any(part(before, (key,)) is not None and part(after, (key,)) is None for key in DECIDING)


def part(held: Any, location: Location) -> Any:
    """Return what is at `location`, or None."""
    for key in location:
        held = held.get(str(key)) if isinstance(held, Mapping) else None
    return held
