"""The learner's own notebook as checks see it, in place: the grader asks the same from outside."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from netdojo.checks import Failed
from netdojo.notebook.shown import shell


def namespace() -> dict[str, Any]:
    """Return the variables of the notebook, or of the script that runs."""
    running = shell()
    found: dict[str, Any] = running.user_ns if running is not None else vars(sys.modules["__main__"])
    return found


class NotebookKernel:
    """Answers and calls within the learner's own process."""

    def answer(self, name: str) -> Any:
        """Return the variable `name` as JSON data; raises Failed when it is missing or is no such data."""
        if name not in namespace():
            raise Failed(f"there is no variable {name} yet", help=f"Run the cell that gives {name} its value.")
        return as_json(namespace()[name], name)

    def call(self, function: str) -> Callable[..., Any]:
        """Return the notebook's `function`, fed and read as JSON data; raises Failed when it is not there."""
        found = namespace().get(function)
        if not callable(found):
            raise Failed(f"there is no function {function} yet", help=f"Run the cell that defines {function}.")

        def run(*given: Any) -> Any:
            try:
                result = found(*json.loads(json.dumps(given)))
            except Exception as error:
                raise Failed(f"{function}(…) raised {type(error).__name__}: {error}") from error
            return as_json(result, f"{function}(…)")

        return run


def as_json(value: Any, name: str) -> Any:
    """Return `value` as JSON would carry it; raises Failed naming the type that JSON does not have."""
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError) as error:
        raise Failed(
            f"{name} is not made of lists, dicts, text and numbers: {error}", actual=type(value).__name__
        ) from error
