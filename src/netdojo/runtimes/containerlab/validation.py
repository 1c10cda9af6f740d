"""What is asked of a topology before containerlab gets it; its own keys are for containerlab to judge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from netdojo import places
from netdojo.errors import NetworkExists, suggestion
from netdojo.model import Bind, Node, StageName, Topology
from netdojo.runtimes import checking, impairments, kinds
from netdojo.runtimes.checking import NO_INTERFACE, NO_INTERFACES, NUL, Refusal
from netdojo.runtimes.containerlab import engine, host
from netdojo.runtimes.containerlab.keys import OF_ALL_KINDS, REFUSED
from netdojo.runtimes.containerlab.native import OWNER, PATHS, document_of, is_staged, lab_name
from netdojo.runtimes.staging import is_there, source_fault, source_of

ENV_FILES = "node.env-files"
NAMING = {f"node.{name}" for name in PATHS}
"""Keys that name files; kind linux reads no license."""
KINDS = "they are listed at https://containerlab.dev/manual/kinds/"
SWITCH = "a node of kind linux with the image netdojo/switch is a bridge of its own"


def check(topology: Topology, name: str, overlay: Path | None) -> None:
    """Raise WrongUse for a bad name, TopologyUnsupported with every line and bind that cannot be."""
    checking.check(topology, name, _refusals(topology, overlay))


def require_free(name: str) -> None:
    """Raise NetworkExists when somebody else's lab has the name that the network `name` would get."""
    folder = places.networks() / name
    lab = lab_name(name, folder)
    listed = engine.answer("ps", "-aq", "--filter", f"label=containerlab={lab}").split()
    others = [one for one in engine.described(listed) if one["Config"]["Labels"].get(OWNER) != str(folder)]
    if others:
        raise NetworkExists(
            f"a lab named {lab!r} that is not netdojo's runs already; it was left alone",
            help=f"end it by `containerlab destroy --name {lab}`, or take another name",
        )


def _refusals(topology: Topology, overlay: Path | None) -> Iterator[Refusal]:
    for node in topology.nodes:
        where = f"topology.nodes.{node.name}"
        yield from (one._replace(field=f"{where}{one.field}") for one in _kind(node))
        own = (*checking.lines(node), *checking.lengths(node))
        yield from (one._replace(field=f"{where}{one.field}") for one in own)
        for position, bind in enumerate(node.binds):
            if fault := _bind_fault(bind, topology, overlay):
                yield Refusal(f"{where}.binds[{position}]", fault)
        if fault := _startup_fault(node.startup_config, topology, overlay):
            yield Refusal(f"{where}.startup-config", fault)
        yield from (one._replace(field=f"{where}{one.field}") for one in _stages(node))
    yield from _without_effect(topology)
    yield from _absent(topology, overlay)
    yield from _links(topology)
    yield from impairments.refusals(topology)


def _kind(node: Node) -> Iterator[Refusal]:
    """Refuse a kind that this machine's containerlab does not know, or makes no container of."""
    if node.kind in kinds.UNMADE:
        message = f"must be a kind of which containerlab makes a container (got {node.kind!r})"
        yield Refusal(".kind", message, SWITCH if "bridge" in node.kind else "")
    elif node.kind not in kinds.KNOWN and host.version() <= kinds.OF_VERSION:
        message = f"must be a kind that containerlab knows (got {node.kind!r})"
        near = suggestion(node.kind, sorted(kinds.KNOWN - kinds.UNMADE), "kind")
        yield Refusal(".kind", message, near if near.startswith("did you mean") else KINDS)


def _bind_fault(bind: Bind, topology: Topology, overlay: Path | None) -> str:
    """Return why a bind cannot be made, or nothing; what lies elsewhere on this machine has to be there."""
    if is_staged(bind):
        return source_fault(source_of(bind.source, topology, overlay), bind.source)
    if not bind.source.startswith("/") or is_there(Path(bind.source)):
        return ""
    return f"must name a file that is there (got {bind.source!r})"


def _absent(topology: Topology, overlay: Path | None) -> Iterator[Refusal]:
    """Refuse the files of other keys that have an effect and cannot be read."""
    linux = {node.name for node in topology.nodes if node.kind == "linux"}
    effective = {
        key.path: key.line
        for key in topology.foreign
        if key.key in NAMING and (key.key == ENV_FILES or not set(key.nodes) <= linux)
    }
    section = document_of(topology)["topology"] if effective else {}
    layers = {"topology.defaults": section.get("defaults")}
    for part in ("kinds", "groups", "nodes"):
        layers |= {f"topology.{part}.{name}": layer for name, layer in (section.get(part) or {}).items()}
    for where, layer in layers.items():
        for name in (one for one in PATHS if f"{where}.{one}" in effective):
            given = (layer or {})[name]
            for one in map(str, given if isinstance(given, list) else [given]):
                if fault := source_fault(source_of(one, topology, overlay), one):
                    yield Refusal(f"{where}.{name}", fault, "", effective[f"{where}.{name}"])


def _links(topology: Topology) -> Iterator[Refusal]:
    for position, link in enumerate(topology.links):
        where = f"{link.place or f'topology.links[{position}]'}.endpoints"
        for end in (link.a, link.b):
            if end.interface in NO_INTERFACES or NUL in end.interface:
                yield Refusal(where, NO_INTERFACE.format(str(end)))


def _startup_fault(given: str, topology: Topology, overlay: Path | None) -> str:
    """Return why a startup-config cannot be loaded, or nothing; lines of its own or an address are containerlab's."""
    if not given or "\n" in given or "://" in given:
        return ""
    return source_fault(source_of(given, topology, overlay), given)


def _stages(node: Node) -> Iterator[Refusal]:
    for name, stage in node.stages.items():
        for position, wait in enumerate(stage.wait_for):
            if wait.stage is StageName.exit:
                yield Refusal(f".stages.{name.value}.wait-for[{position}].stage", REFUSED["stage.exit"])


def _without_effect(topology: Topology) -> Iterator[Refusal]:
    """Refuse what containerlab would be given for nothing: of most keys, where they concern a node of kind linux."""
    linux = {node.name for node in topology.nodes if node.kind == "linux"}
    for key in topology.foreign:
        concerns = key.key in OF_ALL_KINDS or not key.nodes or linux & set(key.nodes)
        if key.key in REFUSED and concerns and not checking.is_without_network(key):
            yield Refusal(key.path, f"{REFUSED[key.key]} (got {key.value!r})", "", key.line)
