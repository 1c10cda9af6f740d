"""A small fabric for these tests: two spines and four leaves, BGP unnumbered, written to a folder of the test's own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from netdojo import runtimes
from netdojo.model import Bind, End, Link, Network, Node, Topology

IMAGES = Path(__file__).parents[3] / "topologies" / "images"
SPINES = ("spine1", "spine2")
LEAVES = ("leaf1", "leaf2", "leaf3", "leaf4")
CONVERGED_DEADLINE = 30.0


def write_fabric(folder: Path) -> Topology:
    """Write every node's configuration below `folder` and return the topology."""
    nodes = SPINES + LEAVES
    for number, name in enumerate(nodes, 1):
        (folder / "configs" / name).mkdir(parents=True)
        (folder / "configs" / name / "frr.conf").write_text(_configuration(name, number))
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


def _configuration(name: str, number: int) -> str:
    uplinks = [f"eth{port}" for port in range(1, 3 if name in LEAVES else 5)]
    as_number = 65000 if name in SPINES else 65000 + number
    lines = ["frr defaults datacenter", f"hostname {name}", "no zebra nexthop kernel enable", "!"]
    lines += ["interface lo", f" ip address 10.0.0.{number}/32", "!"]
    for port in uplinks:
        lines += [f"interface {port}", " ipv6 nd ra-interval msec 100", " no ipv6 nd suppress-ra", "!"]
    lines += [f"router bgp {as_number}", f" bgp router-id 10.0.0.{number}", " timers bgp 1 3"]
    for port in uplinks:
        lines += [f" neighbor {port} interface remote-as external", f" neighbor {port} timers connect 1"]
    lines += [" address-family ipv4 unicast", "  redistribute connected", " exit-address-family", "!"]
    return "\n".join(lines) + "\n"


def wait_until(condition: Callable[[], bool], deadline: float = CONVERGED_DEADLINE) -> None:
    """Poll until `condition` holds; raises AssertionError at the deadline (seconds)."""
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end, f"not so within {deadline} s"
        time.sleep(0.05)


def bgp_routes(network: Network, node: str) -> list[str]:
    """Return the prefixes that BGP put into the node's kernel."""
    routes = json.loads(runtimes.ask(network, node, ["ip", "-j", "route"]).stdout)
    return [route["dst"] for route in routes if route.get("protocol") == "bgp"]


def is_converged(network: Network) -> bool:
    return all(len(bgp_routes(network, leaf)) == 5 for leaf in LEAVES)
