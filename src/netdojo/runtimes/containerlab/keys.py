"""What the containerlab runtime does not leave to containerlab; the reference page's table is drawn from here.

A network is a learner's: its nodes of kind linux reach each other by their links, and nothing else.
"""

from __future__ import annotations

OURS = {
    "name": "replaced: containerlab knows it by the network's name and a mark of your home",
    "prefix": "replaced: `netdojo`",
    "mgmt": "replaced: only for nodes of other vendors and links to it, with the addresses that it says and no way out",
    "node.network-mode": "refused for kind linux, but for `none`, which its nodes have",
    "node.kind": "honoured where containerlab makes a container of it: not `bridge`, `ovs-bridge`, `host` and the like",
    "node.ports": "refused: no port of a node is on the host, except for SSH",
    "node.aliases": "refused for kind linux: there is no management network that would know the names",
    "node.mgmt-ipv4": "not used for kind linux: there is no management network",
    "node.mgmt-ipv6": "not used for kind linux: there is no management network",
    "node.sysctls": "honoured; for kind linux those of a link's interface are made when it is there",
    "node.restart-policy": "replaced for kind linux: `no`, so that a node that has ended is seen to have",
    "stage.configure": "honoured; the entrypoint of an image of ours has ended before it begins",
    "stage.exit": "`wait-for` it is refused: a node that has ended is a fault",
}
"""A key → what becomes of it, in a few words; containerlab honours all others."""
REFUSED = {
    "node.network-mode": "must be 'none': a node of kind linux has its links, and no other network",
    "node.ports": "must not be there: no port of a node is on the host, except for SSH",
    "node.aliases": "must not be there: there is no management network that would know the names",
    "stage.exit": "must not be 'exit': a node that has ended is a fault, in either runtime",
}
"""A key that would have no effect on nodes of kind linux, or could not be → what it must be."""
OF_ALL_KINDS = frozenset({"node.ports"})
"""Those of them that would have none on nodes of any other kind: their management network leads nowhere."""
