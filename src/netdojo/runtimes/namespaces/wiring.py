"""Links: veth pairs straight between the nodes, made in one batch, and up on both ends."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from netdojo.runtimes import kernel
from netdojo.runtimes.programs import program

if TYPE_CHECKING:
    from netdojo.runtimes.namespaces.nodes import LiveNode


class WiringFailed(Exception):
    """The links could not be made; the message is what `ip` said."""


def connect(links: list[dict[str, Any]], nodes: dict[str, LiveNode]) -> None:
    """Make every link and bring both of its ends up; raises WiringFailed."""
    batch = "\n".join(line_for(link, {name: node.pid for name, node in nodes.items()}) for link in links)
    made = subprocess.run([program("ip"), "-batch", "-"], input=batch, text=True, capture_output=True, check=False)
    if made.returncode:
        raise WiringFailed(f"the links could not be made: {made.stderr.strip()}")
    for node in nodes.values():
        kernel.set_up(node.net, "lo")
    for link in links:
        for name, interface in (link["a"], link["b"]):
            kernel.switch_offloads_off(nodes[name].net, interface)
            kernel.set_up(nodes[name].net, interface)


def line_for(link: dict[str, Any], pids: dict[str, int]) -> str:
    """Return the line of an `ip -batch` that makes `link` between the nodes' network namespaces."""
    mtu = f" mtu {link['mtu']}" if link["mtu"] else ""
    (a, a_name), (b, b_name) = link["a"], link["b"]
    a_mac, b_mac = (f" address {mac}" if mac else "" for mac in link["macs"])
    return (
        f"link add name {a_name} netns {pids[a]}{a_mac}{mtu} type veth peer name {b_name} netns {pids[b]}{b_mac}{mtu}"
    )
