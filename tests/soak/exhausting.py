"""Takes file handles, processes or room away from a network, and looks at what is said and what that left.

    python -m tests.soak.exhausting [--of handles|processes|room] [--every 1] [--json]

Runs on a machine of its own, as an ordinary user, whom alone the kernel holds to a number of processes. Each amount is
tried with a deployment, and then on a network that is up: of its client, and of its supervisor. What cannot be done
must be told in words, with the next step and the exit code of what could not be done; nothing may be left; and with the
resource back the next deployment must work.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path

from . import course, machine
from .clients import Client, call, unlimited
from .machine import census, name_of, pids, until

ORDINARY = 65500
"""A user whom no machine has."""
HANDLES = (*range(10, 34), 48, 64, 256)
PROCESSES = (*range(18), 20, 24, 28, 32)
"""More than there are before."""
KILOBYTES = (*range(4, 52, 4), 64, 256)
AMOUNTS = {"handles": HANDLES, "processes": PROCESSES, "room": KILOBYTES}
SAID = {"handles": "file handles", "processes": "processes", "room": "room on the disk|No space left"}
VERBS = ("execute", "connect", "keep", "status", "destroy")
SETTLING = 10.0


@dataclass
class Tried:
    """What became of one verb with so much of something."""

    of: str
    whose: str
    amount: int
    verb: str
    code: int = 0
    said: str = ""
    left: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.left and not self.faults


def handles(amount: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (amount, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def processes(amount: int) -> Callable[[], None]:
    most = threads() + 1 + amount
    return lambda: resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def threads() -> int:
    """Return how many processes of this user there are, as the kernel counts them."""
    found = 0
    for pid in pids():
        with suppress(OSError):
            found += len(os.listdir(f"/proc/{pid}/task"))
    return found


@contextmanager
def room(kilobytes: int) -> Iterator[None]:
    """Give netdojo's home and its place for temporary files so much together."""
    folder = machine.here()
    for name in ("home", "tmp"):
        (folder / name).mkdir(exist_ok=True)
        words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0777", "tmpfs", str(folder / name)]
        subprocess.run(words, check=True)
    try:
        yield
    finally:
        for name in ("home", "tmp"):
            subprocess.run(["umount", "-l", str(folder / name)], check=True)


class Exhausting:
    """The trials on this machine, each from the same state: nothing is there, or the network alone."""

    def __init__(self) -> None:
        course.write(machine.here())
        call("deploy")
        call("save")
        call("destroy")
        self.nothing = census()

    def attempt(self, tried: Tried, limit: Callable[[], None] = unlimited) -> Tried:
        """Have a client do its work within a limit, and judge what it said."""
        tried.code, _, err = Client(tried.verb, limit).end()
        tried.said = err.strip()
        if (
            "Traceback" in err
            or "fault of netdojo" in err
            or "had not ended" in err
            or tried.code not in {0, 1, 2, 3, 126}
        ):
            tried.faults.append("it did not end as it should")
        elif tried.code and not told_clearly(tried):
            tried.faults.append("it is not said what was wanting")
        return tried

    def deployment(self, tried: Tried, limit: Callable[[], None] = unlimited) -> Tried:
        self.attempt(tried, limit)
        if tried.code == 0:
            call("destroy")
        self.look_for_rest(tried)
        return tried

    def look_for_rest(self, tried: Tried) -> None:
        """Tell what there is that was not there before; a network must be deployed again without it."""
        until(lambda: census() <= self.nothing, SETTLING)
        tried.left = sorted(census() - self.nothing)
        if tried.code or tried.left:
            try:
                call("deploy")
                call("destroy")
            except RuntimeError as error:
                tried.faults.append(f"the next deployment: {error}")

    def deployments(self, of: str, every: int) -> Iterator[Tried]:
        """Deploy and restore with more and more of something, of whose amounts every so-manieth is tried."""
        for amount in AMOUNTS[of][::every]:
            for verb in ("deploy", "restore"):
                tried = Tried(of, "everybody's", amount, verb)
                if of == "room":
                    self.deployment_in_a_room(tried)
                else:
                    self.deployment(tried, handles(amount) if of == "handles" else processes(amount))
                yield tried

    def deployment_in_a_room(self, tried: Tried) -> None:
        with room(tried.amount):
            with_room = census()
            self.attempt(tried)
            if tried.code == 0:
                call("destroy")
            networks = f"file {machine.here()}/home/networks"
            until(lambda: census() <= with_room | {networks}, SETTLING)
            tried.left = sorted(census() - with_room - {networks})
        if not tried.left:
            self.look_for_rest(tried)

    def running(self, of: str, every: int) -> Iterator[Tried]:
        """Take it from the client, and from the supervisor, of a network that is up; destroy must always work."""
        amounts = {"handles": (5, 8, 10, 12, 16, 24), "processes": (0, 1, 2, 3), "room": (0,)}[of]
        for amount in amounts[::every]:
            for verb in VERBS:
                yield from self.on_a_network(of, amount, verb)

    def on_a_network(self, of: str, amount: int, verb: str) -> Iterator[Tried]:
        if of == "room":
            with room(4096):
                call("deploy")
                fill(machine.here() / "home" / "filler")
                fill(machine.here() / "tmp" / "filler")
                tried = self.attempt(Tried(of, "everybody's", amount, verb))
                self.destroy(tried)
                if (machine.here() / "home" / "networks" / "pair").exists():
                    tried.left.append("the network's folder")
            self.look_for_rest(tried)
            yield tried
            return
        for whose in ("the client's", "the supervisor's"):
            call("deploy")
            tried = Tried(of, whose, amount, verb)
            if whose == "the client's":
                self.attempt(tried, handles(amount) if of == "handles" else processes(amount))
            else:
                take_from_supervisor(of, amount)
                self.attempt(tried)
            self.destroy(tried)
            self.look_for_rest(tried)
            yield tried

    def destroy(self, tried: Tried) -> None:
        """The network must be there still, unless it was ended, and be ended with nothing given back to it."""
        code, _, err = Client("destroy").end()
        if code:
            tried.faults.append(f"destroy ended with {code}: {err}")
        kept = machine.here() / "home" / "kept"
        if tried.verb == "keep" and tried.code == 0:
            subprocess.run(["rm", "-r", str(kept)], check=True)
        elif kept.exists():
            tried.left.append(str(kept))


def told_clearly(tried: Tried) -> bool:
    """Whether it is said what was wanting; a daemon that gets no thread may say nothing, and hang to its limit."""
    wanted = SAID[tried.of].split("|")
    return (
        any(one in tried.said for one in wanted)
        or "does not answer" in tried.said
        or "ended at its limit" in tried.said
    )


def fill(file: Path) -> None:
    """Write until there is no more room."""
    with suppress(OSError), file.open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))


def take_from_supervisor(of: str, amount: int) -> None:
    """Leave the network's two halves so much beside what they have."""
    for pid in pids():
        if name_of(pid) in {"netdojo-keeper", "netdojo-first"}:
            if of == "handles":
                have = max(map(int, os.listdir(f"/proc/{pid}/fd"))) + 1
                most = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (have + amount - 8, most))
            else:
                resource.prlimit(
                    pid, resource.RLIMIT_NPROC, (1 + amount, resource.prlimit(pid, resource.RLIMIT_NPROC)[1])
                )


def table(found: list[Tried]) -> str:
    """Return what became of the trials, a line for each resource, holder and verb."""
    lines = [f"{'of':<11}{'whose':<18}{'verb':<9}{'trials':>7}{'refused':>9}{'left behind':>13}{'faults':>8}"]
    for kind in dict.fromkeys((one.of, one.whose, one.verb) for one in found):
        its = [one for one in found if (one.of, one.whose, one.verb) == kind]
        refused, left, faults = (
            sum(map(bool, each)) for each in zip(*((i.code, i.left, i.faults) for i in its), strict=True)
        )
        lines.append(f"{kind[0]:<11}{kind[1]:<18}{kind[2]:<9}{len(its):>7}{refused:>9}{left:>13}{faults:>8}")
    return "\n".join([*lines, f"{sum(one.good for one in found)} of {len(found)} were told clearly and left nothing."])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--of", choices=sorted(SAID), action="append")
    parser.add_argument("--every", type=int, default=1, help="try every so-manieth amount alone")
    parser.add_argument("--json", action="store_true", help="each trial instead of the table")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    if machine.MARK not in os.environ:
        done = machine.run(["tests.soak.exhausting", *sys.argv[1:]], user=ORDINARY)
        sys.stdout.write(done.stdout)
        sys.exit(done.returncode)
    at_work = Exhausting()
    found = []
    for of in given.of or sorted(SAID):
        for tried in chain(at_work.deployments(of, given.every), at_work.running(of, given.every)):
            found.append(tried)
            if not tried.good:
                sys.stderr.write(f"{tried}\n")
    said = json.dumps([{**asdict(one), "good": one.good} for one in found]) if given.json else table(found)
    sys.stdout.write(said + "\n")
    sys.exit(any(not tried.good for tried in found))


if __name__ == "__main__":
    main()
