"""Stock containerlab on the same topology, the same images and the same configurations, as a peer.

Needs root, Docker, containerlab and the images of `netdojo image build`. Its networks are named by their topology, so
one of a name can run at a time.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measuring.convergence import wait_until_converged
from netdojo.model import Topology

PATIENCE = 600
Run = dict[str, float]


def is_here() -> bool:
    """Whether this machine can run the peer: root, a docker that answers, containerlab."""
    if os.geteuid() or not shutil.which("containerlab") or not shutil.which("docker"):
        return False
    return subprocess.run(["docker", "version"], capture_output=True, timeout=30, check=False).returncode == 0


def call(*words: str) -> str:
    """Run a program of the peer to its end; raises SystemExit with what it said when it fails."""
    environment = {**os.environ, "CLAB_VERSION_CHECK": "disable"}
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words[:2])} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def measure(topology: Topology, deadline: float) -> Run:
    """Deploy, wait for convergence and destroy once; return the seconds of each, from the call."""
    began = time.monotonic()
    with deployed(topology.file) as ended:
        ready = time.monotonic() - began
        wait_until_converged(topology, node_pids(topology), began + deadline)
        converged = time.monotonic() - began
    return {"ready": ready, "converged": converged, "destroyed": ended["seconds"]}


@contextmanager
def deployed(file: Path) -> Iterator[dict[str, float]]:
    """Give a network for as long as the block lasts; then what is given has the seconds that its end took."""
    ended: dict[str, float] = {}
    try:
        call("containerlab", "deploy", "--topo", str(file))
        yield ended
    finally:
        ending = time.monotonic()
        call("containerlab", "destroy", "--topo", str(file), "--cleanup")
        ended["seconds"] = time.monotonic() - ending


def node_pids(topology: Topology) -> dict[str, int]:
    """Return the first process of each container."""
    names = [f"clab-{topology.name}-{node.name}" for node in topology.nodes]
    described = json.loads(call("docker", "inspect", *names))
    return {node.name: one["State"]["Pid"] for node, one in zip(topology.nodes, described, strict=True)}
