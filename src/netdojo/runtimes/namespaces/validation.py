"""What the namespaces runtime can run of a topology; everything that it cannot is told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from netdojo.errors import suggestion
from netdojo.model import Foreign, Node, StageCommand, StageName, Topology
from netdojo.runtimes import checking, impairments, kinds
from netdojo.runtimes.checking import ELSEWHERE, NO_INTERFACE, NO_INTERFACES, NO_NUL, NUL, Refusal
from netdojo.runtimes.namespaces import binds, sysctls
from netdojo.runtimes.namespaces.keys import KEYS, REFUSED
from netdojo.runtimes.programs import IMAGE_PROGRAMS

KIND = "linux"
HERE = "in the namespaces runtime"
OTHER_COURSE = f"another course is named with --course or NETDOJO_COURSE; {ELSEWHERE}"
IMPORTED = "__IMPORT_ENVS"
"""The variable that asks containerlab to give a node the whole environment of whoever deploys it."""
NODE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
CONTAINER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
"""Names that containers and their hosts can have."""
INTERFACE_NAME = re.compile(r"[A-Za-z0-9_.@-]{1,15}")
IN_NEITHER = {"node.ports", "node.aliases"}
"""Keys that the containerlab runtime refuses for nodes of kind linux as well."""
WAITING = (StageName.create, StageName.configure)
WAITED_FOR = (StageName.create, StageName.create_links, StageName.configure)
LATER = {
    StageName.create_links: "all links are there before a node starts",
    StageName.healthy: KEYS["stage.healthy"].why,
    StageName.exit: KEYS["stage.exit"].why,
}
"""Why a node cannot wait before it enters a stage."""
RUNNING = {("create", "on-exit"), ("create-links", "on-exit"), ("configure", "on-enter"), ("configure", "on-exit")}


def check(topology: Topology, name: str, overlay: Path | None) -> None:
    """Raise WrongUse for a bad name, TopologyUnsupported with every key that this runtime cannot honour."""
    checking.check(topology, name, refusals(topology, overlay))


def refusals(topology: Topology, overlay: Path | None = None) -> Iterator[Refusal]:
    """Yield each thing of a topology that cannot be done here."""
    for node in topology.nodes:
        where = f"topology.nodes.{node.name}"
        for of_node in (
            _identity(node, topology),
            _surroundings(node),
            binds.refusals(node, topology, overlay),
            _stages(node),
        ):
            yield from (one._replace(field=f"{where}{one.field}") for one in of_node)
    run = {node.name for node in topology.nodes if node.kind == KIND}
    for key in topology.foreign:
        yield from _foreign(key, run)
    yield from sysctls.refusals(topology)
    yield from _links(topology)
    yield from impairments.refusals(topology)


def _foreign(key: Foreign, run: set[str]) -> Iterator[Refusal]:
    """Refuse a key that has no field in the model; what concerns nodes of other kinds alone is said by their kind."""
    if key.nodes and not run & set(key.nodes) and key.key.startswith("node."):
        return
    known = KEYS[key.key]
    if key.key == checking.NETWORK_MODE and not checking.is_without_network(key):
        yield Refusal(key.path, f"must be 'none' (got {key.value!r}): nodes have their links alone", "", key.line)
    elif known.does == REFUSED:
        message = f"must not be there {HERE} (got {key.value!r}): {known.why}"
        yield Refusal(key.path, message, "" if key.key in IN_NEITHER else ELSEWHERE, key.line)


def _links(topology: Topology) -> Iterator[Refusal]:
    taken: set[str] = set()
    for position, link in enumerate(topology.links):
        where = f"{link.place or f'topology.links[{position}]'}.endpoints"
        for end in (link.a, link.b):
            if not INTERFACE_NAME.fullmatch(end.interface) or end.interface in NO_INTERFACES:
                hint = ELSEWHERE if end.interface not in NO_INTERFACES and NUL not in end.interface else ""
                yield Refusal(where, NO_INTERFACE.format(str(end)), hint)
            if str(end) in taken:
                yield Refusal(where, f"must be free (got {str(end)!r} twice)")
            if end.node not in {node.name for node in topology.nodes}:
                yield Refusal(where, f"must be between nodes of this file (got {str(end)!r})", ELSEWHERE)
            taken.add(str(end))


def _identity(node: Node, topology: Topology) -> Iterator[Refusal]:
    if not NODE_NAME.fullmatch(node.name):
        hint = ELSEWHERE if CONTAINER_NAME.fullmatch(node.name) else ""
        message = f"must be named like a host {HERE}: up to 63 letters, digits and hyphens, no hyphen first or last"
        yield Refusal("", message, hint)
    if node.kind != KIND:
        made = node.kind in kinds.KNOWN - kinds.UNMADE
        yield Refusal(".kind", f"must be {KIND!r} {HERE} (got {node.kind!r})", ELSEWHERE if made else "")
    elif not node.image or not _is_image(topology.images / node.image):
        images = sorted(folder.name for folder in topology.images.glob("*") if _is_image(folder))
        named = node.reference or node.image
        hint = f"{suggestion(node.image, images, 'image')}; {OTHER_COURSE if node.image else ELSEWHERE}"
        yield Refusal(".image", f"must be an image of {topology.images} (got {named!r})", hint)


def _surroundings(node: Node) -> Iterator[Refusal]:
    if node.kind == KIND and node.startup_config:
        message = f"must not be there: {KEYS['node.startup-config'].why}"
        yield Refusal(".startup-config", message, "bind the file to where the image reads it, as to /etc/frr/frr.conf")
    if node.env.get(IMPORTED) == "true":
        message = f"must not be there {HERE}: a node's environment holds nothing of the host's"
        yield Refusal(f".env.{IMPORTED}", message, ELSEWHERE)
    for key, value in node.env.items():
        if NUL in key + value:
            yield Refusal(f".env.{key}", NO_NUL)
        elif not key or "=" in key:
            message = f"must have a name without '=' {HERE} (got {key!r})" if key else "must have a name (got '')"
            yield Refusal(f".env.{key}", message, ELSEWHERE if key and key[0] != "=" else "")
    yield from checking.lines(node)
    yield from checking.lengths(node)


def _stages(node: Node) -> Iterator[Refusal]:
    for name, stage in node.stages.items():
        where = f".stages.{name.value}"
        for position, wait in enumerate(stage.wait_for):
            if name not in WAITING:
                message = f"must be in create or configure {HERE}: {LATER[name]}"
                yield Refusal(f"{where}.wait-for[{position}]", message, _where(wait.stage))
            if wait.stage not in WAITED_FOR:
                message = f"must be create, create-links or configure {HERE} (got {wait.stage.value!r})"
                yield Refusal(f"{where}.wait-for[{position}].stage", message, _where(wait.stage))
        for position, command in enumerate(stage.exec):
            yield from _command(name, command, f"{where}.exec[{position}]")


def _where(stage: StageName) -> str:
    """Return where a stage can be waited for, or nothing: an end is a fault in the containerlab runtime as well."""
    return "" if stage is StageName.exit else ELSEWHERE


def _command(name: StageName, command: StageCommand, where: str) -> Iterator[Refusal]:
    if command.target != "container":
        yield Refusal(f"{where}.target", f"must be 'container' {HERE}: nothing is run on the host", ELSEWHERE)
    elif (name.value, command.phase) not in RUNNING:
        message = f"must be on-exit of create or create-links, or in configure {HERE} (got {command.phase!r})"
        yield Refusal(where, message, ELSEWHERE)


def _is_image(folder: Path) -> bool:
    try:
        return all((folder / program).is_file() for program in IMAGE_PROGRAMS)
    except (OSError, ValueError):
        return False
