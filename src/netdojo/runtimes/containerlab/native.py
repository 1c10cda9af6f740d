"""Writes the file that containerlab is given: the native one, with the network's own name, files and isolation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from netdojo.model import Bind, Node, Topology
from netdojo.yaml_files import read_yaml

FILE = "network.clab.yml"
PREFIX = "netdojo"
OWNER = "netdojo.folder"
"""The label of every container of ours; its value is the network's folder."""
MTU = 1500
"""Bytes of a link that says nothing: the kernel's own, as in namespaces. containerlab's would be 9500."""
OURS_TAG = "netdojo/{image}:latest"
INHERITED = ("binds", "exec")
"""Keys that are resolved for each node and so may not be inherited once more."""
PATHS = ("startup-config", "license")
"""Keys whose value may be a file beside the native one."""


def lab_name(name: str, folder: Path) -> str:
    """Return the name by which containerlab knows the network `name`; in another home, it is another."""
    return f"{name}-{hashlib.sha256(str(folder).encode()).hexdigest()[:6]}"


def is_ours(node: Node, topology: Topology) -> bool:
    """Whether the node's image is one that `netdojo image build` makes."""
    return node.kind == "linux" and (topology.images / node.image / "Dockerfile").is_file()


def reference(node: Node, topology: Topology) -> str:
    """Return the image of `node` as docker knows it."""
    if is_ours(node, topology):
        return OURS_TAG.format(image=node.image)
    return node.reference or node.image


def write(topology: Topology, name: str, overlay: Path | None, staged: list[dict[str, Any]], folder: Path) -> Path:
    """Write the file for containerlab into the network's folder, and return where it is.

    `staged` are the nodes with the copies of what they bind.
    """
    document = dict(read_yaml(topology.file, topology.file.name))
    lab = lab_name(name, folder)
    document.update(name=lab, prefix=PREFIX, mgmt=management(topology, lab))
    section = document["topology"]
    layers = [section.get("defaults"), *(section.get("kinds") or {}).values(), *(section.get("groups") or {}).values()]
    for layer in (one for one in layers if one):
        for key in INHERITED:
            layer.pop(key, None)
        _point_at_files(layer, topology, overlay)
    own = {node["name"]: node for node in staged}
    section["nodes"] = {
        node.name: _node(node, section["nodes"].get(node.name) or {}, topology, overlay, own[node.name], folder)
        for node in topology.nodes
    }
    section["links"] = [{"mtu": MTU, **link} for link in section.get("links") or []]
    file = folder / FILE
    with file.open("w", encoding="utf-8") as opened:
        YAML(typ="safe", pure=True).dump(document, opened)
    return file


def management(topology: Topology, lab: str) -> dict[str, Any]:
    """Return the management network: none is made unless a node of another vendor cannot be without."""
    if all(node.kind == "linux" for node in topology.nodes):
        return {"network": "bridge", "external-access": False}
    return {"network": f"{PREFIX}-{lab}", "ipv4-subnet": "auto", "external-access": False}


def _node(
    node: Node, given: Mapping[str, Any], topology: Topology, overlay: Path | None, staged: dict[str, Any], folder: Path
) -> dict[str, Any]:
    """Return a node's section: what was given, cut off from the others but for its links, with files of its own."""
    section = {key: value for key, value in given.items() if key not in INHERITED}
    _point_at_files(section, topology, overlay)
    section["labels"] = {**(section.get("labels") or {}), OWNER: str(folder)}
    section["binds"] = list(bind_lines(node, staged))
    if node.kind == "linux":
        section.update({"network-mode": "none", "restart-policy": "no"})
    if is_ours(node, topology):
        section["image"] = reference(node, topology)
        section["binds"].append(f"{staged['run']}:/run")
    return section


def is_staged(bind: Bind) -> bool:
    """Whether a bind's source is copied: not what lies elsewhere on this machine, nor in containerlab's own folder."""
    return not bind.source.startswith(("/", "__clab"))


def bind_lines(node: Node, staged: dict[str, Any]) -> Iterator[str]:
    """Yield the binds of a node as containerlab reads them, the copies in place of what they are copies of."""
    copies = {one["target"]: one["source"] for one in staged["binds"]}
    for bind in node.binds:
        source = copies[bind.target] if is_staged(bind) else bind.source
        options = ",".join([*(["ro"] if bind.read_only else []), *bind.options])
        yield f"{source}:{bind.target}" + (f":{options}" if options else "")


def _point_at_files(layer: dict[str, Any], topology: Topology, overlay: Path | None) -> None:
    """Make the paths of a section absolute, the overlay's files before the topology's."""
    for key in PATHS:
        value = layer.get(key)
        if isinstance(value, str) and "\n" not in value:
            found = [
                base / value for base in (overlay, topology.folder) if base is not None and (base / value).is_file()
            ]
            layer[key] = str(found[0]) if found else value
