"""Holds links to the rate, delay, jitter and loss that a topology asks for: a queue at both ends of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netdojo.runtimes.serving import commands

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netdojo.runtimes.serving.node import ServedNode
    from netdojo.runtimes.serving.processes import Processes

DEADLINE = 10.0
"""Seconds for all links of a node."""
HELD = 50_000
"""Packets that may be on their way at once: a second of 600 Mbit/s in full-sized ones."""
BURST = 0.005
"""Seconds of its rate that a link may send at once, and no less than a few packets; its queue is ten times as long."""
_PACKETS = 5


async def apply(processes: Processes, nodes: Mapping[str, ServedNode], links: list[dict[str, Any]]) -> str:
    """Hold each link to what is asked of it; return what went wrong, or nothing.

    A node that has ended meanwhile says why when it is started.
    """
    for name, lines in by_node(links).items():
        words, env = nodes[name].beside(["tc", "-batch", "-"])
        text = "".join(f"{line}\n" for line in lines)
        code, out, err = await commands.run(processes, words, env, text.encode(), DEADLINE)
        if code and nodes[name].running:
            said = (out + err).decode(errors="replace").strip()
            return f"node {name}: its links could not be held to what the topology says:\n{said}"
    return ""


def by_node(links: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the lines of a `tc -batch` for each node that has such a link."""
    found: dict[str, list[str]] = {}
    for link in links:
        if link["impairment"]:
            for node, interface in (link["a"], link["b"]):
                found.setdefault(node, []).extend(lines(interface, link["impairment"], link["mtu"] or 1500))
    return found


def lines(interface: str, asked: dict[str, Any], mtu: int) -> list[str]:
    """Return how `tc` is told of one end: first what is late or lost, and in it how fast the rest may go."""
    netem = [
        *([f"delay {asked['delay']}us {asked['jitter']}us"] if asked["delay"] else []),
        *([f"loss {asked['loss']}%"] if asked["loss"] else []),
    ]
    found = [f"qdisc add dev {interface} root handle 1: netem limit {HELD} {' '.join(netem)}"] if netem else []
    if asked["rate"]:
        place = "parent 1:1 handle 10:" if netem else "root handle 1:"
        found.append(f"qdisc add dev {interface} {place} tbf {rate(asked['rate'], mtu)}")
    return found


def rate(bits: int, mtu: int) -> str:
    """Return the words of a token bucket of `bits` a second: what it may send at once, and its queue, in bytes."""
    burst = max(int(bits / 8 * BURST), _PACKETS * mtu)
    return f"rate {bits}bit burst {burst} limit {11 * burst}"
