"""One deployment with the embedded runtime, in this process, as a notebook does it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from measuring import processes
from measuring.convergence import wait_until_converged
from netdojo import runtimes
from netdojo.model import Topology

NAME = "benchmark"
Run = dict[str, float]


def measure(topology: Topology, deadline: float) -> Run:
    """Deploy a fabric, wait up to `deadline` seconds for convergence and destroy it once.

    Returns the seconds of each, from the call, and the megabytes a router: the proportional set size of all that the
    network runs, by the number of its nodes.
    """
    return _measure(topology, lambda pids, began: wait_until_converged(topology, pids, began + deadline))


def measure_unrouted(topology: Topology) -> Run:
    """Deploy a network in which nothing has to converge, and destroy it once."""
    found = _measure(topology, lambda *_: None)
    del found["converged"]
    return found


def _measure(topology: Topology, converge: Callable[[dict[str, int], float], None]) -> Run:
    began = time.monotonic()
    network = runtimes.deploy(topology, name=NAME, runtime="namespaces")
    ready = time.monotonic() - began
    try:
        converge(processes.node_pids(network), began)
        converged = time.monotonic() - began
        memory = runtimes.inspect(network).memory
    finally:
        ending = time.monotonic()
        runtimes.destroy(network)
        destroyed = time.monotonic() - ending
    megabytes = memory / 1e6 / len(topology.nodes)
    return {"ready": ready, "converged": converged, "destroyed": destroyed, "megabytes": megabytes}


def load() -> float:
    """Return how many processes wanted to run in the last minute, ours among them."""
    return os.getloadavg()[0]
