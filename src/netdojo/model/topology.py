"""A topology as a containerlab file says it, with what is inherited already filled in."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from pydantic import Field

from netdojo.errors import shown_name
from netdojo.model.base import Noun


class Bind(Noun):
    """A file or folder of the host, seen in the node at `target`; `source` is relative to the topology's folder.

    Without a `source` it is an empty folder of the node's own. `options` are the words after the target beside ro.
    """

    source: str
    target: str
    read_only: bool = False
    options: tuple[str, ...] = ()


class StageName(str, Enum):
    """What a node goes through while it is deployed, in this order."""

    create = "create"
    create_links = "create-links"
    configure = "configure"
    healthy = "healthy"
    exit = "exit"


class WaitFor(Noun):
    """A stage is entered only after `node` has finished its own `stage`."""

    node: str
    stage: StageName


class StageCommand(Noun):
    """A command that is run when a stage is entered or left, in the node or on the host."""

    command: str
    target: str = "container"
    phase: str = "on-enter"


class Stage(Noun):
    """What one stage of a node waits for, and what is run in it."""

    wait_for: tuple[WaitFor, ...] = ()
    exec: tuple[StageCommand, ...] = ()


class Node(Noun):
    """One device. `image` names a folder of topologies/images, "" where the file names an image from elsewhere.

    `reference` is the image as the file names it. `exec`, `cmd` and `entrypoint` are lines of words, as a shell quotes
    them but without a shell.
    """

    name: str
    kind: str
    image: str
    reference: str = ""
    group: str = ""
    env: dict[str, str] = Field(default_factory=dict)
    binds: tuple[Bind, ...] = ()
    exec: tuple[str, ...] = ()
    cmd: str = ""
    entrypoint: str = ""
    startup_config: str = ""
    sysctls: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)
    stages: dict[StageName, Stage] = Field(default_factory=dict)


class End(Noun):
    """One end of a link. `mac` is its hardware address; without one the kernel chooses."""

    node: str
    interface: str
    mac: str = ""

    def __str__(self) -> str:
        return f"{self.node}:{self.interface}"


class Impairment(Noun):
    """What a cable is held to, in each of its directions; 0 is what it is not held to.

    `rate` is in bit/s, `delay` and `jitter` are in microseconds, `loss` is in percent.
    """

    rate: int = 0
    delay: int = 0
    jitter: int = 0
    loss: float = 0.0


class Link(Noun):
    """A cable between two interfaces.

    `mtu` is in bytes; None is the kernel's 1500. `impairment` is what its labels ask for, None when they ask for
    nothing. `place` is where the file has it: `topology.links[0]`.
    """

    a: End
    b: End
    mtu: int | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    impairment: Impairment | None = None
    place: str = ""


class Management(Noun):
    """containerlab's management network; a network in namespaces has none."""

    network: str = ""
    bridge: str = ""
    ipv4_subnet: str = ""
    ipv4_gw: str = ""
    ipv4_range: str = ""
    ipv6_subnet: str = ""
    ipv6_gw: str = ""
    ipv6_range: str = ""
    mtu: int | None = None
    external_access: bool | None = None
    driver_opts: dict[str, str] = Field(default_factory=dict)


class Foreign(Noun):
    """A key of containerlab for which no noun here has a field; a runtime honours it, leaves it or refuses it.

    `key` is its kind (`node.cpu`, `link.vxlan`), `path` and `line` are where the file has it, `value` is what it says
    in short, `nodes` whom it concerns: everybody when there is none.
    """

    key: str
    path: str
    line: int
    value: str
    nodes: tuple[str, ...] = ()


class Place(Noun):
    """Where a file says something: the path of the key, and its line, 0 when that is not known."""

    path: str
    line: int


class Topology(Noun):
    """A network to be deployed. `file` is where it was read; binds are resolved against its folder.

    `images` is the folder of a course's images. `prefix` is that of containerlab's container names, None when the file
    does not give one. Links that are not cables between two nodes are among what is `foreign`. `private` are paths of
    this machine that no node is to see. `places` are where the file has what is at a path of the model, as
    `topology.nodes.a.image`: it may be inherited. A topology that did not come from its file has none.
    """

    name: str
    file: Path
    images: Path
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    prefix: str | None = None
    management: Management = Management()
    foreign: tuple[Foreign, ...] = ()
    private: tuple[Path, ...] = ()
    places: dict[str, Place] = Field(default_factory=dict, exclude=True, repr=False)

    @property
    def folder(self) -> Path:
        return self.file.parent

    @property
    def shown(self) -> str:
        """The file's name in errors."""
        return shown_name(self.file)

    def place_of(self, field: str) -> Place:
        """Return where the file says what the model has at `field`, or else what is around it."""
        around = field
        while around and around not in self.places:
            around = around[: max(around.rfind("."), around.rfind("["), 0)]
        if not around:
            return Place(path=field, line=0)
        found = self.places[around]
        return Place(path=found.path + field[len(around) :], line=found.line)

    def node(self, name: str) -> Node:
        """Return the node `name`; raises KeyError when there is none."""
        return {node.name: node for node in self.nodes}[name]
