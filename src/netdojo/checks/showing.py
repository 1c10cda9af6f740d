"""Collecting: each `show_…` asks a device and returns parsed data; nothing here judges beyond "it answered"."""

from __future__ import annotations

import json
import re
from typing import Any

from netdojo.checks.vocabulary import Device, Failed
from netdojo.model import Answer


def show_json(node: Device, command: str) -> Any:
    """Return what FRR's `command` prints as JSON; raises Failed when no daemon answers or it is no JSON."""
    answer = node.ask("vtysh", "-c", command)
    if not answer.ok:
        raise Failed(
            f"{node.name} does not answer {command!r}",
            expected="JSON",
            actual=(answer.stderr or answer.stdout).strip(),
            help=f"Look whether the routing daemons of {node.name} run: open its console and type `show version`.",
        )
    try:
        return json.loads(answer.stdout)
    except json.JSONDecodeError:
        raise Failed(
            f"{node.name} answers {command!r} with text", expected="JSON", actual=answer.stdout.strip()
        ) from None


def show_bgp_summary(node: Device) -> dict[str, Any]:
    """Return FRR's `show bgp summary json`: address family → {as, peers: {neighbour: {state, remoteAs, …}}}."""
    found: dict[str, Any] = show_json(node, "show bgp summary json")
    return found


def show_bgp_asn(node: Device) -> int | None:
    """Return the AS number that the node's BGP runs with, or None when BGP is not configured."""
    match = re.search(r"^router bgp (\d+)", show_running_config(node), re.MULTILINE)
    return int(match.group(1)) if match else None


def show_running_config(node: Device) -> str:
    """Return the node's running configuration as FRR writes it; raises Failed when no daemon answers."""
    answer = node.ask("vtysh", "-c", "show running-config")
    if not answer.ok:
        raise Failed(f"{node.name} does not show its configuration", actual=(answer.stderr or answer.stdout).strip())
    return answer.stdout


def show_kernel_route(node: Device, prefix: str) -> dict[str, Any] | None:
    """Return the kernel's route for exactly `prefix`: {dst, protocol, nexthops: [{dev, via}]}, or None.

    The kernel is asked since a daemon's table is not what forwards packets.
    """
    answer = node.ask("ip", "-json", "route", "show", "exact", prefix)
    found = json.loads(answer.stdout or "[]") if answer.ok else []
    return normalised(found[0]) if found else None


def normalised(route: dict[str, Any]) -> dict[str, Any]:
    """Give a route of one next hop the same shape as a route of many."""
    hops = route.get("nexthops") or [route]
    return {
        "dst": route["dst"],
        "protocol": route.get("protocol", "boot"),
        "nexthops": [{"dev": hop.get("dev", ""), "via": via(hop)} for hop in hops],
    }


def via(hop: dict[str, Any]) -> str:
    """Return a next hop's address, of whichever family."""
    return str(hop.get("gateway") or hop.get("via", {}).get("host", ""))


def ping(node: Device, target: str, *, source: str = "", count: int = 3) -> dict[str, Any]:
    """Send `count` echo requests from the node and return {target, sent, received}; one second is waited for each."""
    origin = ["-I", source] if source else []
    argv = ["ping", "-n", "-q", "-c", str(count), "-i", "0.2", "-W", "1", *origin, target]
    return {"target": target, **ping_counts(node.ask(*argv, timeout=count + 5), count)}


def ping_counts(answer: Answer, count: int) -> dict[str, int]:
    """Read "N packets transmitted, M received"; a ping that could not send at all received nothing."""
    match = re.search(r"(\d+) packets transmitted, (\d+) received", answer.stdout)
    return {"sent": int(match.group(1)), "received": int(match.group(2))} if match else {"sent": count, "received": 0}
