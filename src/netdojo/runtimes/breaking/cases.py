"""A fault that is being put on a network or taken from it, and the programs that ask and change the network for it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from netdojo.errors import FaultFailed
from netdojo.model import Answer, FaultKind, FaultOptions, Network, Topology
from netdojo.runtimes.serving import control

SOON = 5.0
"""Seconds within which the kernel or a daemon does what it was asked for."""
_POLL = 0.02

Before = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One fault of a network."""

    network: Network
    id: int
    kind: FaultKind
    target: str
    options: FaultOptions

    @property
    def topology(self) -> Topology:
        return self.network.topology

    @property
    def key(self) -> str:
        """The name of what the network's supervisor holds for this fault."""
        return f"fault {self.id}"

    def run(self, node: str, *argv: str, stdin: str = "", timeout: float = 10) -> Answer:
        """Run the host's own program on the node's network and sockets, whether the node has power or not."""
        return control.command(self.network, "beside", node, list(argv), stdin.encode(), timeout)

    def do(self, node: str, *argv: str, stdin: str = "", timeout: float = 10) -> str:
        """Run it and return what it printed; raises FaultFailed with what it said when it does not end well."""
        answer = self.run(node, *argv, stdin=stdin, timeout=timeout)
        if not answer.ok:
            said = (answer.stderr or answer.stdout).strip() or f"code {answer.code}"
            raise FaultFailed(f"{node}: {' '.join(argv)!r} failed: {said}")
        return answer.stdout

    def asked(self, node: str, *argv: str) -> Any:
        """Return what it printed as JSON."""
        return json.loads(self.do(node, *argv) or "[]")

    def supervisor(self, verb: str, *, timeout: float = 10, **message: Any) -> dict[str, Any]:
        """Ask the network's supervisor; raises FaultFailed when the node has ended."""
        answer = control.request(self.network, {"verb": verb, **message}, timeout)
        if answer.get("gone"):
            raise FaultFailed(f"{message['node']} has stopped, and cannot be broken or mended any more")
        return answer

    def until(self, holds: Callable[[], bool], otherwise: str, seconds: float = SOON) -> None:
        """Ask until `holds()`; raises FaultFailed with `otherwise` after `seconds`."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise FaultFailed(f"{otherwise} within {seconds:g} s")
            time.sleep(_POLL)


class Way(NamedTuple):
    """How faults of one kind come and go.

    `touches` names what a fault has to itself; two faults that touch the same are refused. `prepare` looks whether it
    can be, changes nothing, and returns what is needed to lift it. `impose` does it and returns what showed from
    outside that it has taken effect. `lift` takes it back, also half of it, and looks that it is gone. Each raises
    FaultRefused, HostNotReady or FaultFailed.
    """

    touches: Callable[[Case], Sequence[str]]
    prepare: Callable[[Case], Before]
    impose: Callable[[Case, Before], str]
    lift: Callable[[Case, Before], None]
