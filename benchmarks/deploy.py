"""Claim: a learner's network takes commands, converges and goes sooner than with any tool a learner could pick instead.

    python benchmarks/deploy.py [--runs 7] [--topology FILE] [--json]

Deploys a topology several times from nothing and prints, in seconds from the call: ready (every node takes commands),
converged (the kernel of every node that is a leaf has a route to every other node's loopback), destroyed (from the
call of destroy until nothing is left). A peer is one more entry of PEERS and is measured in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netdojo import runtimes
from netdojo.content import read_topology
from netdojo.model import Network, Topology

TOPOLOGY = Path(__file__).parents[1] / "topologies" / "leaf-spine-2x4" / "leaf-spine-2x4.clab.yml"
CONVERGED_DEADLINE = 60.0
POLL = 0.02
FIGURES = ("ready", "converged", "destroyed")


@dataclass(frozen=True)
class Run:
    """Seconds of one run."""

    ready: float
    converged: float
    destroyed: float


def measure_netdojo(topology: Topology) -> Run:
    """Deploy with the embedded runtime, in this process, as a notebook does."""
    began = time.monotonic()
    network = runtimes.deploy(topology, name="benchmark")
    ready = time.monotonic() - began
    try:
        wait_until_converged(network, began + CONVERGED_DEADLINE)
        converged = time.monotonic() - began
    finally:
        ending = time.monotonic()
        runtimes.destroy(network)
        destroyed = time.monotonic() - ending
    return Run(ready, converged, destroyed)


PEERS: dict[str, Callable[[Topology], Run]] = {"netdojo": measure_netdojo}


def wait_until_converged(network: Network, deadline: float) -> None:
    """Poll the leaves' kernels, asking again only those that lack a route."""
    wanted = {name: loopback(network, name) for name in (node.name for node in network.topology.nodes)}
    missing = [node.name for node in network.topology.nodes if is_leaf(network.topology, node.name)]
    while missing:
        missing = [name for name in missing if not has_routes(network, name, set(wanted.values()) - {wanted[name]})]
        if time.monotonic() > deadline:
            raise SystemExit(f"not converged after {CONVERGED_DEADLINE:.0f} s: {', '.join(missing)}")
        time.sleep(POLL)


def is_leaf(topology: Topology, name: str) -> bool:
    """A leaf is a node with the fewest links."""
    counts = {node.name: 0 for node in topology.nodes}
    for link in topology.links:
        counts[link.a.node] += 1
        counts[link.b.node] += 1
    return counts[name] == min(counts.values())


def loopback(network: Network, name: str) -> str:
    found = json.loads(runtimes.ask(network, name, ["ip", "-j", "-4", "address", "show", "lo"]).stdout)
    return next(str(one["local"]) for one in found[0]["addr_info"] if not one["local"].startswith("127."))


def has_routes(network: Network, name: str, wanted: set[str]) -> bool:
    answer = runtimes.ask(network, name, ["ip", "-j", "route"])
    return wanted <= {str(route["dst"]).removesuffix("/32") for route in json.loads(answer.stdout)}


def spread(values: list[float]) -> dict[str, float]:
    return {"minimum": min(values), "median": statistics.median(values), "maximum": max(values)}


def measure(topology: Topology, runs: int) -> dict[str, Any]:
    """Return each peer's figures, and the ratio of each to netdojo's by the medians."""
    seconds: dict[str, dict[str, dict[str, float]]] = {}
    for peer, once in PEERS.items():
        found = [once(topology) for _ in range(runs)]
        seconds[peer] = {figure: spread([getattr(run, figure) for run in found]) for figure in FIGURES}
    ratios = {
        peer: {figure: seconds[peer][figure]["median"] / seconds["netdojo"][figure]["median"] for figure in FIGURES}
        for peer in PEERS
        if peer != "netdojo"
    }
    shape = {"nodes": len(topology.nodes), "links": len(topology.links)}
    return {
        "topology": topology.name,
        **shape,
        "runs": runs,
        "cores": os.cpu_count(),
        "seconds": seconds,
        "ratios": ratios,
    }


def print_table(found: dict[str, Any]) -> None:
    shape = f"{found['nodes']} nodes, {found['links']} links"
    print(f"{found['topology']}: {shape}, {found['runs']} runs, {found['cores']} cores")
    print(f"{'':12}{'':12}{'minimum':>10}{'median':>10}{'maximum':>10}  s")
    for peer, figures in found["seconds"].items():
        for figure, values in figures.items():
            print(f"{peer:12}{figure:12}" + "".join(f"{values[one]:10.3f}" for one in ("minimum", "median", "maximum")))
    for peer, ratios in found["ratios"].items():
        print(f"{peer}: " + ", ".join(f"{figure} {ratio:.1f} times netdojo's" for figure, ratio in ratios.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--topology", type=Path, default=TOPOLOGY)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="netdojo-") as home:
        os.environ["NETDOJO_HOME"] = home
        found = measure(read_topology(arguments.topology), arguments.runs)
    print(json.dumps(found)) if arguments.json else print_table(found)


if __name__ == "__main__":
    main()
