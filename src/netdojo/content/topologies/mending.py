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
REQUIRED = "must be given"
NO_SUCH_KEY = "no such key"


def sound_part(held: Mapping, shown: str, problems: list[Problem]) -> ClabFile:
    """Return the file without the keys that do not fit, whose problems are added to `problems`.

    Raises InvalidFiles with those problems when the rest does not fit either.
    """
    for turn in range(ROUNDS):
        try:
            return ClabFile.model_validate(held)
        except ValidationError as error:
            if turn == 0:
                problems += problems_of(error, ClabFile, shown, partial(line_of, held))
            details = error.errors(include_url=False)
        for detail in details:
            held = mended(held, detail, turn)
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


def told_apart(told: list[Problem], further: list[Problem]) -> list[Problem]:
    """Return `told`, and what of `further` is not only wrong because of something that is told already, by lines."""
    fields = [problem.field for problem in told if problem.field]
    taken_out = any(NO_SUCH_KEY not in problem.message for problem in told)
    others = [
        problem
        for problem in further
        if not any(problem.field.startswith(field) or field.startswith(problem.field) for field in fields)
        and not (taken_out and problem.message.startswith(REQUIRED))
    ]
    return sorted([*told, *others], key=lambda problem: int(problem.path.rpartition(":")[2]))
