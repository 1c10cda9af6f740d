"""Reads a native containerlab file into a Topology, with defaults and kinds filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from netdojo.errors import InvalidFiles, Problem, suggestion
from netdojo.model import Bind, End, Link, Node, Topology
from netdojo.yaml_files import parse, read_yaml

INTERFACE_LENGTH = 15
"""Characters that the kernel allows in an interface's name."""


class Strict(BaseModel):
    """A part of a containerlab file; a key that netdojo does not read is refused by its path."""

    model_config = ConfigDict(extra="forbid")


class NodeSection(Strict):
    """The keys of a node, which may stand in defaults, kinds and groups as well."""

    kind: str | None = None
    image: str | None = None
    group: str | None = None
    env: dict[str, str | int | float | bool] = Field(default_factory=dict)
    binds: list[str] = Field(default_factory=list)
    exec: list[str] = Field(default_factory=list)
    sysctls: dict[str, str | int] = Field(default_factory=dict)
    labels: dict[str, str | int] = Field(default_factory=dict)


class LinkSection(Strict):
    """A link in containerlab's short form. `mtu` is in bytes."""

    endpoints: list[str]
    mtu: int | None = Field(default=None, gt=67, le=65535)


class MgmtSection(Strict):
    """containerlab's management network; a network in namespaces has none, so this is read and not used."""

    network: str | None = None
    bridge: str | None = None
    ipv4_subnet: str | None = Field(default=None, alias="ipv4-subnet")
    ipv6_subnet: str | None = Field(default=None, alias="ipv6-subnet")
    external_access: bool | None = Field(default=None, alias="external-access")


class TopologySection(Strict):
    """The part of the file that holds nodes and links."""

    defaults: NodeSection = NodeSection()
    kinds: dict[str, NodeSection] = Field(default_factory=dict)
    groups: dict[str, NodeSection] = Field(default_factory=dict)
    nodes: dict[str, NodeSection | None]
    links: list[LinkSection] = Field(default_factory=list)


class ClabFile(Strict):
    """A whole containerlab file."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    prefix: str | None = None
    mgmt: MgmtSection | None = None
    topology: TopologySection


def read_topology(file: Path) -> Topology:
    """Return the topology of a containerlab file; raises InvalidFiles with every fault at once."""
    shown = file.name if file.parent == Path() else f"{file.parent.name}/{file.name}"
    clab = parse(read_yaml(file, shown), ClabFile, shown)
    section = clab.topology
    nodes = tuple(resolved(name, given or NodeSection(), section) for name, given in section.nodes.items())
    faults = [*node_faults(section, nodes, shown), *link_faults(section, shown)]
    if faults:
        raise InvalidFiles(faults)
    links = tuple(Link(a=end(one.endpoints[0]), b=end(one.endpoints[1]), mtu=one.mtu) for one in section.links)
    return Topology(name=clab.name, file=file, images=file.parent.parent / "images", nodes=nodes, links=links)


def resolved(name: str, given: NodeSection, section: TopologySection) -> Node:
    """Return the node with what it inherits: the node over its group, over its kind, over the defaults."""
    layers = layers_of(given, section)
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.model_dump(exclude_none=True).items():
            merged[key] = combined(merged.get(key), value)
    return Node(
        name=name,
        kind=merged.get("kind", ""),
        image=image_folder(merged.get("image", "")),
        group=merged.get("group", ""),
        env={key: plain(value) for key, value in merged["env"].items()},
        binds=tuple(bind(text) for text in merged["binds"]),
        exec=tuple(merged["exec"]),
        sysctls={key: str(value) for key, value in merged["sysctls"].items()},
        labels={key: str(value) for key, value in merged["labels"].items()},
    )


def layers_of(given: NodeSection, section: TopologySection) -> list[NodeSection]:
    """Return what a node is made of, the weakest first."""
    group = section.groups.get(given.group or section.defaults.group or "", NodeSection())
    kind = section.kinds.get(given.kind or group.kind or section.defaults.kind or "", NodeSection())
    return [section.defaults, kind, group, given]


def combined(weaker: Any, stronger: Any) -> Any:
    """Merge one key as containerlab does: mappings by key, lists one after the other, the rest by replacement."""
    if isinstance(weaker, dict) and isinstance(stronger, dict):
        return weaker | stronger
    if isinstance(weaker, list) and isinstance(stronger, list):
        return weaker + stronger
    return stronger


def plain(value: str | int | float | bool) -> str:
    """Return a value of YAML as a process's environment has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def image_folder(image: str) -> str:
    """Return "frr" for "netdojo/frr:latest": the folder of topologies/images that holds the image."""
    return image.rsplit("/", 1)[-1].split(":", 1)[0]


def bind(text: str) -> Bind:
    """Return the bind of "source:target[:options]"."""
    source, _, rest = text.partition(":")
    target, _, options = rest.partition(":")
    return Bind(source=source, target=target, read_only="ro" in options.split(","))


def end(text: str) -> End:
    node, _, interface = text.partition(":")
    return End(node=node, interface=interface)


def node_faults(section: TopologySection, nodes: tuple[Node, ...], shown: str) -> Iterator[Problem]:
    """Yield a problem for each node that could not be started, and for a file without nodes."""
    if not nodes:
        yield Problem(shown, "topology.nodes", "must have at least one node")
    for node in nodes:
        where = f"topology.nodes.{node.name}"
        if not node.kind:
            yield Problem(shown, f"{where}.kind", "must be given, here, in defaults or in a group")
        if not node.image:
            yield Problem(shown, f"{where}.image", "must be given, here, in defaults, in kinds or in a group")
        if node.group and node.group not in section.groups and section.groups:
            found = suggestion(node.group, section.groups, "group")
            yield Problem(shown, f"{where}.group", f"must name a group of this file (got {node.group!r})", found)
        for position, given in enumerate(node.binds):
            if not given.source or not given.target.startswith("/"):
                text = f"{given.source}:{given.target}"
                yield Problem(shown, f"{where}.binds[{position}]", f"must be source:/target (got {text!r})")


def link_faults(section: TopologySection, shown: str) -> Iterator[Problem]:
    """Yield a problem for each link that names no node, a bad interface, or an end that is taken."""
    taken: dict[str, int] = {}
    for position, link in enumerate(section.links):
        where = f"topology.links[{position}].endpoints"
        if len(link.endpoints) != 2:
            yield Problem(shown, where, f"must be two of node:interface (got {len(link.endpoints)})")
        for text in link.endpoints:
            yield from end_faults(text, section.nodes, shown, where)
            if text in taken:
                yield Problem(shown, where, f"must be free: {text!r} is in links[{taken[text]}] already")
            taken.setdefault(text, position)


def end_faults(text: str, nodes: Mapping[str, object], shown: str, where: str) -> Iterator[Problem]:
    """Yield a problem for each fault of one end of a link."""
    made = end(text)
    if not made.interface:
        yield Problem(shown, where, f"must be node:interface (got {text!r})")
    elif made.node not in nodes:
        hint = suggestion(made.node, nodes, "node")
        yield Problem(shown, where, f"must name a node of this file (got {made.node!r})", hint)
    elif len(made.interface) > INTERFACE_LENGTH:
        yield Problem(shown, where, f"must have an interface of at most {INTERFACE_LENGTH} characters (got {text!r})")
