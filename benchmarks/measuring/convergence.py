"""When a fabric has converged: the kernel of every leaf has a route to every other router's loopback.

The kernels' own tables are read in /proc, whatever runs the nodes: a program started for each look would take the
processors from the routers that are being measured.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from netdojo.model import Topology

POLL = 0.02
HOST_ROUTE = 0xFFFFFFFF
OWN = "/32 host LOCAL"
"""What the kernel's table says of an address that is its own."""


def wait_until_converged(topology: Topology, pids: Mapping[str, int], deadline: float) -> None:
    """Poll the leaves' kernels, asking again only those that lack a route; raises SystemExit at the deadline.

    `pids` are a process of each node. A loopback is looked up as long as its router has none: containerlab returns
    before its routers are configured.
    """
    found: dict[str, str] = {}
    missing = leaves(topology)
    while missing:
        found |= {name: address for name, pid in pids.items() if name not in found and (address := loopback(pid))}
        if len(found) == len(pids):
            wanted = set(found.values())
            missing = [name for name in missing if not wanted - {found[name]} <= routes(pids[name])]
        if time.monotonic() > deadline:
            raise SystemExit(f"not converged in time: {', '.join(missing)}")
        time.sleep(POLL)


def leaves(topology: Topology) -> list[str]:
    """Return the nodes with the fewest links."""
    counts = {node.name: 0 for node in topology.nodes}
    for link in topology.links:
        counts[link.a.node] += 1
        counts[link.b.node] += 1
    return [name for name, count in counts.items() if count == min(counts.values())]


def loopback(pid: int) -> str:
    """Return a router's IPv4 loopback, or nothing as long as it has none."""
    return loopback_of(_lines(pid, "fib_trie"), _lines(pid, "route")[1:])


def loopback_of(trie: Iterable[str], rows: Iterable[str]) -> str:
    """Return the router's own address that is in no network of its interfaces, as a management address is."""
    networks = [(int(row[1], 16), int(row[7], 16)) for row in map(str.split, rows)]
    for address in own_addresses(trie):
        number = struct.unpack("=I", socket.inet_aton(address))[0]
        if not any(mask and number & mask == network for network, mask in networks):
            return address
    return ""


def own_addresses(lines: Iterable[str]) -> Iterator[str]:
    """Yield the addresses in the lines of a kernel's table that are its own, without those of 127.0.0.0/8."""
    address = ""
    for line in lines:
        if line.strip() == OWN and not address.startswith("127."):
            yield address
        address = line.rpartition("|-- ")[2].strip()


def routes(pid: int) -> set[str]:
    """Return the hosts to which a router's kernel has a route of their own."""
    return host_routes(_lines(pid, "route")[1:])


def host_routes(rows: Iterable[str]) -> set[str]:
    """Return the destinations of the rows whose mask is a host's; numbers are in the machine's order."""
    fields = (row.split() for row in rows)
    return {socket.inet_ntoa(struct.pack("=I", int(one[1], 16))) for one in fields if int(one[7], 16) == HOST_ROUTE}


def _lines(pid: int, table: str) -> list[str]:
    return Path(f"/proc/{pid}/net/{table}").read_text().splitlines()
