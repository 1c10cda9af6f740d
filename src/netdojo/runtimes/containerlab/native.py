"""Writes the file that containerlab is given: the native one, with the network's own name, files and isolation."""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from netdojo.clab_yaml import number_of, read_document, text_of, write_document
from netdojo.errors import InvalidFiles
from netdojo.model import Bind, Node, StageCommand, StageName, Topology, WaitFor
from netdojo.runtimes import settings
from netdojo.runtimes.programs import IMAGE

FILE = "network.clab.yml"
PREFIX = "netdojo"
OWNER = "netdojo.folder"
"""The label of every container of ours; its value is the network's folder."""
MTU = 1500
"""Bytes of a link that says nothing: the kernel's own, as in namespaces. containerlab's would be 9500."""
OURS_TAG = "netdojo/{image}:latest"
INHERITED = ("binds", "exec", "startup-config", "stages", "sysctls")
"""Keys that are resolved for each node and so may not be inherited once more."""
PATHS = ("license", "env-files")
"""Keys of a section that name a file beside the native one, or several."""
AUTHORITY_PATHS = ("cert", "key")
MANAGEMENT = (
    ("ipv4_subnet", "--subnet"),
    ("ipv4_gw", "--gateway"),
    ("ipv4_range", "--ip-range"),
    ("ipv6_subnet", "--subnet"),
    ("ipv6_gw", "--gateway"),
    ("ipv6_range", "--ip-range"),
    ("mtu", "--opt=com.docker.network.driver.mtu"),
)
"""What the file says of the management network that holds for one of its own as well, and docker's word for it."""
MANAGEMENT_LINK = "link.mgmt-net"
OUTWARD = ("link.host", MANAGEMENT_LINK, "link.macvlan", "link.vxlan", "link.vxlan-stitch")
"""Links of which one end is the host's."""
AUTO = "auto"
"""A subnet that containerlab leaves to docker."""


_PREPARED = (
    "for left in $(seq 1200); do"
    r' running=$(for pid in $(cat /proc/1/task/1/children); do tr "\0" " " < /proc/$pid/cmdline; done);'
    f' case "$running" in "" | *"{IMAGE}/entrypoint "*) sleep 0.05 ;; *) exit 0 ;; esac; '
    'done; echo "the entrypoint had not ended after 60 s"; exit 1'
)
"""Ends when the entrypoint, started by the container's first process, has become the command that it was given."""


def lab_name(name: str, folder: Path) -> str:
    """Return the name by which containerlab knows the network `name`; in another home, it is another."""
    return f"{name}-{hashlib.sha256(str(folder).encode()).hexdigest()[:6]}"


def is_ours(node: Node, topology: Topology) -> bool:
    """Whether the node's image is one that `netdojo image build` makes."""
    return node.kind == "linux" and bool(node.image) and (topology.images / node.image / "Dockerfile").is_file()


def reference(node: Node, topology: Topology) -> str:
    """Return the image of `node` as docker knows it."""
    if is_ours(node, topology):
        return OURS_TAG.format(image=node.image)
    return node.reference or node.image


def write(topology: Topology, name: str, overlay: Path | None, staged: list[dict[str, Any]], folder: Path) -> Path:
    """Write the file for containerlab into the network's folder, and return where it is.

    `staged` are the nodes with the copies of what they bind.
    """
    lab = lab_name(name, folder)
    document = document_of(topology)
    section = document["topology"]
    bases = tuple(base for base in (overlay, topology.folder) if base is not None)
    own = {node["name"]: node for node in staged}
    written = {
        **document,
        "name": lab,
        "prefix": PREFIX,
        "mgmt": management(topology, lab),
        "settings": document.get("settings") and _settings(document["settings"], bases),
        "topology": {
            "defaults": _layer(section.get("defaults") or {}, bases),
            "kinds": _layers(section.get("kinds") or {}, bases),
            "groups": _layers(section.get("groups") or {}, bases),
            "nodes": {
                node.name: _node(node, section["nodes"][node.name] or {}, topology, bases, own[node.name], folder)
                for node in topology.nodes
            },
            "links": [_link(link) for link in section.get("links") or []],
        },
    }
    file = folder / FILE
    file.write_text(write_document(written), encoding="utf-8")
    return file


def document_of(topology: Topology) -> Mapping[str, Any]:
    """Return what stands in the topology's file, as it was read for the topology itself."""
    shown = topology.shown
    held, faults = read_document(text_of(topology.file, shown), shown)
    if faults:
        raise InvalidFiles(faults)
    return held


def management(topology: Topology, lab: str) -> dict[str, Any]:
    """Return the management network as containerlab wants it: docker's own, which nobody is in, or one that is there.

    Its name is this network's alone.
    """
    name = f"{PREFIX}-{lab}" if has_management(topology) else "bridge"
    return {"network": name, "external-access": False}


def has_management(topology: Topology) -> bool:
    """Whether a node needs a management network, as those of other vendors do, or a link leads to it."""
    return any(node.kind != "linux" for node in topology.nodes) or any(
        key.key == MANAGEMENT_LINK for key in topology.foreign
    )


def is_apart(topology: Topology) -> bool:
    """Whether nothing of the network leads to the host's own."""
    return not has_management(topology) and not any(key.key in OUTWARD for key in topology.foreign)


def management_words(topology: Topology, lab: str) -> list[str]:
    """Return what docker is told to make the management network by, or nothing: one from which no packet is routed.

    The file says which addresses it has, since nodes may have theirs in it.
    """
    if not has_management(topology):
        return []
    asked = ((word, getattr(topology.management, name)) for name, word in MANAGEMENT)
    given = [f"{word}={value}" for word, value in asked if value and value != AUTO]
    sixth = ["--ipv6"] if topology.management.ipv6_subnet else []
    return ["docker", "network", "create", "--internal", *sixth, *given, f"{PREFIX}-{lab}"]


def _node(
    node: Node,
    given: Mapping[str, Any],
    topology: Topology,
    bases: tuple[Path, ...],
    staged: dict[str, Any],
    folder: Path,
) -> dict[str, Any]:
    """Return a node's section: what was given, cut off from the others but for its links, with files of its own."""
    section = _layer(given, bases)
    if node.startup_config:
        section["startup-config"] = _found(node.startup_config, bases)
    section["labels"] = {**(section.get("labels") or {}), OWNER: str(folder)}
    section["binds"] = list(bind_lines(node, staged))
    section["sysctls"] = dict(node.sysctls)
    section.update(stages(node, topology))
    if node.kind == "linux":
        early = {name: value for name, value in node.sysctls.items() if not settings.interface(name)}
        section.update({"network-mode": "none", "restart-policy": "no", "sysctls": early})
    if is_ours(node, topology):
        section["image"] = reference(node, topology)
        section["binds"].append(f"{staged['run']}:/run")
    return section


def stages(node: Node, topology: Topology) -> dict[str, Any]:
    """Return a node's `stages`, if any: `configure` begins when an image of ours has prepared it, as in namespaces.

    That is waited for only where something comes after it.
    """
    found = {
        name.value: {
            "wait-for": [wait.model_dump(mode="json") for wait in stage.wait_for],
            "exec": [command.model_dump() for command in stage.exec],
        }
        for name, stage in node.stages.items()
    }
    this = WaitFor(node=node.name, stage=StageName.configure)
    followed = any(this in stage.wait_for for other in topology.nodes for stage in other.stages.values())
    configure = found.get(this.stage.value, {"wait-for": [], "exec": []})
    if is_ours(node, topology) and not node.entrypoint and (followed or configure["exec"]):
        prepared = StageCommand(command=shlex.join(["sh", "-c", _PREPARED]))
        found[this.stage.value] = {**configure, "exec": [prepared.model_dump(), *configure["exec"]]}
    return {"stages": found} if found else {}


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


def _link(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a link with an mtu: 0 and nothing are as good as not given."""
    return {**given, "mtu": given["mtu"] if int(number_of(given.get("mtu")) or 0) else MTU}


def _layer(given: Mapping[str, Any], bases: tuple[Path, ...]) -> dict[str, Any]:
    """Return a section without what each node has of its own by now, and with its files where they are."""
    kept = {key: value for key, value in given.items() if key not in INHERITED}
    return _with_files(kept, PATHS, bases)


def _layers(given: Mapping[str, Any], bases: tuple[Path, ...]) -> dict[str, Any]:
    return {name: _layer(one or {}, bases) for name, one in given.items()}


def _settings(given: Mapping[str, Any], bases: tuple[Path, ...]) -> dict[str, Any]:
    authority = given.get("certificate-authority") or {}
    return {**given, "certificate-authority": _with_files(authority, AUTHORITY_PATHS, bases)}


def _with_files(section: Mapping[str, Any], keys: tuple[str, ...], bases: tuple[Path, ...]) -> dict[str, Any]:
    """Return a section whose paths at `keys` are absolute."""
    found: dict[str, Any] = {}
    for key in section.keys() & set(keys):
        value = section[key]
        several = isinstance(value, list)
        found[key] = [_found(one, bases) for one in value] if several else _found(value, bases)
    return {**section, **found}


def _found(value: str | None, bases: tuple[Path, ...]) -> str | None:
    """Return the path of the file that `value` names, in the first of `bases` that has it; else `value` itself."""
    if not value or "\n" in value:
        return value
    return next((str(base / value) for base in bases if os.path.isfile(base / value)), value)
