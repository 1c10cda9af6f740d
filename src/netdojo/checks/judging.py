"""Judging: each `expect_…` is a pure function over data and raises Failed with what was expected and found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from netdojo.checks.vocabulary import Failed


def expect(condition: bool, rationale: str, *, expected: Any = None, actual: Any = None, help: str = "") -> None:
    """Raise Failed with `rationale` unless `condition` holds."""
    if not condition:
        raise Failed(rationale, expected=expected, actual=actual, help=help)


def session_states(summary: Mapping[str, Any], family: str = "ipv4Unicast") -> dict[str, str]:
    """Return neighbour → state of one address family of FRR's BGP summary."""
    peers = (summary.get(family) or {}).get("peers") or {}
    return {name: str(peer.get("state", "unknown")) for name, peer in peers.items()}


def expect_established(summary: Mapping[str, Any], interfaces: Collection[str], *, family: str = "ipv4Unicast") -> None:
    """Raise Failed unless the session on each of `interfaces` is established; every one that is not is named.

    FRR names a neighbour of BGP unnumbered by its interface, and any other by its address: what FRR calls it is given.
    """
    states = session_states(summary, family)
    found = {name: states.get(name, "not configured") for name in sorted(interfaces)}
    down = {name: state for name, state in found.items() if state != "Established"}
    if down:
        listed = ", ".join(f"{name} is {state}" for name, state in down.items())
        raise Failed(
            f"{len(interfaces) - len(down)} of {len(interfaces)} sessions are established: {listed}",
            expected=dict.fromkeys(found, "Established"),
            actual=found,
            help="Ask the node `show bgp summary` and `show bgp neighbors` about the neighbour that is named.",
        )


def expect_next_hops(
    route: Mapping[str, Any] | None, devices: Collection[str], *, protocol: str = "bgp", prefix: str = "the prefix"
) -> None:
    """Raise Failed unless the kernel's route leaves by exactly `devices` and was put there by `protocol`."""
    if route is None:
        raise Failed(f"the kernel has no route to {prefix}", expected=sorted(devices), actual=[])
    used = sorted(hop["dev"] for hop in route["nexthops"])
    expect(
        route["protocol"] == protocol,
        f"the route to {route['dst']} is {route['protocol']}, not {protocol}",
        expected=protocol,
        actual=route["protocol"],
        help=f"A route that {protocol} learned follows the fabric when a link fails.",
    )
    expect(
        used == sorted(devices),
        f"the route to {route['dst']} leaves by {listed(used)}, and must leave by {listed(sorted(devices))}",
        expected=sorted(devices),
        actual=used,
        help="Look for the session over each interface that is missing, and for what it does not give or take.",
    )


def listed(devices: Collection[str]) -> str:
    """Return the names as a sentence has them."""
    *others, last = devices or ["no interface"]
    return f"{', '.join(others)} and {last}" if others else last


def expect_reachable(result: Mapping[str, Any]) -> None:
    """Raise Failed unless every echo request was answered."""
    expect(
        result["received"] == result["sent"] > 0,
        f"{result['received']} of {result['sent']} packets to {result['target']} were answered",
        expected=result["sent"],
        actual=result["received"],
    )
