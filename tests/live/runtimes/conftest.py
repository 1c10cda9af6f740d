"""Live networks for these tests: a fabric of six routers for all of them, and pairs that a test may break."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.model import Bind, End, Link, Network, Node, Topology

IMAGES = Path(__file__).parents[3] / "topologies" / "images"
SPINES = ("spine1", "spine2")
LEAVES = ("leaf1", "leaf2", "leaf3", "leaf4")
DEADLINE = 30.0


@dataclass(frozen=True)
class Trial:
    """What a test needs of a live network, beside the network itself."""

    leaves: tuple[str, ...] = LEAVES

    def wait_until(self, condition: Callable[[], bool], deadline: float = DEADLINE) -> None:
        """Poll until `condition` holds; raises AssertionError at the deadline (seconds)."""
        end = time.monotonic() + deadline
        while not condition():
            assert time.monotonic() < end, f"not so within {deadline} s"
            time.sleep(0.05)

    def bgp_routes(self, network: Network, node: str) -> set[str]:
        """Return the prefixes that BGP put into the node's kernel."""
        routes = json.loads(runtimes.ask(network, node, ["ip", "-j", "route"]).stdout)
        return {route["dst"] for route in routes if route.get("protocol") == "bgp"}

    def keeper_of(self, network: Network) -> int:
        """Return the pid of the process that watches over the network from outside."""
        status = Path(f"/proc/{network.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:")))

    def processes_of(self, network: Network) -> set[int]:
        """Return the pids, as the host numbers them, of everything that runs within the network."""
        found = {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
        home = _user_space(network.pid)
        return {pid for pid in found if _user_space(pid) == home}

    def left_of(self, network: Network, processes: set[int]) -> list[str]:
        """Return what is still there of a network that has ended: processes, ports, folder."""
        left = [f"process {pid}" for pid in processes if _is_alive(pid)]
        left += [f"port {access.port}" for access in network.access if _listens(access.port)]
        return left + [str(folder) for folder in (network.folder,) if folder.exists()]


def _user_space(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/ns/user")
    except OSError:
        return ""


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _listens(port: int) -> bool:
    wanted = f"0100007F:{port:04X}"
    rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return any(row.split()[1] == wanted and row.split()[3] == "0A" for row in rows)


@pytest.fixture(scope="session")
def trial() -> Trial:
    return Trial()


@pytest.fixture(scope="session")
def fabric(session_home: Path, tmp_path_factory: pytest.TempPathFactory, trial: Trial) -> Iterator[Network]:
    """Two spines and four leaves that have converged; no test may leave it changed."""
    network = runtimes.deploy(write_fabric(tmp_path_factory.mktemp("fabric")), name="runtimes-fabric")
    trial.wait_until(lambda: all(len(trial.bgp_routes(network, leaf)) == 5 for leaf in LEAVES))
    yield network
    runtimes.destroy(network)


@pytest.fixture
def pair_topology(home: Path, tmp_path: Path) -> Topology:
    """Two routers and a cable, with a home of their own."""
    return write_pair(tmp_path / "pair")


@pytest.fixture
def pair(pair_topology: Topology) -> Iterator[Network]:
    network = runtimes.deploy(pair_topology)
    yield network
    runtimes.destroy(network)


def write_pair(folder: Path) -> Topology:
    """Write the configurations of two routers below `folder` and return their topology."""
    for number, name in enumerate(("left", "right"), 1):
        (folder / "configs" / name).mkdir(parents=True)
        (folder / "configs" / name / "frr.conf").write_text(_configuration(name, number, ["eth1"], 65000 + number))
    link = Link(a=End(node="left", interface="eth1"), b=End(node="right", interface="eth1"), mtu=1400)
    nodes = (_node("left"), _node("right"))
    return Topology(name="pair", file=folder / "pair.clab.yml", images=IMAGES, nodes=nodes, links=(link,))


def write_fabric(folder: Path) -> Topology:
    """Write every node's configuration below `folder` and return the topology."""
    nodes = SPINES + LEAVES
    for number, name in enumerate(nodes, 1):
        (folder / "configs" / name).mkdir(parents=True)
        (folder / "configs" / name / "frr.conf").write_text(
            _configuration(name, number, _ports(name), _as_number(name, number))
        )
    links = [
        Link(a=End(node=spine, interface=f"eth{leaf_number}"), b=End(node=leaf, interface=f"eth{spine_number}"))
        for spine_number, spine in enumerate(SPINES, 1)
        for leaf_number, leaf in enumerate(LEAVES, 1)
    ]
    return Topology(
        name="fabric",
        file=folder / "fabric.clab.yml",
        images=IMAGES,
        nodes=tuple(_node(name) for name in nodes),
        links=tuple(links),
    )


def _node(name: str) -> Node:
    bind = Bind(source=f"configs/{name}/frr.conf", target="/etc/frr/frr.conf")
    return Node(name=name, kind="linux", image="frr", binds=(bind,))


def _ports(name: str) -> list[str]:
    return [f"eth{port}" for port in range(1, 3 if name in LEAVES else 5)]


def _as_number(name: str, number: int) -> int:
    return 65000 if name in SPINES else 65000 + number


def _configuration(name: str, number: int, ports: list[str], as_number: int) -> str:
    lines = ["frr defaults datacenter", f"hostname {name}", "no zebra nexthop kernel enable", "!"]
    lines += ["interface lo", f" ip address 10.0.0.{number}/32", "!"]
    for port in ports:
        lines += [f"interface {port}", " ipv6 nd ra-interval msec 100", " no ipv6 nd suppress-ra", "!"]
    lines += [f"router bgp {as_number}", f" bgp router-id 10.0.0.{number}", " timers bgp 1 3"]
    for port in ports:
        lines += [f" neighbor {port} interface remote-as external", f" neighbor {port} timers connect 1"]
    lines += [" address-family ipv4 unicast", "  redistribute connected", " exit-address-family", "!"]
    return "\n".join(lines) + "\n"
