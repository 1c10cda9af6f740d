"""The SSH sessions of a network: how many each node has had, and whether they may go on."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from netdojo.runtimes.serving.processes import all_pids, session_of
from netdojo.runtimes.serving.signals import signal_each, stop_all


class Visit(Protocol):
    """A session as it is held: its first process, what begins it, and what hands on the input that came meanwhile."""

    leader: int

    def begin(self) -> None: ...
    def go_on(self) -> None: ...


class Visits:
    """Who is logged in to the nodes of a network. Held, nobody does anything, and nobody is sent away."""

    def __init__(self) -> None:
        self.held = False
        self.begun: Counter[str] = Counter()
        self._here: set[Visit] = set()
        self._waiting: list[Visit] = []

    def come(self, node: str, visit: Visit) -> None:
        """Begin a session at `node`, once sessions may go on."""
        self.begun[node] += 1
        self._here.add(visit)
        if self.held:
            self._waiting.append(visit)
        else:
            visit.begin()

    def leave(self, visit: Visit) -> None:
        self._here.discard(visit)
        with suppress(ValueError):
            self._waiting.remove(visit)

    def hold(self) -> None:
        """Stop every process of every session, also those that are started while they are being stopped."""
        self.held = True
        stop_all(self._processes)

    def go_on(self) -> None:
        """Let every session go on, with the input that has come meanwhile."""
        self.held = False
        signal_each(self._processes(), signal.SIGCONT)
        waiting, self._waiting = self._waiting, []
        resume: list[Callable[[], None]] = [visit.go_on for visit in self._here if visit not in waiting]
        for each in (*resume, *(visit.begin for visit in waiting)):
            each()

    def _processes(self) -> set[int]:
        """Return the processes of every session that has begun."""
        leaders = {visit.leader for visit in self._here if visit.leader}
        return {pid for pid in all_pids() if session_of(pid) in leaders} if leaders else set()
