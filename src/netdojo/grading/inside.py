"""Runs within the learner's kernel: takes a variable or calls a function there, and carries the result out as JSON.

Nothing here decides anything, and nothing here is secret: the learner's code can replace all of it.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

MIME = "application/vnd.netdojo.result+json"
RESULT_CAP = 1_000_000
"""Characters of a result's JSON."""
MESSAGE_CAP = 500
KEPT: dict[tuple[str, str], tuple[Callable[..., Any], dict[str, Any]]] = {}
"""Functions by task and name as they were once, each with the notebook's variables of that moment."""


class Carried:
    """A JSON text on its way out, under a type of its own so that no display formatter touches it."""

    def __init__(self, held: dict[str, Any]) -> None:
        self.text = json.dumps(held)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {MIME: self.text}


def answer(name: str) -> Carried:
    """Carry the value of the notebook's variable `name`."""
    names = variables()
    return carried(names[name]) if name in names else Carried({"missing": name})


def left_out() -> Carried:
    """Carry the verbs that the notebook asked for and that a grading does not do."""
    labs = [value for value in variables().values() if type(value).__name__ == "AttachedSession"]
    return carried([verb for lab in labs for verb in lab.left_out])


def keep(task: str, name: str) -> Carried:
    """Keep the notebook's function `name` as it is now, with the variables that it can see, for `task`."""
    names = variables()
    if callable(names.get(name)):
        KEPT[task, name] = (names[name], names)
    return carried(None)


def call(name: str, arguments: str, task: str = "") -> Carried:
    """Call the notebook's function `name` with JSON `arguments`, {"args": […], "kwargs": {…}}.

    Where it was kept for `task`, it is called as it was then, whatever has become of its name and variables since.
    """
    if (task, name) in KEPT:
        given = json.loads(arguments)
        function, then = KEPT[task, name]
        with put_back(then):
            return attempt(function, given["args"], given["kwargs"])
    names = variables()
    if name not in names:
        return Carried({"missing": name})
    if not callable(names[name]):
        return Carried({"uncallable": type(names[name]).__name__})
    given = json.loads(arguments)
    return attempt(names[name], given["args"], given["kwargs"])


def attempt(function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> Carried:
    """Call a function and carry what it returns, or what it raised and in which line."""
    try:
        value = function(*args, **kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # whatever the learner's function raises is told to him
        return Carried({"raised": type(error).__name__, "says": str(error)[:MESSAGE_CAP], "line": line_of(error)})
    return carried(value)


def carried(value: Any) -> Carried:
    """Carry a value as JSON, or say why it cannot be."""
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        return Carried({"unfit": type(value).__name__, "says": str(error)[:MESSAGE_CAP]})
    if len(text) > RESULT_CAP:
        return Carried({"large": len(text)})
    return Carried({"value": text})


def line_of(error: BaseException) -> str:
    """Return the innermost line of the notebook that an exception passed through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "ipykernel" in frame.filename]
    return (frames[-1].line or "").strip()[:MESSAGE_CAP] if frames else ""


def variables() -> dict[str, Any]:
    """Return the notebook's variables."""
    return dict(namespace())


@contextmanager
def put_back(then: dict[str, Any]) -> Iterator[None]:
    """Give the notebook the variables that it had `then`, for as long as the block lasts."""
    here = namespace()
    now = dict(here)
    replace(here, then)
    try:
        yield
    finally:
        replace(here, now)


def replace(here: dict[str, Any], names: dict[str, Any]) -> None:
    here.clear()
    here.update(names)


def namespace() -> dict[str, Any]:
    from IPython import get_ipython

    shell = get_ipython()
    return shell.user_ns if shell else {}
