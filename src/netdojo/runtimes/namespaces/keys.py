"""What this runtime does with each key of a containerlab file; the reference page's table is drawn from here."""

from __future__ import annotations

from typing import NamedTuple

HONOURED, UNUSED, REFUSED = "honoured", "not used", "refused"


class Key(NamedTuple):
    """What becomes of a key, and in a few words how or why."""

    does: str
    why: str


KEYS = {
    "name": Key(HONOURED, "the network's name, unless a lab gives its own"),
    "prefix": Key(UNUSED, "it is for names of containers"),
    "mgmt": Key(UNUSED, "there is no management network: each node's SSH is at 127.0.0.1"),
    "settings": Key(UNUSED, "it is for certificates, which are refused"),
    "debug": Key(UNUSED, "it is for containerlab's own log"),
    "node.kind": Key(HONOURED, "`linux`; any other kind is refused"),
    "node.image": Key(
        HONOURED, "`frr`, `netdojo/frr`, `netdojo/frr:latest`: topologies/images/frr; any other is refused"
    ),
    "node.group": Key(HONOURED, "what it inherits"),
    "node.env": Key(HONOURED, "all but `__IMPORT_ENVS`"),
    "node.binds": Key(HONOURED, "a copy that the node may change; not over /proc, /sys and /dev"),
    "node.exec": Key(HONOURED, "in the node, without a shell; one that fails is an error"),
    "node.cmd": Key(HONOURED, "kept running on a terminal after the image's entrypoint has ended"),
    "node.entrypoint": Key(HONOURED, "kept running on a terminal, in place of the image's own"),
    "node.startup-config": Key(REFUSED, "containerlab's kind linux does not load it either"),
    "node.sysctls": Key(HONOURED, "`net.…` alone, since nodes share the host's kernel"),
    "node.labels": Key(
        HONOURED, "`tier: core`, superspine, spine, leaf, switch, firewall or host is also the row in which it is drawn"
    ),
    "node.stages": Key(HONOURED, "see the stages below"),
    "node.type": Key(UNUSED, "kind linux has no types"),
    "node.startup-delay": Key(REFUSED, "order nodes by `stages`"),
    "node.enforce-startup-config": Key(UNUSED, "kind linux loads no startup-config"),
    "node.suppress-startup-config": Key(UNUSED, "kind linux loads no startup-config"),
    "node.auto-remove": Key(UNUSED, "it is for containers that have stopped"),
    "node.restart-policy": Key(UNUSED, "it is for containers that have stopped"),
    "node.config": Key(UNUSED, "it is for `containerlab config`"),
    "node.image-pull-policy": Key(UNUSED, "nothing is pulled"),
    "node.license": Key(UNUSED, "kind linux has no licence"),
    "node.position": Key(UNUSED, "it is for `containerlab graph`"),
    "node.devices": Key(REFUSED, "the host's devices are not shown"),
    "node.cap-add": Key(UNUSED, "a node's root may do all that its own network needs; containerlab's is privileged"),
    "node.shm-size": Key(REFUSED, "nodes have no limits of their own"),
    "node.ports": Key(REFUSED, "no port of a node is on the host, except for SSH"),
    "node.mgmt-ipv4": Key(UNUSED, "there is no management network"),
    "node.mgmt-ipv6": Key(UNUSED, "there is no management network"),
    "node.env-files": Key(REFUSED, "write the variables under `env`"),
    "node.user": Key(REFUSED, "programs run as root of the node"),
    "node.network-mode": Key(HONOURED, "`none` alone, which is what every node has"),
    "node.sandbox": Key(REFUSED, "it is for virtual machines"),
    "node.kernel": Key(REFUSED, "it is for virtual machines"),
    "node.runtime": Key(REFUSED, "there is no container engine"),
    "node.cpu": Key(REFUSED, "nodes have no limits of their own"),
    "node.cpu-set": Key(REFUSED, "nodes have no limits of their own"),
    "node.memory": Key(REFUSED, "nodes have no limits of their own"),
    "node.extras": Key(UNUSED, "they are for other kinds"),
    "node.dns": Key(REFUSED, "a node asks no server of the host; bind an /etc/resolv.conf"),
    "node.certificate": Key(REFUSED, "nobody issues certificates"),
    "node.healthcheck": Key(REFUSED, "there is no container engine that would run it"),
    "node.aliases": Key(REFUSED, "there is no management network that would know the names"),
    "node.components": Key(UNUSED, "they are for other kinds"),
    "link.endpoints": Key(HONOURED, "short, or extended as `type: veth`"),
    "link.mac": Key(HONOURED, "the interface's address"),
    "link.mtu": Key(HONOURED, "1500 bytes when not given or 0, in both runtimes"),
    "link.labels": Key(HONOURED, "`netdojo.…` as below; all others are for tools that read the file"),
    "link.vars": Key(UNUSED, "they are for `containerlab config`"),
    "link.host": Key(REFUSED, "nothing leads out of the network"),
    "link.mgmt-net": Key(REFUSED, "there is no management network"),
    "link.macvlan": Key(REFUSED, "nothing leads out of the network"),
    "link.vxlan": Key(REFUSED, "nothing leads out of the network"),
    "link.vxlan-stitch": Key(REFUSED, "nothing leads out of the network"),
    "link.dummy": Key(REFUSED, "make it in the node: `exec: [ip link add … type dummy]`"),
    "label.netdojo.rate": Key(HONOURED, "`8kbit` to `400gbit`; `10mbit` is 10 Mbit/s"),
    "label.netdojo.delay": Key(HONOURED, "up to `10s`, or in ms or us, where the kernel has netem"),
    "label.netdojo.jitter": Key(HONOURED, "no more than the delay, where the kernel has netem"),
    "label.netdojo.loss": Key(HONOURED, "percent of the packets, as in `0.5%`, where the kernel has netem"),
    "stage.create": Key(HONOURED, "`wait-for`, and `exec` on-exit: the node is there, its entrypoint has begun"),
    "stage.create-links": Key(HONOURED, "`exec` on-exit; not `wait-for`: all links are there before a node starts"),
    "stage.configure": Key(
        HONOURED, "`wait-for` and `exec`, once the entrypoint has ended; `exec` lines of the node come after"
    ),
    "stage.healthy": Key(REFUSED, "there are no health checks"),
    "stage.exit": Key(REFUSED, "nodes stay until the network ends"),
}
"""A key → what becomes of it here. The containerlab runtime hands the file to containerlab: see its own `keys`."""
