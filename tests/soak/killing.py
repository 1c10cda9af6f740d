"""Kills one process of a network at a random moment, and looks at what that left: nothing, and the next deploy works.

    python -m tests.soak.killing [--runtime namespaces|containerlab] [--kills 24] [--machines 1] [--seed 1]
        [--json] [--write]

Runs on a machine of its own; of containers, which docker has, on this one. Every phase is tried with every victim, in
an order and at moments that the seed decides; what the kernel makes of them is not for a seed to decide, so that a
second run need not meet what a first one met. What is left is counted before any other client is there, which would
clear it. Asked to end before (SIGTERM), it tells what it has found by then.
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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from . import machine, tallies
from .attempts import Soak
from .victims import CELLS, OF_ITS_OWN, WITH_DOCKER, Outcome, Place


def soak(place: Place, kills: int, seed: int) -> list[Outcome]:
    """Kill so many times, each phase with each victim in turn, unless asked to end before; tell of each fault.

    A docker that answers no more ends it as well: what is left then is not ours to tell.
    """
    random.seed(seed)
    at_work = Soak(place)
    turns: list[tuple[str, str]] = []
    while len(turns) < kills:
        turns += random.sample(CELLS, len(CELLS))
    found: list[Outcome] = []
    try:
        for number, (phase, victim) in enumerate(turns[:kills], 1):
            found.append(at_work.one(phase, victim))
            if not found[-1].good:
                sys.stderr.write(f"kill {number}: {found[-1]}\n")
    except (KeyboardInterrupt, SystemExit):
        pass
    except subprocess.TimeoutExpired as error:
        sys.stderr.write(f"kill {number}: {' '.join(error.cmd[:3])} did not answer within {error.timeout:.0f} s\n")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", choices=("namespaces", "containerlab"), default="namespaces")
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--machines", type=int, default=1, help="of its own, side by side")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--json", action="store_true", help="each kill instead of the table")
    parser.add_argument("--write", action="store_true", help="put the table into docs/reference/figures.md")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    if given.runtime == "containerlab":
        found = with_docker(given.kills, given.seed)
    elif machine.MARK in os.environ:
        found = soak(OF_ITS_OWN, given.kills, given.seed)
    else:
        found = side_by_side(given.kills, given.seed, given.machines)
    said = json.dumps([asdict(one) for one in found]) if given.json else tallies.text(found, given.seed)
    sys.stdout.write(said + "\n")
    if given.write:
        tallies.write(found, given.seed, given.runtime, command(given))
    sys.exit(any(not outcome.good for outcome in found))


def command(given: argparse.Namespace) -> str:
    """Return the command line that does the same again."""
    where = f"--runtime {given.runtime}" if given.runtime == "containerlab" else f"--machines {given.machines}"
    return f"python -m tests.soak.killing {where} --kills {given.kills} --write"


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
