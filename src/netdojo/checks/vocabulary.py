"""What a check is made of: the decorator, the failure that it raises, and what it may ask."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

from netdojo.model import Answer, Fault, Topology

CONVERGED = 30.0
"""Seconds that a fabric may take to converge after a change: FRR's slowest retry (connect timer) several times over."""
ANSWERS = 5.0
"""Seconds that a daemon may take to answer after a start."""

ARGUMENTS = frozenset({"node", "network", "answer", "call"})


class Failed(Exception):
    """The learner is not there yet: `rationale` says what does not hold, in one sentence."""

    def __init__(self, rationale: str, *, expected: Any = None, actual: Any = None, help: str = "") -> None:
        super().__init__(rationale)
        self.rationale = rationale
        self.expected = expected
        self.actual = actual
        self.help = help


class Device(Protocol):
    """A node as a check asks it: with the judge's own programs, never with the node's."""

    @property
    def name(self) -> str:
        """The node's name in the topology."""

    @property
    def labels(self) -> dict[str, str]:
        """The node's labels in the topology."""

    def ask(self, *argv: str, timeout: float = 10) -> Answer:
        """Run `argv` in the node's network namespace; raises NodeUnreachable when the node does not answer."""


class Fabric(Protocol):
    """A deployed network as a check sees it."""

    @property
    def topology(self) -> Topology:
        """What was deployed."""

    def device(self, name: str) -> Device:
        """Return the node `name`; raises KeyError when there is none."""


@runtime_checkable
class Breakable(Protocol):
    """A fabric that can be broken on purpose: one that really runs."""

    def fault(self, kind: str, target: str, **options: Any) -> AbstractContextManager[Fault]:
        """Break it for as long as a block lasts; raises NetdojoError when it cannot be broken or mended so."""


@runtime_checkable
class Visited(Protocol):
    """A fabric that knows who has logged in: one that really runs."""

    def sessions(self, name: str) -> int:
        """Return how many SSH sessions the node `name` has had since its start."""


class Kernel(Protocol):
    """The learner's notebook as a check sees it: data in, data out; what the learner must mend is raised as Failed."""

    def answer(self, name: str) -> Any:
        """Return the value of the notebook's variable `name` as JSON data."""

    def call(self, function: str) -> Callable[..., Any]:
        """Return a callable that runs the notebook's `function` on JSON data and returns JSON data."""


@dataclass(frozen=True)
class Check:
    """A named question about the learner's work. `within` is in seconds; `nodes` is a glob over node names."""

    task: str
    name: str
    title: str
    run: Callable[..., None]
    arguments: tuple[str, ...]
    nodes: str = ""
    within: float = 0.0
    answer: str = ""
    call: str = ""
    needs: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def asks_the_notebook(self) -> bool:
        return bool(self.answer or self.call)


CheckFunction = TypeVar("CheckFunction", bound=Callable[..., None])


def check(
    task: str,
    *,
    nodes: str = "",
    within: float = 0.0,
    answer: str = "",
    call: str = "",
    needs: Sequence[str] = (),
    given: Sequence[str] = (),
) -> Callable[[CheckFunction], CheckFunction]:
    """Make a function a check of `task`.

    Its docstring's first line is what the learner reads; its arguments say what it takes: `node` (with `nodes=`),
    `network`, `answer` (with `answer=`), `call` (with `call=`). It is skipped until the checks that it `needs` have
    passed, and left out unless those that are `given` have. Raises TypeError when these do not fit.
    """

    def mark(function: CheckFunction) -> CheckFunction:
        arguments = tuple(inspect.signature(function).parameters)
        made = Check(
            task=task,
            name=function.__name__,
            title=title_of(function),
            run=function,
            arguments=arguments,
            nodes=nodes,
            within=within,
            answer=answer,
            call=call,
            needs=tuple(needs),
            given=tuple(given),
        )
        require_fitting(made)
        function.netdojo_check = made  # type: ignore[attr-defined]  # a mark on the author's own function
        return function

    return mark


def title_of(function: Callable[..., None]) -> str:
    """Return the first line of the docstring; raises TypeError without one, since it is what the learner reads."""
    doc = inspect.getdoc(function)
    if not doc:
        raise TypeError(f"check {function.__name__!r} must have a docstring: it is what the learner reads")
    return doc.splitlines()[0]


def require_fitting(made: Check) -> None:
    """Raise TypeError when a check takes what it was not given, or was given what it does not take."""
    taken = set(made.arguments)
    if taken - ARGUMENTS:
        unknown = ", ".join(sorted(taken - ARGUMENTS))
        raise TypeError(f"check {made.name!r} takes {unknown}; a check may take {', '.join(sorted(ARGUMENTS))}")
    for argument, given in (("node", made.nodes), ("answer", made.answer), ("call", made.call)):
        if (argument in taken) != bool(given):
            keyword = "nodes" if argument == "node" else argument
            raise TypeError(f"check {made.name!r}: the argument {argument!r} and {keyword}= go together")
