"""A deployed network in full: what each node's kernel says of its interfaces, ports and processes."""

from __future__ import annotations

from pydantic import Field

from netdojo.model.base import Noun
from netdojo.model.network import NodeState


class Interface(Noun):
    """An interface of a node.

    `state` is up, no carrier (it is up here, and not at its other end) or down. `peer` is the other end of its link as
    the topology has it, such as "spine1:eth1", or empty. `addresses` have their prefix length.
    """

    name: str
    state: str
    mtu: int
    mac: str
    addresses: tuple[str, ...]
    peer: str = ""


class Listener(Noun):
    """A port on which a node listens; `program` is empty where it is the kernel itself that listens."""

    protocol: str
    address: str
    port: int = Field(gt=0, lt=65536)
    program: str


class Process(Noun):
    """A process of a node: `pid` is its number in the node, `memory` in bytes (proportional set size).

    Name and command line are what `ps` shows, which a process can choose itself.
    """

    pid: int
    name: str
    command: str
    memory: int


class NodeDetail(Noun):
    """A node in full; one whose first process has ended has nothing to show. `memory` is in bytes.

    `ended` names the daemons that the node came up with and that run no more.
    """

    state: NodeState
    memory: int
    interfaces: tuple[Interface, ...]
    ports: tuple[Listener, ...]
    processes: tuple[Process, ...]
    ended: tuple[str, ...] = ()


class NetworkDetail(Noun):
    """A network and its nodes in full; times and memory are as in NetworkState."""

    name: str
    runtime: str
    uptime: float
    idle: float
    memory: int
    nodes: dict[str, NodeDetail]
