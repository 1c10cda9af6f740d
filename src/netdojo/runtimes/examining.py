"""The client's side of looking at a network in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netdojo.errors import NodeUnreachable, NotFound
from netdojo.model import Interface, Network, NetworkDetail, NetworkState, NodeDetail, Topology
from netdojo.runtimes.serving import control
from netdojo.runtimes.serving.examining import ADDRESSES_DEADLINE


def examine(network: Network, nodes: Sequence[str], state: NetworkState) -> NetworkDetail:
    """Return `nodes` of a network in full, or all of them; `state` is that of the network.

    Raises NotFound for an unknown node, NodeUnreachable when the network or one of its nodes cannot be asked.
    """
    names = [access.name for access in network.access]
    for node in nodes:
        if node not in names:
            raise NotFound("node", node, names)
    found = control.request(network, {"verb": "examine", "nodes": list(nodes)}, ADDRESSES_DEADLINE)
    if "failed" in found:
        raise NodeUnreachable(found["failed"], help=f"try again, or see netdojo lab status {network.name}")
    others = peers(network.topology)
    detail = {name: _node(name, given, others) for name, given in found["nodes"].items()}
    shared = {key: getattr(state, key) for key in ("uptime", "idle", "memory")}
    return NetworkDetail(name=network.name, runtime=network.runtime, nodes=detail, **shared)


def peers(topology: Topology) -> dict[tuple[str, str], str]:
    """Return (node, interface) → the other end of its link."""
    ends = [pair for link in topology.links for pair in ((link.a, link.b), (link.b, link.a))]
    return {(here.node, here.interface): f"{there.node}:{there.interface}" for here, there in ends}


def _node(name: str, given: dict[str, Any], others: dict[tuple[str, str], str]) -> NodeDetail:
    interfaces = tuple(Interface(**one, peer=others.get((name, one["name"]), "")) for one in given["interfaces"])
    return NodeDetail.model_validate({**given, "interfaces": interfaces})
