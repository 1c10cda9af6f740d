"""Leaf-spine fabrics and racks of hosts of any size, written as native topology files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

COURSE = Path(__file__).parents[2]
SMALL = COURSE / "topologies" / "leaf-spine-2x4"
SPINE_AS = 65000
FIRST_LEAF_AS = 65010
ECMP = 64
DAEMONS = 'bgpd=yes\nstaticd=no\nzebra_options="-A 127.0.0.1 -s 90000000"\n'
"""What runs on a router: zebra always does, and there are no static routes."""
RACK = 50
"""Hosts that share a switch."""


def write_fabric(folder: Path, spines: int, leaves: int) -> Path:
    """Write a fabric of `spines` and `leaves` below `folder`; return its topology file.

    Every leaf is cabled to every spine; BGP unnumbered, a loopback a router, timers as in leaf-spine-2x4.
    """
    home = begin(folder, f"leaf-spine-{spines}x{leaves}")
    (home / "configs").mkdir()
    (home / "configs" / "daemons").write_text(DAEMONS)
    for name, number, loopback, peers in routers(spines, leaves):
        (home / "configs" / f"{name}.conf").write_text(configuration(name, number, loopback, peers))
    return write_lines(home, topology_lines(home.name, spines, leaves))


def write_hosts(folder: Path, hosts: int) -> Path:
    """Write `hosts` in racks of `RACK`, each rack on a switch and the switches on one more; return the topology file.

    They are of one IPv4 network, so that each reaches every other.
    """
    home = begin(folder, f"hosts-{hosts}")
    return write_lines(home, host_lines(home.name, hosts))


def begin(folder: Path, name: str) -> Path:
    """Make the folder of a topology below `folder`."""
    home = folder / "topologies" / name
    home.mkdir(parents=True)
    return home


def write_lines(home: Path, lines: Iterable[str]) -> Path:
    """Write the topology file of a folder; return its path."""
    file = home / f"{home.name}.clab.yml"
    file.write_text("\n".join(lines) + "\n")
    return file


def routers(spines: int, leaves: int) -> Iterator[tuple[str, int, str, list[str]]]:
    """Yield each router's name, AS number, loopback and the names at the other ends of eth1, eth2, …"""
    spine_names = [f"spine{one}" for one in range(1, spines + 1)]
    leaf_names = [f"leaf{one}" for one in range(1, leaves + 1)]
    for position, name in enumerate(spine_names, 1):
        yield name, SPINE_AS, f"10.0.0.{position}", leaf_names
    for position, name in enumerate(leaf_names, 1):
        yield name, FIRST_LEAF_AS + position, f"10.0.1.{position}", spine_names


def configuration(name: str, number: int, loopback: str, peers: list[str]) -> str:
    """Return a router's frr.conf."""
    interfaces = [f"eth{position}" for position in range(1, len(peers) + 1)]
    lines = ["frr defaults datacenter", f"hostname {name}", "no zebra nexthop kernel enable"]
    lines += ["service integrated-vtysh-config", "!", "interface lo", f" ip address {loopback}/32", "exit", "!"]
    for interface in interfaces:
        lines += [f"interface {interface}", " ipv6 nd ra-interval 1", " no ipv6 nd suppress-ra", "exit", "!"]
    lines += [f"router bgp {number}", f" bgp router-id {loopback}", " no bgp network import-check"]
    lines += [" bgp bestpath as-path multipath-relax", " timers bgp 1 3", " coalesce-time 50"]
    for interface, peer in zip(interfaces, peers, strict=True):
        lines += [f" neighbor {interface} interface remote-as external", f" neighbor {interface} description {peer}"]
        lines += [f" neighbor {interface} timers connect 1"]
    lines += [" !", " address-family ipv4 unicast", f"  network {loopback}/32", f"  maximum-paths {ECMP}"]
    return "\n".join([*lines, " exit-address-family", "exit", "!", ""])


def topology_lines(name: str, spines: int, leaves: int) -> Iterator[str]:
    """Yield the lines of the topology file."""
    yield from (f"name: {name}", "mgmt:", "  external-access: false", "topology:", "  kinds:")
    yield from ("    linux:", "      image: netdojo/frr:latest", "  nodes:")
    for node, _, _, _ in routers(spines, leaves):
        yield from (f"    {node}:", "      kind: linux", "      binds:")
        yield f"        - configs/{node}.conf:/etc/frr/frr.conf"
        yield "        - configs/daemons:/etc/frr/daemons"
    yield "  links:"
    for spine in range(1, spines + 1):
        for leaf in range(1, leaves + 1):
            yield f'    - endpoints: ["spine{spine}:eth{leaf}", "leaf{leaf}:eth{spine}"]'


def host_lines(name: str, hosts: int) -> Iterator[str]:
    """Yield the lines of a topology file of racks of hosts."""
    racks = [range(first, min(first + RACK, hosts + 1)) for first in range(1, hosts + 1, RACK)]
    yield from (f"name: {name}", "mgmt:", "  external-access: false", "topology:", "  kinds:")
    yield from ("    linux:", "      image: netdojo/host:latest", "  nodes:")
    for switch in ("core", *(f"rack{number}" for number in range(1, len(racks) + 1))):
        yield from (f"    {switch}:", "      kind: linux", "      image: netdojo/switch:latest")
    for host in range(1, hosts + 1):
        yield from (f"    h{host}:", "      kind: linux", "      exec:")
        yield f"        - ip address add 10.0.{host // 250}.{host % 250 + 1}/16 dev eth1"
    yield "  links:"
    for number, rack in enumerate(racks, 1):
        yield f'    - endpoints: ["core:eth{number}", "rack{number}:uplink"]'
        for position, host in enumerate(rack, 1):
            yield f'    - endpoints: ["rack{number}:eth{position}", "h{host}:eth1"]'
