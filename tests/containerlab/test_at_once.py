"""Networks of containers that are deployed at once, by processes of their own, do not get in each other's way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from netdojo import runtimes

from .conftest import IMAGES

NETWORKS = {"campus-1": "campus", "fabric-1": "leaf-spine-2x4", "fabric-2": "leaf-spine-2x4"}
DEADLINE = 240


def test_networks_deployed_at_once_share_nothing(home: Path) -> None:
    """Two have the same topology: each has its own containers, ports and password, and answers for itself."""
    words = [sys.executable, "-m", "netdojo.cli", "topology", "deploy", "--runtime", "containerlab", "--json"]
    deploying = [
        subprocess.Popen(
            [*words, str(IMAGES.parent / topology / f"{topology}.clab.yml"), "--name", name],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, topology in NETWORKS.items()
    ]
    said = [one.communicate(timeout=DEADLINE)[0] for one in deploying]
    found = runtimes.networks()
    try:
        assert [0] * len(NETWORKS) == [one.returncode for one in deploying], said
        assert sorted(NETWORKS) == sorted(network.name for network in found)
        ports = [access.port for network in found for access in network.access]
        assert len(ports) == len(set(ports)) == sum(len(network.topology.nodes) for network in found)
        assert len(NETWORKS) == len({network.password for network in found})
        for network in found:
            words = ["sh", "-c", f"cat /tmp/mine; echo {network.name} > /tmp/mine; cat /tmp/mine"]
            told = runtimes.execute(network, network.topology.nodes[0].name, words)
            assert f"{network.name}\n" == told.stdout
    finally:
        for network in found:
            runtimes.destroy(network)
