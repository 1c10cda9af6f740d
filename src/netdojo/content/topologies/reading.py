"""Reads a native containerlab file into a Topology, and tells every fault of it at once."""

from __future__ import annotations

from pathlib import Path

from netdojo.clab_yaml import line_of, read_document, shown_name, text_of
from netdojo.content.topologies.cabling import cables, link_faults
from netdojo.content.topologies.faults import node_faults
from netdojo.content.topologies.foreign import foreign_keys
from netdojo.content.topologies.inheritance import Layers, resolved
from netdojo.content.topologies.mending import sound_part, told_apart
from netdojo.content.topologies.sections import ManagementSection
from netdojo.errors import InvalidFiles
from netdojo.model import Management, Topology
from netdojo.yaml_files import Location


def read_topology(file: Path) -> Topology:
    """Return the topology of a containerlab file; raises InvalidFiles with every fault at once.

    Variables of the environment are put in first, as containerlab does. What a runtime may not be able to honour is
    read all the same: it is the runtime that refuses it.
    """
    shown = shown_name(file)
    held, problems = read_document(text_of(file, shown), shown)

    def place(location: Location) -> int:
        return line_of(held, location)

    clab = sound_part(held, shown, problems)
    layers = [Layers(name, clab.topology) for name in clab.topology.nodes]
    nodes = tuple(resolved(each) for each in layers)
    faults = [*node_faults(clab, nodes, layers), *link_faults(clab.topology, nodes)]
    if problems or faults:
        raise InvalidFiles(told_apart(problems, [fault.problem(shown, place) for fault in faults]))
    return Topology(
        name=clab.name,
        file=file,
        images=file.parent.parent / "images",
        nodes=nodes,
        links=tuple(cables(clab.topology)),
        prefix=clab.prefix,
        management=management(clab.mgmt),
        foreign=tuple(foreign_keys(clab, layers, place)),
    )


def management(section: ManagementSection) -> Management:
    """Return the management network; its former names count where the new ones are not given."""
    given = section.model_dump(exclude={"old_ipv4_subnet", "old_ipv6_subnet"})
    given["ipv4_subnet"] = section.ipv4_subnet or section.old_ipv4_subnet
    given["ipv6_subnet"] = section.ipv6_subnet or section.old_ipv6_subnet
    return Management(**given)
