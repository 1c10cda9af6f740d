"""Ten networks at once, each deployed by a process of its own: none gets in another's way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.content import read_topology
from netdojo.model import Network, Topology

from .conftest import IMAGES, Trial, write_fabric, write_pair

COUNT = 10
COURSES = IMAGES.parent
DEPLOY = """
import sys

from netdojo import runtimes
from netdojo.model import Topology

print(runtimes.deploy(Topology.model_validate_json(sys.stdin.read()), name=sys.argv[1]).model_dump_json())
"""


def topologies(folder: Path) -> list[Topology]:
    """Return different topologies, some of them more than once."""
    different = [
        write_pair(folder / "pair"),
        write_fabric(folder / "fabric"),
        read_topology(COURSES / "campus" / "campus.clab.yml"),
        read_topology(COURSES / "leaf-spine-2x4" / "leaf-spine-2x4.clab.yml"),
    ]
    return [different[number % len(different)] for number in range(COUNT)]


@pytest.fixture(scope="module")
def networks(session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Network]]:
    """The networks, all of them deployed at once."""
    given = topologies(tmp_path_factory.mktemp("topologies"))
    deploying = [
        subprocess.Popen(
            [sys.executable, "-c", DEPLOY, f"at-once-{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(COUNT)
    ]
    with ThreadPoolExecutor(COUNT) as pool:
        told = list(pool.map(lambda one, topology: one.communicate(topology.model_dump_json()), deploying, given))
    found = [Network.model_validate_json(out) for out, _ in told if out]
    yield found
    for network in found:
        runtimes.destroy(network)
    assert [""] * COUNT == [error for _, error in told]


def test_nothing_is_shared(networks: list[Network]) -> None:
    """Names, folders, ports and passwords are each network's own, also where the topology is the same."""
    ports = [access.port for network in networks for access in network.access]

    assert COUNT == len(networks)
    assert len(ports) == len(set(ports))
    for own in ("name", "folder", "pid", "password", "ssh_config"):
        assert COUNT == len({getattr(network, own) for network in networks}), own


def test_each_answers_for_itself(networks: list[Network]) -> None:
    """A command and an SSH session reach the node of that network: its name, and what was written into it alone."""
    for network in networks:
        node = network.access[0].name
        words = ["sh", "-c", f"echo {network.name} > /tmp/mine"]
        assert runtimes.execute(network, node, words).ok

    for network in networks:
        node = network.access[0].name
        assert f"{network.name}\n" == runtimes.execute(network, node, ["cat", "/tmp/mine"]).stdout
        with_ssh = ["ssh", "-F", str(network.ssh_config), node, "show version" if is_router(network) else "hostname"]
        answer = subprocess.run(with_ssh, capture_output=True, text=True, timeout=30, check=False)
        assert (0, True) == (answer.returncode, node in answer.stdout), answer.stderr


def test_all_end_at_once_and_leave_nothing(networks: list[Network], trial: Trial) -> None:
    """No process, port or folder of any is left."""
    processes = [trial.processes_of(network) for network in networks]
    with ThreadPoolExecutor(COUNT) as pool:
        list(pool.map(runtimes.destroy, networks))

    for network, its in zip(networks, processes, strict=True):
        assert len(its) > len(network.access)
        trial.wait_until(partial(is_gone, trial, network, its))


def is_gone(trial: Trial, network: Network, processes: set[int]) -> bool:
    return not trial.left_of(network, processes)


def is_router(network: Network) -> bool:
    return network.topology.nodes[0].image == "frr"
