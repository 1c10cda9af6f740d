"""An interface with an address that belongs to another node."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from netdojo.errors import FaultFailed, FaultRefused
from netdojo.model import End
from netdojo.runtimes.breaking import places
from netdojo.runtimes.breaking.cases import Before, Case


def touches(case: Case) -> list[str]:
    return [f"the addresses of {places.end(case.topology, case.target)}"]


def prepare(case: Case) -> Before:
    """Find the address and whose it is: the far end's when none is given; raises FaultRefused."""
    cable = places.cable(case.topology, case.target)
    wanted = case.options.address
    owner, address = _owner(case, wanted) if wanted else _of_neighbour(case, cable)
    own = {ip for _, ip in addresses(case, cable.near.node)}
    if _host(address) in map(_host, own):
        raise FaultRefused(f"address: must be one that {cable.near.node} has not (got {address})")
    return {"mechanism": f"{address} of {owner}", "address": address, "owner": owner}


def addresses(case: Case, node: str) -> Iterator[tuple[str, str]]:
    """Yield (interface, address with its length) of what can be reached from another node."""
    for link in case.asked(node, "ip", "-json", "address", "show"):
        for one in link.get("addr_info", []):
            if one["scope"] == "global":
                yield link["ifname"], f"{one['local']}/{one['prefixlen']}"


def _owner(case: Case, wanted: str) -> tuple[str, str]:
    """Return who has the address `wanted`."""
    found: dict[str, str] = {}
    for node in (one.name for one in case.topology.nodes):
        found.update({_host(address): node for _, address in addresses(case, node)})
    if _host(wanted) not in found:
        there = ", ".join(sorted(found)) or "none"
        raise FaultRefused(f"address: must be another node's (got {wanted!r})", help=f"there is: {there}")
    return found[_host(wanted)], wanted


def _of_neighbour(case: Case, cable: places.Cable) -> tuple[str, str]:
    """Return an address of the far end, or one of the node there where the cable has none."""
    found = list(addresses(case, cable.far.node))
    ordered = sorted(found, key=lambda one: one[0] != cable.far.interface)
    if not ordered:
        raise FaultRefused(f"{cable.far.node} has no address that could be had twice", help="say which: --address")
    return cable.far.node, ordered[0][1]


def _host(address: str) -> str:
    return str(ipaddress.ip_interface(address).ip)


def add(case: Case, before: Before) -> str:
    """Add it, and read it back on both nodes."""
    end, address = places.end(case.topology, case.target), before["address"]
    case.do(end.node, "ip", "address", "add", address, "dev", end.interface, *_no_detection(address))
    if not _has(case, end, address):
        raise FaultFailed(f"{end} does not have {address}")
    if _host(address) not in [_host(one) for _, one in addresses(case, before["owner"])]:
        raise FaultFailed(f"{before['owner']} has lost {address}")
    return f"{end} and {before['owner']} both have {_host(address)}"


def _no_detection(address: str) -> list[str]:
    """Return the word by which IPv6 takes an address without asking whether somebody has it."""
    return ["nodad"] if ipaddress.ip_interface(address).version == 6 else []


def _has(case: Case, end: End, address: str) -> bool:
    return (end.interface, address) in addresses(case, end.node)


def remove(case: Case, before: Before) -> None:
    """Take it away, if it is there still."""
    end, address = places.end(case.topology, case.target), before["address"]
    if _has(case, end, address):
        case.do(end.node, "ip", "address", "delete", address, "dev", end.interface)
    if _has(case, end, address):
        raise FaultFailed(f"{end} still has {address}")
