"""Claim: a learner's network takes commands, converges and goes sooner than with any tool a learner could pick instead.

    python benchmarks/deploy.py [--runs 5] [--peer-runs 1] [--spines 2 --leaves 4] [--json]
    python benchmarks/deploy.py --hosts 300 [--runs 5] [--json]

Deploys a leaf-spine fabric (BGP unnumbered) several times from nothing and prints, in seconds from the call: ready
(every node takes commands; of containerlab: until `containerlab deploy` returns), converged (the kernel of every leaf
has a route to every other router's loopback), destroyed (from the call of destroy until nothing is left), and megabytes
a router (proportional set size of all that the network runs, by the number of its routers). With `--hosts`, racks of
plain hosts: ready and destroyed.

containerlab is measured in the same run, turn by turn, with the same topology file, images and configurations, where
this machine can run it (root, Docker, containerlab, `netdojo image build`). Else the table says that it was not.
The targets stand beside what they are for: two spines and four leaves, eight spines and 56 leaves, 300 hosts.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import containerlab, ours
from measuring.fabrics import SMALL, write_fabric, write_hosts
from measuring.figures import Spread, beside, print_spreads, ratio, spread
from netdojo.content import read_topology
from netdojo.model import Topology

DEADLINE = 60.0
DEADLINE_PER_NODE = 3.0
"""Seconds that a fabric may take to converge, and each of its nodes beside."""
FIGURES = ("ready", "converged", "destroyed")
RATIOS = {
    "leaf-spine-2x4": {"ready": 8.0, "converged": 3.0, "destroyed": 5.0},
    "leaf-spine-8x56": {"converged": 4.0, "destroyed": 10.0},
}
"""How many times as long containerlab takes at least."""
MEGABYTES = {"leaf-spine-8x56": 25.0}
"""A router at most."""
SECONDS = {
    "leaf-spine-2x4": {"ready": 1.5, "converged": 4.0, "destroyed": 0.5},
    "hosts-300": {"ready": 10.0},
}
"""At most."""


def measure(topology: Topology, runs: int, peer_runs: int | None = None) -> dict[str, Any]:
    """Return the figures of ours and, where it runs here, of the peer; and the ratios by the medians."""
    deadline = DEADLINE + DEADLINE_PER_NODE * len(topology.nodes)
    turns = {"netdojo": runs}
    if peer_runs != 0 and containerlab.is_here():
        turns["containerlab"] = peer_runs or runs
    sides = {"netdojo": ours.measure, "containerlab": containerlab.measure}
    found: dict[str, list[dict[str, float]]] = {side: [] for side in turns}
    load = [ours.load()]
    for turn in range(max(turns.values())):
        for side in (one for one in turns if turn < turns[one]):
            found[side].append(sides[side](topology, deadline))
        load.append(ours.load())
    return {**described(topology, runs, load), **summed_up(topology.name, found)}


def measure_hosts(topology: Topology, runs: int) -> dict[str, Any]:
    """Return how soon a network of plain hosts is there and gone."""
    load = [ours.load()]
    found = []
    for _ in range(runs):
        found.append(ours.measure_unrouted(topology))
        load.append(ours.load())
    return {**described(topology, runs, load), **summed_up(topology.name, {"netdojo": found})}


def described(topology: Topology, runs: int, load: list[float]) -> dict[str, Any]:
    return {
        "topology": topology.name,
        "nodes": len(topology.nodes),
        "links": len(topology.links),
        "runs": runs,
        "cores": os.cpu_count(),
        "load": [min(load), max(load)],
    }


def summed_up(name: str, found: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    """Return the spreads of each side's runs, the ratios, and what was to be reached."""
    seconds: dict[str, dict[str, Spread]] = {
        side: {one: spread([run[one] for run in done]) for one in FIGURES if one in done[0]}
        for side, done in found.items()
    }
    peers = seconds.get("containerlab", {})
    return {
        "seconds": seconds,
        "megabytes_a_router": spread([run["megabytes"] for run in found["netdojo"]]),
        "ratios": {one: ratio(theirs, seconds["netdojo"][one]) for one, theirs in peers.items()},
        "targets": {
            "ratios": RATIOS.get(name, {}),
            "megabytes_a_router": MEGABYTES.get(name),
            "seconds": SECONDS.get(name, {}),
        },
    }


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield what is said of ratios and targets."""
    targets = found["targets"]
    if not found["ratios"]:
        yield "containerlab was not measured"
    for one, times in found["ratios"].items():
        yield f"containerlab takes {times:5.1f} times as long until {one}" + beside(
            times, targets["ratios"].get(one), at_least=True
        )
    for one, most in targets["seconds"].items():
        yield f"{one} after {found['seconds']['netdojo'][one]['median']:.1f} s" + beside(
            found["seconds"]["netdojo"][one]["median"], most, at_least=False
        )
    if targets["megabytes_a_router"]:
        median = found["megabytes_a_router"]["median"]
        yield f"{median:.1f} MB a router" + beside(median, targets["megabytes_a_router"], at_least=False)


def print_table(found: dict[str, Any]) -> None:
    low, high = found["load"]
    shape = f"{found['nodes']} nodes, {found['links']} links"
    print(f"{found['topology']}: {shape}, {found['runs']} runs, {found['cores']} cores, load {low:.1f} to {high:.1f}")
    print_spreads(((side, one, values) for side, done in found["seconds"].items() for one, values in done.items()), "s")
    print_spreads([("netdojo", "a node, PSS", found["megabytes_a_router"])], "MB", digits=1)
    print("\n".join(lines(found)))


def written(folder: Path, spines: int, leaves: int) -> Topology:
    """Return a fabric: the course's own where it is that one."""
    small = (spines, leaves) == (2, 4)
    return read_topology(SMALL / f"{SMALL.name}.clab.yml" if small else write_fabric(folder, spines, leaves))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peer-runs", type=int, help="of containerlab, when not as many; 0 for none")
    parser.add_argument("--spines", type=int, default=2)
    parser.add_argument("--leaves", type=int, default=4)
    parser.add_argument("--hosts", type=int, help="measure that many plain hosts instead of a fabric")
    parser.add_argument("--json", action="store_true", help="print one object")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="netdojo-") as folder:
        os.environ["NETDOJO_HOME"] = f"{folder}/home"
        if given.hosts:
            found = measure_hosts(read_topology(write_hosts(Path(folder), given.hosts)), given.runs)
        else:
            found = measure(written(Path(folder), given.spines, given.leaves), given.runs, given.peer_runs)
    print(json.dumps(found)) if given.json else print_table(found)


if __name__ == "__main__":
    main()
