"""A topology as a containerlab file says it, with what is inherited already filled in."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from netdojo.model.base import Noun


class Bind(Noun):
    """A file or folder of the host, seen in the node at `target`; `source` is relative to the topology's folder."""

    source: str
    target: str
    read_only: bool = False


class Node(Noun):
    """One device. `image` names a folder of topologies/images by its last part, without registry or tag."""

    name: str
    kind: str
    image: str
    group: str = ""
    env: dict[str, str] = Field(default_factory=dict)
    binds: tuple[Bind, ...] = ()
    exec: tuple[str, ...] = ()
    sysctls: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)


class End(Noun):
    """One end of a link."""

    node: str
    interface: str

    def __str__(self) -> str:
        return f"{self.node}:{self.interface}"


class Link(Noun):
    """A cable between two interfaces. `mtu` is in bytes; None is the kernel's 1500."""

    a: End
    b: End
    mtu: int | None = None


class Topology(Noun):
    """A network to be deployed. `file` is where it was read; binds are resolved against its folder."""

    name: str
    file: Path
    images: Path
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]

    @property
    def folder(self) -> Path:
        return self.file.parent

    def node(self, name: str) -> Node:
        """Return the node `name`; raises KeyError when there is none."""
        return {node.name: node for node in self.nodes}[name]
