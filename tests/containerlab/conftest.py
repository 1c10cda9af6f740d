"""One body of tests for both runtimes, and proof that docker has nothing of ours when a test has ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.content import read_topology
from netdojo.model import Network, Topology
from netdojo.runtimes.containerlab import images

IMAGES = Path(__file__).parents[2] / "topologies" / "images"
DEADLINE = 60.0
SHARED = "-containerlab-"
"""What stands in the name of each container of a network that several tests share, and in no other."""
FILE = """
name: pair
topology:
  kinds:
    linux: { image: "netdojo/frr:latest" }
  nodes:
    left: { kind: linux, env: { SIDE: "the left" }, binds: ["left.conf:/etc/frr/frr.conf", "mark:/srv/mark"] }
    right: { kind: linux, binds: ["right.conf:/etc/frr/frr.conf"], exec: ["touch '/srv/two words'"] }
  links:
    - endpoints: ["left:eth1", "right:eth1"]
      mtu: 1400
    - endpoints: ["left:eth2", "right:eth2"]
"""


@dataclass(frozen=True)
class Trial:
    """What a test needs beside its network."""

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

    def docker(self, *words: str) -> str:
        return subprocess.run(["docker", *words], capture_output=True, text=True, timeout=60, check=True).stdout.strip()

    def containers(self) -> list[str]:
        """Return the names of all containers of a test's own, running or not."""
        found = self.docker("ps", "-a", "--filter", "label=netdojo.folder", "--format", "{{.Names}}").split()
        return [name for name in found if SHARED not in name]

    def left(self) -> list[str]:
        """Return what of a test's own is on this machine outside its home: containers, networks, names, settings."""
        named = [path for folder in ("/run/netns", "/etc/ssh/ssh_config.d") for path in Path(folder).glob("*netdojo*")]
        settings = Path("/etc/ssh/ssh_config.d").glob("clab-pair*")
        networks = self.docker("network", "ls", "--filter", "name=netdojo", "--format", "{{.Name}}").split()
        others = [*networks, *map(str, [*named, *settings])]
        return [*self.containers(), *(name for name in others if SHARED not in name)]


@pytest.fixture(scope="session")
def trial() -> Trial:
    return Trial()


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """Build the images; a second call finds each of them built."""
    words = [sys.executable, "-m", "netdojo.cli", "image", "build"]
    for _ in range(2):
        said = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [f"{image.tag}: is there, from these files" for image in images.images(IMAGES)] == said


@pytest.fixture(autouse=True)
def nothing_is_left(request: pytest.FixtureRequest, trial: Trial) -> Iterator[None]:
    """Find what a test left in docker; a network that several tests share is not its doing."""
    before = trial.left()
    yield
    if not {"network", "campus"} & set(request.fixturenames):
        assert before == trial.left()


def write_pair(folder: Path) -> Topology:
    """Write two routers and two cables as a native file."""
    home = folder / "topologies" / "pair"
    home.mkdir(parents=True)
    for number, name in enumerate(("left", "right"), 1):
        (home / f"{name}.conf").write_text(configuration(name, number))
    (home / "mark").write_text("from the topology\n")
    (home / "pair.clab.yml").write_text(FILE)
    return read_topology(home / "pair.clab.yml")


def configuration(name: str, number: int) -> str:
    lines = ["frr defaults datacenter", f"hostname {name}", "no zebra nexthop kernel enable", "!"]
    lines += ["interface lo", f" ip address 10.0.0.{number}/32", "!"]
    for port in ("eth1", "eth2"):
        lines += [f"interface {port}", " ipv6 nd ra-interval msec 100", " no ipv6 nd suppress-ra", "!"]
    lines += [f"router bgp {65000 + number}", f" bgp router-id 10.0.0.{number}", " timers bgp 1 3"]
    for port in ("eth1", "eth2"):
        lines += [f" neighbor {port} interface remote-as external", f" neighbor {port} timers connect 1"]
    lines += [" address-family ipv4 unicast", "  redistribute connected", " exit-address-family", "!"]
    return "\n".join(lines) + "\n"


@pytest.fixture(params=["namespaces", "containerlab"], scope="session")
def runtime(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def network(runtime: str, session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The pair in one runtime, then in the other; no test may leave it changed."""
    folder = tmp_path_factory.mktemp("course")
    overlay = folder / "start"
    overlay.mkdir()
    (overlay / "mark").write_text("from the start\n")
    deployed = runtimes.deploy(write_pair(folder), name=f"pair-{runtime}", overlay=overlay, runtime=runtime)
    yield deployed
    runtimes.destroy(deployed)


@pytest.fixture
def topology(home: Path, tmp_path: Path) -> Topology:
    """The pair, with a home of its own."""
    return write_pair(tmp_path / "course")


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not reaped does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
