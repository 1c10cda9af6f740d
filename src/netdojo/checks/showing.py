"""Collecting: each `show_…` asks a device and returns parsed data; nothing here judges beyond "the router answers"."""

from __future__ import annotations

import json
import re
from ipaddress import ip_network
from typing import Any

from netdojo.checks.vocabulary import Device, Failed
from netdojo.errors import NodeUnreachable
from netdojo.model import Answer

TIMED_OUT = 124
"""The exit code of what was ended at its time limit; those above are of what could not be run, or was killed."""
NO_COMMAND = ("% Unknown command", "% Ambiguous command", "% Command incomplete")
"""How FRR says that a command is none: the check asks wrongly."""
NONE_RUNNING = "failed to connect to any daemons"
NOT_RUNNING = re.compile(f"is not running|{NONE_RUNNING}")
NO_SOCKET = "Not a socket"
"""How vtysh says that a file lies where a daemon would have its socket; it then asks none of the daemons."""
BGP = "bgpd"


def show_json(node: Device, command: str, *, daemon: str = "") -> Any:
    """Return what FRR's `command` prints as JSON; raises as `vtysh` does, and Failed when it is no JSON."""
    answer = vtysh(node, command, daemon=daemon)
    try:
        return json.loads(answer)
    except json.JSONDecodeError:
        raise Failed(f"{node.name} answers {command!r} with text", expected="JSON", actual=answer.strip()) from None


def vtysh(node: Device, command: str, *, daemon: str = "") -> str:
    """Return what FRR's `command` prints, asked of `daemon` alone where one is named.

    Raises Failed when FRR says that a daemon does not run or a thing is not there: that is the learner's router.
    Raises NodeUnreachable when there was no answer at all, ValueError when FRR has no such command: these say nothing
    about the learner.
    """
    answer = asked(node, "vtysh", *(["-d", daemon] if daemon else []), "-c", command)
    if answer.ok:
        return answer.stdout
    said = (answer.stderr or answer.stdout).strip()
    if said.startswith(NO_COMMAND):
        raise ValueError(f"FRR does not take {command!r}: {said}")
    blocked = next((line for line in said.splitlines() if NO_SOCKET in line), "")
    stopped = blocked or next((line for line in said.splitlines() if NOT_RUNNING.search(line)), "")
    if daemon and NONE_RUNNING in stopped:
        stopped = f"{daemon} is not running"
    if not stopped and not said.startswith("%"):
        raise NodeUnreachable(f"{node.name} gave no answer to {command!r}: {said or f'vtysh ended with {answer.code}'}")
    raise Failed(
        f"{node.name} does not answer {command!r}: {stopped or said}",
        expected="an answer",
        actual=said,
        help=f"Something was written there on {node.name}, and its vtysh starts no more; `lab.reset()` takes it away."
        if blocked
        else f"Look whether the routing daemons of {node.name} run: open its console and type `show version`.",
    )


def asked(node: Device, *argv: str, timeout: float = 10) -> Answer:
    """Ask the node; raises NodeUnreachable when the judge's own program did not come to an answer of its own."""
    answer = node.ask(*argv, timeout=timeout)
    if answer.code == TIMED_OUT:
        raise NodeUnreachable(f"{node.name} did not answer {' '.join(argv)!r} within {timeout:.0f} s")
    if answer.code > TIMED_OUT:
        raise NodeUnreachable(f"{argv[0]} could not be run beside {node.name}: {answer.stderr.strip()}")
    return answer


def show_bgp_summary(node: Device) -> dict[str, Any]:
    """Return FRR's `show bgp summary json`: address family → {as, peers: {neighbour: {state, remoteAs, …}}}."""
    found: dict[str, Any] = show_json(node, "show bgp summary json", daemon=BGP)
    return found


def show_bgp_asn(node: Device) -> int | None:
    """Return the AS number of the node's default BGP instance, not of a view or VRF; None when there is none."""
    match = re.search(r"^router bgp (\d+)[ \t]*$", show_running_config(node, daemon=BGP), re.MULTILINE)
    return int(match.group(1)) if match else None


def show_running_config(node: Device, *, daemon: str = "") -> str:
    """Return the node's running configuration, or one daemon's, as FRR writes it; raises as `vtysh` does."""
    return vtysh(node, "show running-config", daemon=daemon)


def show_bgp_prefixes(node: Device, family: str = "ipv4 unicast") -> dict[str, Any]:
    """Return prefix → paths of all that BGP has in `family`, its own announcements included; raises as `vtysh` does."""
    found = show_json(node, f"show bgp {family} json", daemon=BGP)
    return dict(found.get("routes", {}))


def show_kernel_route(node: Device, prefix: str) -> dict[str, Any] | None:
    """Return the kernel's route for exactly `prefix`: {dst, protocol, nexthops: [{dev, via}]}, or None.

    The kernel is asked since a daemon's table is not what forwards packets. Raises NodeUnreachable when it gives no
    answer, ValueError when `prefix` is none.
    """
    answer = asked(node, "ip", "-json", "route", "show", "exact", prefix)
    if not answer.ok:
        raise ValueError(f"ip does not take {prefix!r}: {answer.stderr.strip()}")
    found = json.loads(answer.stdout or "[]")
    return normalised(found[0]) if found else None


def show_kernel_routes(node: Device, family: int = 4) -> dict[str, dict[str, Any]]:
    """Return prefix → route, as `show_kernel_route` has it, of the kernel's main table of IP version `family`, 4 or 6.

    One question for many prefixes. Of several routes to a prefix the one that the kernel prefers is told. Raises
    NodeUnreachable when the kernel gives no answer.
    """
    answer = asked(node, "ip", f"-{family}", "-json", "route", "show")
    if not answer.ok:
        raise NodeUnreachable(f"the kernel of {node.name} does not tell its routes: {answer.stderr.strip()}")
    found: dict[str, dict[str, Any]] = {}
    for route in sorted(json.loads(answer.stdout or "[]"), key=lambda one: int(one.get("metric", 0))):
        whole = {4: "0.0.0.0/0", 6: "::/0"}[family] if route["dst"] == "default" else route["dst"]
        found.setdefault(str(ip_network(whole)), normalised(route))
    return found


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


def ping(node: Device, target: str, *, source: str = "", count: int = 3, ttl: int = 0) -> dict[str, Any]:
    """Send `count` echo requests from the node and return {target, sent, received}; one second is waited for each.

    With a `ttl` they reach what is at most so many hops away. Raises NodeUnreachable when ping itself does not end.
    """
    options = [*(["-I", source] if source else []), *(["-t", str(ttl)] if ttl else [])]
    argv = ["ping", "-n", "-q", "-c", str(count), "-i", "0.2", "-W", "1", *options, target]
    return {"target": target, **ping_counts(asked(node, *argv, timeout=count + 5), count)}


def ping_counts(answer: Answer, count: int) -> dict[str, int]:
    """Read "N packets transmitted, M received"; a ping that could not send at all received nothing."""
    match = re.search(r"(\d+) packets transmitted, (\d+) received", answer.stdout)
    return {"sent": int(match.group(1)), "received": int(match.group(2))} if match else {"sent": count, "received": 0}
