"""The learner's kernel as the grader sees it: cells to run, variables and functions to ask, all of it as JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from netdojo.checks import Failed
from netdojo.errors import SandboxFailed
from netdojo.grading.confined import Confined
from netdojo.grading.inside import MIME
from netdojo.grading.sandbox import Limits
from netdojo.grading.standstill import Standstill
from netdojo.grading.strict_json import NotStrict, parse
from netdojo.model import Network

STARTS = 30.0
"""Seconds until the kernel must be ready."""
OBEYS = 2.0
"""Seconds that a kernel has to stop once it is interrupted; then the whole sandbox is ended."""
UNDONE = ("reset", "restore")
"""What a notebook may ask of its lab, and a grading does not do."""
TOLD = ("AttributeError", "IndexError", "KeyError", "NameError", "TypeError", "ValueError")
"""Exceptions that are told by name also where the inputs are hidden: what a slip raises."""
SHOWN_CAP = 200
"""Characters of a call that a message shows."""


@dataclass(frozen=True)
class Outcome:
    """What running a cell came to: `trouble` says in a sentence what stopped it, and is empty when nothing did."""

    trouble: str = ""
    help: str = ""


class NotebookKernel:
    """The kernel in its sandbox. Once it has ended, every request says so and why."""

    def __init__(self, confined: Confined, limits: Limits, network: Network | None = None) -> None:
        self.confined = confined
        self.limits = limits
        self.standstill = Standstill(confined, network)
        self.taken: dict[str, Any] = {}
        self.recalled = ""
        self.left = limits.whole
        self.number = 0
        self.cut = ""
        self.hides_inputs = False

    def wait_until_ready(self) -> None:
        """Wait for the kernel; raises SandboxFailed with what the sandbox said when it does not start."""
        if self.reply_to(0, time.monotonic() + STARTS) is None:
            self.confined.kill("it did not start")
            said = self.confined.said.decode("utf-8", "replace").strip()
            raise SandboxFailed("the sandbox did not start", help=said or f"It gave no answer within {STARTS:.0f} s.")

    def run(self, source: str, where: str) -> Outcome:
        """Run a cell, and say what stopped it, if anything; `where` names the cell in the message."""
        self.hides_inputs = False
        if self.gone:
            return Outcome(f"{where} was not run: {self.gone}")
        reply = self.ask({"do": "run", "source": source}, self.limits.cell)
        if self.cut or reply is None:
            return Outcome(f"{where} was stopped: {self.gone or self.cut}", help=LIMITED)
        if reply.get("status") == "ok":
            return Outcome()
        line = reply.get("line")
        blank = len(source) - len(source.lstrip("\n"))
        place = f"line {line + blank} of {where}" if isinstance(line, int) and line > 0 else where
        return Outcome(f"{raised(reply, hides=False)} (in {place})")

    @contextmanager
    def still(self, variables: Iterable[str]) -> Iterator[None]:
        """Take the answers in `variables`, then keep the notebook still: it acts only where a function is called.

        Whoever looks at the network meanwhile sees one and the same, and none that knows what has been looked at.
        """
        for name in variables:
            with suppress(Failed):
                self.taken[name] = self.answer(name)
        try:
            with self.standstill.lasting():
                yield
        finally:
            self.taken = {}

    def keep(self, task: str, functions: Iterable[str]) -> None:
        """Have the notebook keep `functions` as they are now, for when `task` is recalled."""
        for name in functions:
            with suppress(Failed):
                self.value(expression("keep", task, name), f"the function {name!r}", self.limits.call)

    def left_out(self) -> list[str]:
        """Return which of the learner's verbs were called here that a grading does not do."""
        with suppress(Failed):
            said = self.value(expression("left_out"), "the verbs", self.limits.call)
            return [verb for verb in UNDONE if isinstance(said, list) and verb in said]
        return []

    def recall(self, task: str) -> None:
        """Call functions from now on as they were kept for `task`."""
        self.recalled = task

    def answer(self, name: str) -> Any:
        """Return the notebook's variable `name` as JSON data; raises Failed when there is none that fits."""
        if name in self.taken:
            return deepcopy(self.taken[name])
        return self.value(expression("answer", name), f"the variable {name!r}", self.limits.call)

    def call(self, function: str) -> Callable[..., Any]:
        """Return a callable that runs the notebook's `function`; what the learner must mend is raised as Failed."""

        def run(*args: Any, **kwargs: Any) -> Any:
            given = json.dumps({"args": args, "kwargs": kwargs}, allow_nan=False)
            shown = "…" if self.hides_inputs else shown_arguments(args, kwargs)
            wanted = expression("call", function, given, self.recalled)
            return self.value(wanted, f"{function}({shown})", self.limits.call)

        return run

    def value(self, wanted: str, what: str, limit: float) -> Any:
        """Evaluate an expression of `inside` in the kernel and return the JSON data that it carries."""
        if self.gone:
            raise Failed(f"{what} could not be asked: {self.gone}")
        reply = self.ask({"do": "evaluate", "expression": wanted}, limit)
        if self.cut or reply is None:
            raise Failed(f"{what} was stopped: {self.gone or self.cut}", help=LIMITED)
        carried = reply.get("data")
        held = carried.get(MIME) if isinstance(carried, dict) else None
        if not isinstance(held, str):
            broke = text(reply, "broke") or "an error"
            raise Failed(f"{what} gave nothing that can be read", help=f"It ended with {broke}.")
        return self.opened(held, what)

    def opened(self, held: str, what: str) -> Any:
        """Return the value in what `inside` carried out; raises Failed for each thing that can be wrong with it."""
        try:
            said = parse(held)
            if isinstance(said, dict) and isinstance(said.get("value"), str):
                return parse(said["value"])
        except NotStrict as error:
            raise Failed(f"{what} gave data that {error}", help=PLAIN) from None
        raise failure(said if isinstance(said, dict) else {}, what, self.hides_inputs)

    def hiding(self, hides: bool) -> NotebookKernel:
        """Return this kernel, which from now on repeats nothing of what it was asked, or does again."""
        self.hides_inputs = hides
        return self

    def ask(self, wanted: dict[str, Any], limit: float) -> dict[str, Any] | None:
        """Send a request and return its answer; at `limit` seconds it is interrupted, then ended."""
        with self.standstill.interrupted():
            return self.asked(wanted, limit)

    def asked(self, wanted: dict[str, Any], limit: float) -> dict[str, Any] | None:
        self.number += 1
        self.cut = ""
        self.confined.send({"id": self.number, **wanted})
        began = time.monotonic()
        reply = self.reply_to(self.number, began + min(limit, self.left))
        self.left -= time.monotonic() - began
        if reply is None and not self.gone:
            in_all = f"the notebook took more than {self.limits.whole:.0f} s in all"
            reply = self.interrupt(in_all if self.left <= 0 else f"it took more than {limit:.0f} s")
        return reply

    def interrupt(self, reason: str) -> dict[str, Any] | None:
        """Stop what runs, and remember why; a kernel that does not obey is ended."""
        self.cut = reason
        self.confined.send({"do": "interrupt"})
        reply = self.reply_to(self.number, time.monotonic() + OBEYS)
        if reply is None:
            self.confined.kill(f"{reason} and did not stop when interrupted")
        return reply

    def reply_to(self, number: int, deadline: float) -> dict[str, Any] | None:
        """Return the answer to a request; lines that are none are dropped, and the kernel's end ends the wait."""
        while True:
            line = self.confined.receive(deadline)
            if line is None:
                return None
            said = read_line(line)
            if said.get("status") == "dead":
                code = "" if self.hides_inputs else f" with code {str(said.get('code'))[:10]}"
                self.confined.kill(f"the notebook's kernel ended{code}")
                return None
            if said.get("id") == number:
                return said

    @property
    def gone(self) -> str:
        """Why there is no kernel any more; empty while there is one."""
        return f"the kernel is gone: {self.confined.ended}" if self.confined.ended else ""


LIMITED = "Look for a loop that does not end, or a call that waits for ever, and try the cell in a fresh kernel."
PLAIN = "Return plain data: dict, list, str, int, float, bool or None."


def failure(said: dict[str, Any], what: str, hides: bool) -> Failed:
    """Return what the learner must mend, as `inside` told it."""
    if "missing" in said:
        name = what.removeprefix("the ").partition("(")[0]
        return Failed(f"there is no {name} in the notebook", help="Define it in the task's cell.")
    if "uncallable" in said:
        kind = "" if hides else f" but {text(said, 'uncallable')}"
        return Failed(f"{what.partition('(')[0]} is no function{kind}")
    if "raised" in said:
        line = "" if hides else text(said, "line")
        if not line:
            return Failed(f"{what} raised {raised(said, hides)}")
        follow = f"Call `{what.partition('(')[0]}` in a cell of the notebook, and follow the exception from there."
        return Failed(f"{what} raised {raised(said, hides)} (in the line: {line})", help=follow)
    if "unfit" in said:
        kind = "something" if hides else text(said, "unfit")
        return Failed(f"{what} gave {kind}, which is no JSON data", help=PLAIN)
    if "large" in said:
        length = said["large"]
        much = f": {length} characters of JSON" if isinstance(length, int) and not hides else ""
        return Failed(f"{what} gave more than can be judged{much}")
    return Failed(f"{what} gave nothing that can be read", help=PLAIN)


def raised(said: dict[str, Any], hides: bool) -> str:
    """Return the exception of the learner's function; with hidden inputs no word of its own."""
    name = text(said, "raised")
    if not hides:
        says = text(said, "says")
        return f"{name or 'an error'}: {says}" if says else name or "an error"
    return name if name in TOLD else "an exception"


def expression(function: str, *arguments: str) -> str:
    """Return Python that calls a function of `inside`, whatever names the notebook has taken."""
    given = ", ".join(map(repr, arguments))
    return f"__import__('netdojo.grading.inside', fromlist=['inside']).{function}({given})"


def shown_arguments(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Return the arguments of a call as they may stand in a message."""
    words = [repr(value) for value in args] + [f"{name}={value!r}" for name, value in kwargs.items()]
    shown = ", ".join(words)
    return shown if len(shown) <= SHOWN_CAP else "…"


def read_line(line: bytes) -> dict[str, Any]:
    """Return a line of the sandbox; what is no mapping is an empty one."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def text(said: dict[str, Any], name: str, cap: int = 300) -> str:
    """Return what stands under `name` as short text, without what a terminal would obey."""
    held = str(said.get(name, ""))[:cap]
    return "".join(character if character.isprintable() else " " for character in held).strip()
