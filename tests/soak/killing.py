"""Kills one process of a network at a random moment, and looks at what that left: nothing, and the next deploy works.

    python -m tests.soak.killing [--runtime namespaces|containerlab] [--kills 24] [--machines 1] [--seed 1] [--json]

Runs on a machine of its own; of containers, which docker has, on this one. Every phase is tried with every victim, in
an order and at moments that the seed decides; what the kernel makes of them is not for a seed to decide, so that a
second run need not meet what a first one met.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import containers, course, machine
from .clients import PATIENCE, Client, call
from .machine import name_of, parent_of, pids, until, words_of

PHASES = ("deploy", "run", "restore", "destroy")
VICTIMS = ("keeper", "first", "both", "client", "daemon")
CELLS = [(phase, victim) for phase in PHASES for victim in VICTIMS]
SWEPT = "networks/pair"
"""What a client that was killed may leave until the next one looks: the folder that it was about to fill."""


@dataclass
class Outcome:
    """What became of one kill."""

    phase: str
    victim: str
    moment: float
    killed: str = ""
    swept: bool = False
    left: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    again: bool = False

    @property
    def good(self) -> bool:
        return self.again and not self.left and not self.faults


@dataclass(frozen=True)
class Place:
    """Where the kills are done: what is to be seen there, and how long things take (seconds)."""

    runtime: str
    census: Callable[[], frozenset[str]]
    daemons: Callable[[], list[int]]
    ours: Callable[[int], bool]
    settling: float
    patience: float = PATIENCE

    def find(self, victim: str, at_work: Client) -> list[int]:
        """Return the processes that are to be killed, none while they are not there."""
        if victim == "client":
            return [] if at_work.over else [at_work.pid]
        if victim == "daemon":
            return one_of(self.daemons())
        name = f"netdojo.runtimes.{self.runtime}.supervisor"
        held = [pid for pid in pids() if name in words_of(pid) and self.ours(pid)]
        top = [pid for pid in held if parent_of(pid) not in held]
        below = [pid for pid in held if parent_of(pid) in top]
        return {"keeper": top, "first": one_of(below), "both": [*top, *below] if below else []}[victim]

    def call(self, verb: str) -> str:
        return call(verb, self.runtime)

    def status(self) -> dict[str, str] | None:
        """Return the nodes of the network that a new client finds, each with its state; None of one that is ending."""
        code, out, err = Client("status", runtime=self.runtime).end(self.patience)
        if code and "is not running" not in err:
            raise RuntimeError(f"status ended with {code}: {err}")
        found: dict[str, str] | None = None if code else json.loads(out)
        return found


OF_ITS_OWN = Place("namespaces", machine.census, machine.daemons, lambda _: True, settling=10)
WITH_DOCKER = Place("containerlab", containers.census, containers.daemons, containers.ours, settling=60, patience=150)


def one_of(found: list[int]) -> list[int]:
    return random.sample(found, 1) if found else []


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


class Soak:
    """The kills on this machine, each from the same state: nothing is there, but for the network where one must be."""

    def __init__(self, place: Place) -> None:
        self.place = place
        course.write(machine.here())
        self.place.call("deploy")
        self.place.call("save")
        self.place.call("destroy")
        self.durations = {phase: self.measured(phase) for phase in PHASES}
        self.nothing = self.place.census()

    def measured(self, phase: str) -> float:
        """Return the seconds that a phase takes, and leave nothing of it."""
        if phase in {"run", "destroy"}:
            self.place.call("deploy")
        at_work = Client(phase, runtime=self.place.runtime)
        code, _, err = at_work.end(self.place.patience)
        assert not code, err
        took = time.monotonic() - at_work.began
        self.place.call("destroy")
        for name in (machine.here() / "tmp").iterdir():
            subprocess.run(["rm", "-rf", str(name)], check=True)
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
        if outcome.phase in {"run", "destroy"}:
            self.place.call("deploy")
        at_work = Client(outcome.phase, runtime=self.place.runtime)
        try:
            strike(self.place, outcome, at_work, duration)
        except BaseException:
            at_work.kill()
            raise
        code, _, err = at_work.end(self.place.patience)
        if (
            code not in {-signal.SIGKILL, 0, 2, 3}
            or "Traceback" in err
            or "fault of netdojo" in err
            or "had not" in err
        ):
            outcome.faults.append(f"the client ended with {code}: {err.strip()}")
        if code == 0 and outcome.victim == "client" and outcome.killed:
            outcome.killed = ""
        self.settle(outcome, at_work)
        try:
            self.judge_and_end(outcome)
            subprocess.run(["rm", "-rf", *map(str, (machine.here() / "tmp").iterdir())], check=True)
            outcome.left = sorted(self.left())
            self.deploy_again(outcome)
        except RuntimeError as error:
            outcome.faults.append(str(error))
        return outcome

    def left(self) -> frozenset[str]:
        """Return what stays that was not there before; what others put down and take up again meanwhile does not."""
        left = self.place.census() - self.nothing
        end = time.monotonic() + self.place.settling
        while left and time.monotonic() < end:
            time.sleep(0.01)
            left &= self.place.census()
        return left

    def settle(self, outcome: Outcome, at_work: Client) -> None:
        """Wait until the network has gone as it should, or is seen to live on."""
        if not outcome.killed:
            return
        lives = outcome.phase == "run" and outcome.victim in {"client", "daemon"}
        if lives or outcome.victim == "daemon":
            return
        until(lambda: self.gone() or self.taken(outcome, at_work), self.place.settling)
        outcome.swept = any(f"file {machine.here()}/home/{SWEPT}" == one for one in self.place.census())
        if outcome.swept and outcome.victim not in {"client", "both"} and self.gone():
            outcome.faults.append("the network's folder is left to the next client")

    def gone(self) -> bool:
        return not [one for one in self.place.census() - self.nothing if not one.startswith("file")]

    def taken(self, outcome: Outcome, at_work: Client) -> bool:
        """Whether the network lives on, since its client had taken it over, or had not yet ended it."""
        if outcome.victim != "client" or not self.place.find("keeper", at_work):
            return False
        return outcome.phase == "destroy" or self.place.status() is not None

    def judge_and_end(self, outcome: Outcome) -> None:
        """Find the network where it must have lived on, with its nodes' states as they are; then end it."""
        if outcome.phase == "run" and outcome.killed:
            if outcome.victim in {"client", "daemon"}:
                self.judge_alive(outcome)
            elif self.place.status() is not None:
                outcome.faults.append("the network lives on without its supervisor")
        self.place.status()
        self.place.call("destroy")

    def judge_alive(self, outcome: Outcome) -> None:
        truth = sorted(["running", "running" if outcome.victim == "client" else "stopped"])
        told = self.place.status()
        if not isinstance(told, dict) or truth != sorted(told.values()):
            outcome.faults.append(f"of the network that lives on, {told} is told")

    def deploy_again(self, outcome: Outcome) -> None:
        self.place.call("deploy")
        told = self.place.status()
        self.place.call("destroy")
        outcome.again = told == {"left": "running", "right": "running"}


def soak(place: Place, kills: int, seed: int) -> list[Outcome]:
    """Kill so many times, each phase with each victim in turn, unless asked to end before; tell of each fault."""
    random.seed(seed)
    at_work = Soak(place)
    turns: list[tuple[str, str]] = []
    while len(turns) < kills:
        turns += random.sample(CELLS, len(CELLS))
    found: list[Outcome] = []
    with suppress(KeyboardInterrupt, SystemExit):
        for number, (phase, victim) in enumerate(turns[:kills], 1):
            found.append(at_work.one(phase, victim))
            if not found[-1].good:
                sys.stderr.write(f"kill {number}: {found[-1]}\n")
    return found


def table(found: list[Outcome], seed: int) -> str:
    """Return what became of the kills, a line for each phase and victim."""
    lines = [f"{'phase':<9}{'victim':<9}{'kills':>6}{'left behind':>13}{'faults':>8}{'next deploy':>13}{'swept':>7}"]
    for phase, victim in CELLS:
        its = [one for one in found if (one.phase, one.victim) == (phase, victim)]
        if its:
            left, faults = (sum(map(bool, each)) for each in zip(*((one.left, one.faults) for one in its), strict=True))
            again, swept = sum(one.again for one in its), sum(one.swept for one in its)
            lines.append(
                f"{phase:<9}{victim:<9}{len(its):>6}{left:>13}{faults:>8}{f'{again} of {len(its)}':>13}{swept:>7}"
            )
    good = sum(one.good for one in found)
    return "\n".join([*lines, f"{good} of {len(found)} kills left nothing, and the next deploy worked; seed {seed}."])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", choices=("namespaces", "containerlab"), default="namespaces")
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--machines", type=int, default=1, help="of its own, side by side")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--json", action="store_true", help="each kill instead of the table")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    if given.runtime == "containerlab":
        found = with_docker(given.kills, given.seed)
    elif machine.MARK in os.environ:
        found = soak(OF_ITS_OWN, given.kills, given.seed)
    else:
        found = side_by_side(given.kills, given.seed, given.machines)
    said = json.dumps([asdict(one) for one in found]) if given.json else table(found, given.seed)
    sys.stdout.write(said + "\n")
    sys.exit(any(not outcome.good for outcome in found))


def side_by_side(kills: int, seed: int, machines: int) -> list[Outcome]:
    """Share the kills out among several machines, each with a seed of its own: seed, seed + 1, and so on."""
    shares = [kills // machines + (number < kills % machines) for number in range(machines)]
    words = [
        ["tests.soak.killing", f"--kills={share}", f"--seed={seed + number}", "--json"]
        for number, share in enumerate(shares)
    ]
    with ThreadPoolExecutor(machines) as pool:
        done = [one.stdout for one in pool.map(machine.run, words)]
    return [Outcome(**outcome) for said in done for outcome in json.loads(said)]


def with_docker(kills: int, seed: int) -> list[Outcome]:
    """Kill on this very machine, in a home of its own."""
    with tempfile.TemporaryDirectory(prefix="soak-", dir="/tmp") as folder:
        os.environ.update(machine.environment(Path(folder)))
        try:
            return soak(WITH_DOCKER, kills, seed)
        finally:
            WITH_DOCKER.call("destroy")


if __name__ == "__main__":
    main()
