"""A deployed topology, and what its nodes answer."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from pydantic import Field

from netdojo.model.base import Instant, Noun
from netdojo.model.topology import Topology


class NodeAccess(Noun):
    """How a node is reached over SSH. `host` is always the loopback of the machine that runs the network."""

    name: str
    host: str
    port: int = Field(gt=0, lt=65536)


class Network(Noun):
    """A deployed topology.

    `pid` is the supervisor's, as the host sees it. `folder` holds the network's own files (mode 0700): known_hosts,
    the client key, ssh_config and the log; it goes with the network. `username`, `password` and the host key are
    made for this network alone.
    """

    name: str
    runtime: str
    topology: Topology
    started: Instant
    pid: int
    folder: Path
    username: str
    password: str
    access: tuple[NodeAccess, ...]

    @property
    def known_hosts(self) -> Path:
        return self.folder / "known_hosts"

    @property
    def ssh_config(self) -> Path:
        return self.folder / "ssh_config"

    def node(self, name: str) -> NodeAccess:
        """Return how to reach `name`; raises KeyError when there is no such node."""
        return {node.name: node for node in self.access}[name]


class Answer(Noun):
    """What a command gave back. `code` is its exit status; 124 when it was ended at its time limit."""

    code: int
    stdout: str
    stderr: str

    @property
    def ok(self) -> bool:
        return self.code == 0


class NodeState(str, Enum):
    """Whether a node takes commands; a degraded one does, and a daemon that it came up with runs no more."""

    starting = "starting"
    running = "running"
    degraded = "degraded"
    stopped = "stopped"


class LinkState(Noun):
    """A link and whether both of its ends are up."""

    a: str
    b: str
    up: bool


class NetworkState(Noun):
    """What a network looks like now.

    `uptime` is in seconds, `memory` in bytes (proportional set size of its processes). `idle` is in seconds since
    the network was last used; it ends itself once that is `forget_after` seconds, 0 for never.
    """

    name: str
    nodes: dict[str, NodeState]
    links: tuple[LinkState, ...]
    uptime: float
    memory: int
    idle: float = 0.0
    forget_after: float = 0.0


class Forgotten(Noun):
    """The end of a network that nobody had used for `idle` seconds."""

    name: str
    ended: Instant
    idle: float


class Progress(Noun):
    """One step of long work.

    `phase` is a short word (wiring, starting, ready); `elapsed` is seconds from the call.
    """

    phase: str
    node: str = ""
    done: int = 0
    total: int = 0
    elapsed: float = 0.0

    @property
    def count(self) -> str:
        """How far it is, as "3 of 6"; nothing where nobody counts."""
        return f"{self.done} of {self.total}" if self.total else ""

    @property
    def line(self) -> str:
        """The step as "starting leaf1 3 of 6"."""
        return " ".join(part for part in (self.phase, self.node, self.count) if part)
