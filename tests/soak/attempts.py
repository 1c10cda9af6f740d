"""One kill after the other, and a look at what each has left before the next client could clear it."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise

from . import course, machine
from .clients import Client
from .machine import is_half_written, until
from .victims import PHASES, Outcome, Place, strike

Excuse = Callable[[str], bool]
"""Whether something of the census may stay."""


def nothing(_: str) -> bool:
    """Excuse nothing."""
    return False


class Soak:
    """The kills on this machine, each from the same state: nothing is there, but for the network where one must be."""

    def __init__(self, place: Place) -> None:
        self.place = place
        course.write(machine.here())
        self.place.call("deploy")
        self.place.call("save")
        self.place.call("destroy")
        self.durations = {phase: self.measured(phase) for phase in PHASES}
        self.at_first = self.place.census()

    def measured(self, phase: str) -> float:
        """Return the seconds that a phase takes, and leave nothing of it."""
        if phase in {"run", "destroy"}:
            self.place.call("deploy")
        at_work = Client(phase, runtime=self.place.runtime)
        code, _, err = at_work.end(self.place.patience)
        assert not code, err
        took = time.monotonic() - at_work.began
        self.place.call("destroy")
        clear()
        return took

    def one(self, phase: str, victim: str) -> Outcome:
        """Kill once; where there was nothing to kill any more, an earlier moment's turn comes."""
        duration = self.durations[phase]
        while True:
            outcome = self.attempt(Outcome(phase, victim, random.uniform(0, duration)), duration)
            if outcome.killed or not outcome.good:
                return outcome
            duration /= 2

    def attempt(self, outcome: Outcome, duration: float) -> Outcome:
        """Kill, and count what is left before another client is at work; what those leave that follow counts too."""
        if outcome.phase in {"run", "destroy"}:
            self.place.call("deploy")
        before = self.place.census()
        at_work = Client(outcome.phase, runtime=self.place.runtime)
        try:
            strike(self.place, outcome, at_work, duration)
        except BaseException:
            at_work.kill()
            raise
        code = self.end(outcome, at_work)
        try:
            if outcome.killed:
                self.look(outcome, code, before)
            else:
                self.place.call("destroy")
            self.deploy_again(outcome)
        except RuntimeError as error:
            outcome.faults.append(str(error))
            with suppress(RuntimeError):
                self.place.call("destroy")
        self.count(outcome, self.at_first)
        clear()
        return outcome

    def end(self, outcome: Outcome, at_work: Client) -> int:
        """Wait for the client's end, and judge how it ended; return its exit code."""
        code, _, err = at_work.end(self.place.patience)
        if (
            code not in {-signal.SIGKILL, 0, 2, 3}
            or "Traceback" in err
            or "fault of netdojo" in err
            or "had not" in err
        ):
            outcome.faults.append(f"the client ended with {code}: {err.strip()}")
        if code == 0 and outcome.victim == "client":
            outcome.killed = ""
        return code

    def look(self, outcome: Outcome, code: int, before: frozenset[str]) -> None:
        """Count what is left of a network that has gone; judge one that lives on, and count what is left at its end.

        What was started for a client that is killed while its network is up has to go as well; `before` was there, and
        what the network's own folder has, it keeps.
        """
        if not self.lives(outcome, code):
            self.count(outcome, self.at_first, excused(self.place, outcome, code))
            return
        if outcome.phase == "run":
            if outcome.victim == "client":
                self.count(outcome, before | {*filter(machine.is_of_network, self.place.census())})
            self.judge_alive(outcome)
        self.place.call("destroy")
        self.count(outcome, self.at_first)

    def lives(self, outcome: Outcome, code: int) -> bool:
        """Whether the network is to live on: a daemon of it was killed, or a client that had not to do with its life.

        One that is killed leaves the network once it has taken it over, and until it has asked for its end.
        """
        if outcome.victim == "daemon":
            return outcome.phase == "run" or (outcome.phase != "destroy" and not code)
        if outcome.victim != "client" or outcome.phase == "run":
            return outcome.victim == "client"
        until(lambda: not any(self.place.halves()) or self.place.lives(), self.place.settling)
        return self.place.lives()

    def count(self, outcome: Outcome, known: frozenset[str], waits: Excuse = nothing) -> None:
        """Add what is there beyond `known` to the outcome: what `waits`, what is half written, and what is left."""
        half = is_half_written if outcome.victim == "client" else nothing
        left = self.left(known, lambda one: waits(one) or half(one))
        more = self.place.census() - known
        outcome.left = sorted({*outcome.left, *left})
        outcome.waiting = sorted({*outcome.waiting, *filter(waits, more)})
        outcome.half = sorted({*outcome.half, *filter(half, more)})

    def left(self, known: frozenset[str], excuse: Excuse) -> frozenset[str]:
        """Return what stays, or comes and stays; what others put down and take up again meanwhile does not count.

        It is looked at again and again, until twice in a row nothing was there in both of two looks.
        """
        end = time.monotonic() + self.place.settling
        looks = [self.rest(known, excuse)]
        while time.monotonic() < end:
            time.sleep(self.place.quiet)
            looks = [*looks[-2:], self.rest(known, excuse)]
            if len(looks) == 3 and not any(one & other for one, other in pairwise(looks)):
                return frozenset()
        return looks[-2] & looks[-1]

    def rest(self, known: frozenset[str], excuse: Excuse) -> frozenset[str]:
        return frozenset(one for one in self.place.census() - known if not excuse(one))

    def judge_alive(self, outcome: Outcome) -> None:
        """Find the network, with its nodes' states as they are."""
        truth = sorted(["running", "running" if outcome.victim == "client" else "degraded"])
        told = self.place.status()
        if not isinstance(told, dict) or truth != sorted(told.values()):
            outcome.faults.append(f"of the network that lives on, {told} is told")

    def deploy_again(self, outcome: Outcome) -> None:
        """Deploy where nothing was cleared beforehand, look, and destroy."""
        self.place.call("deploy")
        told = self.place.status()
        self.place.call("destroy")
        outcome.again = told == {"left": "running", "right": "running"}


def excused(place: Place, outcome: Outcome, code: int) -> Excuse:
    """Return what may wait for the next client, since no process is left that could have cleared it.

    That is the folder that a killed client was about to fill; and of a supervisor that was killed as a whole its
    network, unless a client followed it still: until that has taken it over, and when that ends it.
    """
    if outcome.victim == "client" and outcome.phase in {"deploy", "restore"}:
        return machine.is_of_network
    if outcome.victim == "both" and (outcome.phase == "run" or (outcome.phase != "destroy" and not code)):
        return place.abandoned
    return nothing


def clear() -> None:
    """Remove what clients were asked for, and what they left beside it, which has been counted."""
    for top in machine.FOLDERS:
        for path in (machine.here() / top).iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
