"""What the containerlab runtime does not leave to containerlab; the reference page's table is drawn from here.

A network is a learner's: its nodes of kind linux reach each other by their links, and nothing else.
"""

from __future__ import annotations

OURS = {
    "name": "replaced: containerlab knows it by the network's name and a mark of your home",
    "prefix": "replaced: `netdojo`",
    "mgmt": "replaced: there is no management network; one for nodes of other vendors has the addresses that it says",
    "node.network-mode": "refused for kind linux, but for `none`, which its nodes have",
    "node.ports": "refused for kind linux: no port of a node is on the host, except for SSH",
    "node.aliases": "refused for kind linux: there is no management network that would know the names",
    "node.mgmt-ipv4": "not used for kind linux: there is no management network",
    "node.mgmt-ipv6": "not used for kind linux: there is no management network",
    "node.restart-policy": "replaced for kind linux: `no`, so that a node that has ended is seen to have",
}
"""A key → what becomes of it, in a few words; containerlab honours all others."""
REFUSED = {
    "node.network-mode": "must be 'none': a node of kind linux has its links, and no other network",
    "node.ports": "must not be there: no port of a node of kind linux is on the host, except for SSH",
    "node.aliases": "must not be there: there is no management network that would know the names",
}
"""A key that would have no effect on nodes of kind linux → what it must be."""
