"""What is asked of a topology before containerlab gets it; its own keys are for containerlab to judge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from netdojo import places
from netdojo.errors import NetworkExists
from netdojo.model import Node, StageName, Topology
from netdojo.runtimes import checking, impairments
from netdojo.runtimes.checking import Refusal
from netdojo.runtimes.containerlab import engine
from netdojo.runtimes.containerlab.keys import OF_ALL_KINDS, REFUSED
from netdojo.runtimes.containerlab.native import OWNER, is_staged, lab_name
from netdojo.runtimes.staging import source_fault, source_of

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
        if node.kind in checking.UNMADE:
            message = f"must be a kind of which containerlab makes a container (got {node.kind!r})"
            yield Refusal(f"{where}.kind", message, SWITCH if "bridge" in node.kind else "")
        yield from (one._replace(field=f"{where}{one.field}") for one in checking.lines(node))
        for position, bind in enumerate(node.binds):
            fault = source_fault(source_of(bind.source, topology, overlay), bind.source) if is_staged(bind) else ""
            if fault:
                yield Refusal(f"{where}.binds[{position}]", fault)
        if fault := _startup_fault(node.startup_config, topology, overlay):
            yield Refusal(f"{where}.startup-config", fault)
        yield from (one._replace(field=f"{where}{one.field}") for one in _stages(node))
    yield from _without_effect(topology)
    yield from impairments.refusals(topology)


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
