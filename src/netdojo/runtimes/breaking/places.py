"""What a fault is put on: an end of a cable, a node, a daemon. A name that is not there is told with the near one."""

from __future__ import annotations

from typing import NamedTuple

from netdojo.errors import FaultRefused, NotFound
from netdojo.model import End, Topology

FRR = (
    *("zebra", "mgmtd", "staticd", "bgpd", "ospfd", "ospf6d", "isisd", "bfdd", "pimd", "pim6d", "ldpd", "ripd"),
    *("ripngd", "eigrpd", "babeld", "nhrpd", "pbrd", "fabricd", "vrrpd", "pathd"),
)
"""Every daemon of FRR that the image starts."""


class Cable(NamedTuple):
    """A cable: the end that was named, and the other one."""

    near: End
    far: End

    @property
    def name(self) -> str:
        """The cable's name, the same from either end."""
        return " and ".join(sorted(map(str, self)))


def cable(topology: Topology, target: str) -> Cable:
    """Return the cable at NODE:INTERFACE; raises as `end` does."""
    near = end(topology, target)
    for link in topology.links:
        for one, other in ((link.a, link.b), (link.b, link.a)):
            if str(one) == str(near):
                return Cable(one, other)
    raise NotFound("end of a cable", target, ends(topology))


def end(topology: Topology, target: str) -> End:
    """Return the end of a cable; raises FaultRefused for another form, NotFound with the near name."""
    node, _, interface = target.partition(":")
    if not interface:
        example = next(iter(ends(topology)), "leaf1:eth1")
        raise FaultRefused(f"target: must be NODE:INTERFACE, as {example} (got {target!r})")
    require_node(topology, node)
    found = [one for one in ends(topology) if one == target]
    if not found:
        if any(target in one.value.split(", ") for one in topology.foreign if one.key.startswith("link.")):
            raise FaultRefused(f"target: must be a cable's between two nodes (got {target!r}, which leads elsewhere)")
        own = [one for one in ends(topology) if one.startswith(f"{node}:")]
        raise NotFound("end of a cable", target, own or ends(topology))
    return End(node=node, interface=interface)


def ends(topology: Topology) -> list[str]:
    """Return every end of every cable."""
    return [str(one) for link in topology.links for one in (link.a, link.b)]


def cables_of(topology: Topology, node: str) -> list[Cable]:
    """Return the cables of `node`, each seen from it."""
    return [cable(topology, one) for one in ends(topology) if one.startswith(f"{node}:")]


def require_node(topology: Topology, name: str) -> str:
    """Return `name`; raises NotFound with the near one unless it is a node's."""
    names = [node.name for node in topology.nodes]
    if name not in names:
        raise NotFound("node", name, names)
    return name


def node(topology: Topology, target: str) -> str:
    """Return a node's name; raises FaultRefused when something stands behind it."""
    name, _, more = target.partition(":")
    if more:
        raise FaultRefused(f"target: must be a NODE, as {name} (got {target!r})")
    return require_node(topology, name)


def daemon(topology: Topology, target: str) -> tuple[str, str]:
    """Return the node and the daemon of NODE:DAEMON."""
    name, _, process = target.partition(":")
    require_node(topology, name)
    if not process:
        raise FaultRefused(f"target: must be NODE:DAEMON, as {name}:bgpd (got {target!r})")
    return name, process
