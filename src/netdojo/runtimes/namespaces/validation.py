"""What the namespaces runtime can run of a topology; everything that it cannot is told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from netdojo.errors import Problem, TopologyUnsupported, WrongUse, suggestion
from netdojo.model import Node, Topology
from netdojo.runtimes.namespaces.nodes import IMAGE_PROGRAMS
from netdojo.runtimes.namespaces.staging import source_of

KIND = "linux"
ELSEWHERE = "the containerlab runtime runs it: --runtime containerlab"
KERNEL_FOLDERS = ("/proc", "/sys", "/dev")
NETWORK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
NODE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
INTERFACE_NAME = re.compile(r"[A-Za-z0-9_.@-]{1,15}")


def check(topology: Topology, name: str, overlay: Path | None) -> None:
    """Raise WrongUse for a bad name, TopologyUnsupported with every key that this runtime cannot honour."""
    if not NETWORK_NAME.fullmatch(name):
        raise WrongUse(
            f"a network cannot be named {name!r}",
            help="take up to 63 letters, digits, dots, hyphens or underscores, a letter or digit first",
        )
    shown = f"{topology.folder.name}/{topology.file.name}"
    problems = [Problem(shown, *problem) for problem in _problems(topology, overlay)]
    if problems:
        raise TopologyUnsupported(problems)


def _problems(topology: Topology, overlay: Path | None) -> Iterator[tuple[str, str, str]]:
    """Yield (field, message, hint) for each thing that cannot be done here."""
    for node in topology.nodes:
        for field, message, hint in _node_problems(node, topology, overlay):
            yield f"topology.nodes.{node.name}{field}", message, hint
    taken = {"lo"}
    for position, link in enumerate(topology.links):
        for end in (link.a, link.b):
            where = f"topology.links[{position}].endpoints"
            if not INTERFACE_NAME.fullmatch(end.interface) or end.interface == "lo":
                yield where, f"must have an interface name that Linux takes (got {str(end)!r})", ""
            if str(end) in taken:
                yield where, f"must be free (got {str(end)!r} twice)", ""
            if end.node not in {node.name for node in topology.nodes}:
                yield where, f"must be between nodes of this file (got {str(end)!r})", ELSEWHERE
            taken.add(str(end))


def _node_problems(node: Node, topology: Topology, overlay: Path | None) -> Iterator[tuple[str, str, str]]:
    if not NODE_NAME.fullmatch(node.name):
        yield "", "must be named like a host: letters, digits and hyphens", ""
    if node.kind != KIND:
        yield ".kind", f"must be {KIND!r} in the namespaces runtime (got {node.kind!r})", ELSEWHERE
    elif not _is_image(topology.images / node.image):
        images = sorted(folder.name for folder in topology.images.glob("*") if _is_image(folder))
        hint = f"{suggestion(node.image, images, 'image')}; {ELSEWHERE}"
        yield ".image", f"must be an image of {topology.images.name}/ (got {node.image!r})", hint
    for key in node.sysctls:
        if not key.startswith("net."):
            yield f".sysctls.{key}", "must be a setting of the network, net.… (a node shares the host's kernel)", ""
    for position, bind in enumerate(node.binds):
        if not source_of(bind, topology, overlay).exists():
            yield f".binds[{position}]", f"must name a file that is there (got {bind.source!r})", ""
        if ".." in Path(bind.target).parts or bind.target in ("", "/"):
            yield f".binds[{position}]", f"must have a path of a file or folder as its target (got {bind.target!r})", ""
        elif bind.target.startswith(KERNEL_FOLDERS):
            yield f".binds[{position}]", f"must not be over the kernel's files (got {bind.target!r})", ELSEWHERE


def _is_image(folder: Path) -> bool:
    return all((folder / program).is_file() for program in IMAGE_PROGRAMS)
