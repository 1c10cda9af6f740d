"""A node of a kind that needs a management network has one of its own network, and no way out of it.

No vendor's image can be had here; the kind `rare` takes any that stays, so it stands for them.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.content import read_topology
from netdojo.errors import DeployFailed
from netdojo.model import Network

from .conftest import Trial

FILE = """
name: others
mgmt: { ipv4-subnet: 172.31.77.0/24 }
topology:
  nodes:
    other: { kind: rare, image: "netdojo/host", cmd: sleep infinity, mgmt-ipv4: 172.31.77.77 }
    ours: { kind: linux, image: host, exec: [ip address add 10.0.0.2/24 dev eth1] }
  links:
    - endpoints: ["other:eth1", "ours:eth1"]
"""
OUTSIDE = "netdojo-test-outside"
ADDRESS = "198.51.100.2"
TO_MANAGEMENT = """
name: managed
mgmt: { ipv4-subnet: 172.31.77.0/24 }
topology:
  nodes:
    ours: { kind: linux, image: host, exec: [ip address add 172.31.77.78/24 dev eth1] }
  links:
    - endpoints: ["ours:eth1", "mgmt-net:nd-managed"]
"""
HOST = "172.31.77.1"
"""This machine, as the management network has it."""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=10)


@pytest.fixture
def outside() -> Iterator[None]:
    """A machine beside this one, to which this one routes and which knows the way back."""
    ip("netns", "add", OUTSIDE)
    try:
        ip("link", "add", "nd-outside", "type", "veth", "peer", "name", "eth0", "netns", OUTSIDE)
        ip("address", "add", "198.51.100.1/30", "dev", "nd-outside")
        ip("link", "set", "nd-outside", "up")
        ip("-n", OUTSIDE, "address", "add", f"{ADDRESS}/30", "dev", "eth0")
        ip("-n", OUTSIDE, "link", "set", "eth0", "up")
        ip("-n", OUTSIDE, "route", "add", "default", "via", "198.51.100.1")
        yield
    finally:
        ip("netns", "delete", OUTSIDE)


def write(folder: Path, text: str) -> Path:
    (folder / "others").mkdir()
    file = folder / "others" / "others.clab.yml"
    file.write_text(text)
    return file


@pytest.fixture
def others(home: Path, tmp_path: Path) -> Iterator[Network]:
    deployed = runtimes.deploy(read_topology(write(tmp_path, FILE)), runtime="containerlab")
    yield deployed
    runtimes.destroy(deployed)


def reaches(network: Network, node: str, address: str) -> bool:
    return runtimes.ask(network, node, ["ping", "-c", "1", "-W", "1", address]).ok


def test_node_has_its_address_and_no_way_out(others: Network, outside: None) -> None:
    """It has the address that the file gives it and its links; what this machine routes to it does not reach."""
    (eth0,) = json.loads(runtimes.ask(others, "other", ["ip", "-json", "address", "show", "eth0"]).stdout)
    assert "172.31.77.77" in [one["local"] for one in eth0["addr_info"]]
    assert runtimes.execute(others, "other", ["ip", "address", "add", "10.0.0.1/24", "dev", "eth1"]).ok
    assert reaches(others, "other", "10.0.0.2")

    assert reaches(others, "other", HOST)
    assert runtimes.execute(others, "other", ["ip", "route", "replace", f"{ADDRESS}/32", "via", HOST]).ok
    assert not reaches(others, "other", ADDRESS)


def test_link_to_the_management_network_leads_no_further(home: Path, tmp_path: Path, outside: None) -> None:
    """A node of ours that its file links to it reaches this machine there, and nothing that this one routes to."""
    network = runtimes.deploy(read_topology(write(tmp_path, TO_MANAGEMENT)), runtime="containerlab")
    try:
        assert reaches(network, "ours", HOST)
        assert runtimes.execute(network, "ours", ["ip", "route", "add", f"{ADDRESS}/32", "via", HOST]).ok
        assert not reaches(network, "ours", ADDRESS)
    finally:
        runtimes.destroy(network)


def test_route_beyond_is_there_for_a_container_of_another(outside: None, trial: Trial) -> None:
    """The machine beside is one that a container in docker's own network does reach."""
    words = ["run", "--rm", "--entrypoint", "ping", "netdojo/host:latest", "-c", "1", "-W", "5", ADDRESS]
    assert "1 received" in trial.docker(*words)


def test_management_network_that_cannot_be_is_told(home: Path, tmp_path: Path, trial: Trial) -> None:
    """What docker has against it is the error, and nothing is left."""
    file = write(tmp_path, FILE.replace("172.31.77.0/24", "172.31.77.0/24, ipv4-gw: 10.1.1.1"))
    with pytest.raises(DeployFailed, match=r"mgmt: .*10\.1\.1\.1"):
        runtimes.deploy(read_topology(file), runtime="containerlab")
    assert [] == trial.left()
