"""Whether this kernel can hold links to what a topology asks for, found by trying it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

from netdojo.model import Topology
from netdojo.runtimes import programs
from netdojo.runtimes.checking import Refusal

TRIALS = {
    "rate": "tbf rate 1mbit burst 5kb latency 50ms",
    "delay": "netem delay 1ms",
    "jitter": "netem delay 1ms 1ms",
    "loss": "netem loss 1%",
}
"""A field of Impairment → the kind of queue that it takes, as `tc` is told of it."""
REMEDIES = {
    "netem": "load it by `sudo modprobe sch_netem`, or leave delay, jitter and loss out: a rate does without it",
    "tbf": "load it by `sudo modprobe sch_tbf`, or leave the rate out",
}
PATIENCE = 10.0
"""Seconds that a trial may take."""
_TRY = 'echo entered; exec "$0" qdisc add dev lo root $1'


def refusals(topology: Topology) -> Iterator[Refusal]:
    """Yield a refusal for each thing that is asked of a link and that this kernel cannot do."""
    asked = [
        (link.place or f"topology.links[{position}]", link, name)
        for position, link in enumerate(topology.links)
        for name in TRIALS
        if getattr(link.impairment, name, 0)
    ]
    lacking = {name for name in {name for _, _, name in asked} if not can(name)}
    for place, link, name in asked:
        if name in lacking:
            kind = TRIALS[name].split()[0]
            given = link.labels.get(f"netdojo.{name}", getattr(link.impairment, name))
            message = f"must not be there: this machine's kernel has no {kind} (got {given!r})"
            yield Refusal(f"{place}.labels.netdojo.{name}", message, REMEDIES[kind])


def can(name: str) -> bool:
    """Try it on a loopback of its own. What cannot be tried here at all is left to the deployment to tell of."""
    try:
        own = [programs.program("unshare"), "--net", *(["--user", "--map-root-user"] if os.geteuid() else [])]
        words = [*own, programs.program("sh"), "-c", _TRY, programs.program("tc"), TRIALS[name]]
        tried = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return True
    return tried.returncode == 0 or "entered" not in tried.stdout
