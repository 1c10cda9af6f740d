"""Where kills are done, and which processes they are for."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from . import containers, machine
from .clients import PATIENCE, Client, call
from .machine import name_of, parent_of, pids, until, words_of

PHASES = ("deploy", "run", "restore", "destroy")
VICTIMS = ("keeper", "first", "both", "client", "daemon")
"""The half of the supervisor that cleans up, another one, all of it, its client, a daemon of a node."""
CELLS = [(phase, victim) for phase in PHASES for victim in VICTIMS]
STEADY = 0.5
"""Seconds for which a network stays as it is that nothing ends."""


@dataclass
class Outcome:
    """What became of one kill.

    `left` is all that stayed and should not have. `waiting` is what only the next client could clear, since every
    process that could have was killed; `half` is what a killed client had half written beside what it was asked for.
    `faults` is what was told wrongly, `again` whether the next deploy worked.
    """

    phase: str
    victim: str
    moment: float
    killed: str = ""
    waiting: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    again: bool = False

    @property
    def good(self) -> bool:
        return self.again and not self.left and not self.faults


@dataclass(frozen=True)
class Place:
    """Where the kills are done: what is to be seen there, and how long things take (seconds).

    `abandoned` tells of something in the census whether it is of a network whose every process was killed. It takes no
    longer than `settling` until all has gone; one look is `quiet` after the other.
    """

    runtime: str
    census: Callable[[], frozenset[str]]
    daemons: Callable[[], list[int]]
    ours: Callable[[int], bool]
    abandoned: Callable[[str], bool]
    settling: float
    quiet: float
    patience: float = PATIENCE

    def halves(self) -> tuple[list[int], list[int]]:
        """Return the keeper, and what it watches over."""
        name = f"netdojo.runtimes.{self.runtime}.supervisor"
        held = [pid for pid in pids() if name in words_of(pid) and self.ours(pid)]
        top = [pid for pid in held if parent_of(pid) not in held]
        return top, [pid for pid in held if parent_of(pid) in top]

    def find(self, victim: str, at_work: Client) -> list[int]:
        """Return the processes that are to be killed, none while they are not there."""
        if victim == "client":
            return [] if at_work.over else [at_work.pid]
        if victim == "daemon":
            return one_of(self.daemons())
        top, below = self.halves()
        return {"keeper": top, "first": one_of(below), "both": [*top, *below] if below else []}[victim]

    def lives(self) -> bool:
        """Whether a network is there that its client's end does not end, and that nobody is ending."""
        held = self.holders()
        return bool(held) and not until(lambda: self.holders() != held, STEADY)

    def holders(self) -> frozenset[int]:
        """Return the halves of a network that was taken over: its keeper has let go of the client's socket."""
        top, below = self.halves()
        return frozenset() if not below or any(map(has_socket, top)) else frozenset([*top, *below])

    def call(self, verb: str) -> str:
        return call(verb, self.runtime, self.patience)

    def status(self) -> dict[str, str] | None:
        """Return the nodes of the network that a new client finds, each with its state; None of one that is ending."""
        code, out, err = Client("status", runtime=self.runtime).end(self.patience)
        if code and "is not running" not in err:
            raise RuntimeError(f"status ended with {code}: {err}")
        found: dict[str, str] | None = None if code else json.loads(out)
        return found


OF_ITS_OWN = Place(
    "namespaces",
    machine.census,
    machine.daemons,
    lambda _: True,
    machine.is_of_network,
    settling=10,
    quiet=0.2,
)
WITH_DOCKER = Place(
    "containerlab",
    containers.census,
    containers.daemons,
    containers.ours,
    containers.is_of_network,
    settling=60,
    quiet=2,
    patience=150,
)


def one_of(found: list[int]) -> list[int]:
    return random.sample(found, 1) if found else []


def has_socket(pid: int) -> bool:
    with suppress(OSError):
        descriptors = f"/proc/{pid}/fd"
        return any(os.readlink(f"{descriptors}/{one}").startswith("socket:") for one in os.listdir(descriptors))
    return False


def strike(place: Place, outcome: Outcome, at_work: Client, duration: float) -> None:
    """Kill the victim at its moment; where it is not there yet, at another one after it has come."""
    time.sleep(max(0.0, at_work.began + outcome.moment - time.monotonic()))
    if not place.find(outcome.victim, at_work):
        until(lambda: at_work.over or place.find(outcome.victim, at_work), PATIENCE)
        time.sleep(random.uniform(0, max(0.0, at_work.began + duration - time.monotonic())))
    for pid in [] if at_work.over else place.find(outcome.victim, at_work):
        outcome.killed += f" {name_of(pid)}"
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    outcome.moment = time.monotonic() - at_work.began
