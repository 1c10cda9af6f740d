"""Reads a native containerlab file into a Topology, and tells every fault of it at once."""

from __future__ import annotations

from pathlib import Path

from netdojo.clab_yaml import line_of, read_document, text_of
from netdojo.content.courses import images_of
from netdojo.content.topologies.cabling import cables, link_faults
from netdojo.content.topologies.examining import Examined, Judge, fields, named, only_following, told_apart
from netdojo.content.topologies.faults import node_faults
from netdojo.content.topologies.foreign import foreign_keys
from netdojo.content.topologies.inheritance import Layers, resolved
from netdojo.content.topologies.mending import sound_part
from netdojo.content.topologies.places import places_of
from netdojo.content.topologies.sections import ManagementSection
from netdojo.errors import InvalidFiles, shown_name
from netdojo.model import Management, Topology
from netdojo.yaml_files import Location


def read_topology(file: Path, judge: Judge | None = None) -> Topology:
    """Return the topology of a containerlab file; raises InvalidFiles with every fault at once.

    Raises WrongUse where there is no course whose images its nodes could have.

    Variables of the environment are put in first, as containerlab does. What a runtime may not be able to honour is
    read all the same: it is the runtime that refuses it. With `judge`, which is `netdojo.runtimes.check` of the runtime
    that is to run it, a file with faults is told with those refusals; one without is left for the runtime to judge.
    """
    found = examine_topology(file)
    if found.topology is None or found.problems:
        raise InvalidFiles(found.judged_by(judge) if judge else found.problems)
    return found.topology


def examine_topology(file: Path) -> Examined:
    """Return what a containerlab file says as far as it can be told, and every fault of it.

    A topology with problems is there to be judged by a runtime as well, and never to be deployed.
    """
    try:
        return _examined(file, shown_name(file))
    except InvalidFiles as error:
        return Examined(None, error.problems)


def _examined(file: Path, shown: str) -> Examined:
    """Return what a file says and its faults; raises InvalidFiles when there is nothing in it that fits."""
    held, problems = read_document(text_of(file, shown), shown)
    blurred = list(problems)

    def place(location: Location) -> int:
        return line_of(held, location)

    clab, left = sound_part(held, shown, problems)
    layers = [Layers(name, clab.topology) for name in clab.topology.nodes]
    nodes = tuple(resolved(each) for each in layers)
    faults = [*node_faults(clab, nodes, layers), *link_faults(clab.topology, nodes)]
    following = list(only_following(faults, clab, held, left, blurred))
    further = [fault.problem(shown, place) for fault in faults if fault not in following]
    topology = Topology(
        name=clab.name,
        file=file,
        images=images_of(file),
        nodes=nodes,
        links=tuple(cables(clab.topology)),
        prefix=clab.prefix,
        management=management(clab.mgmt),
        foreign=tuple(foreign_keys(clab, layers, place)),
        places=places_of(clab, layers, place),
    )
    told = told_apart(problems, further, named(clab))
    return Examined(topology, tuple(told), fields(faults))


def management(section: ManagementSection) -> Management:
    """Return the management network; its former names count where the new ones are not given."""
    given = section.model_dump(exclude={"old_ipv4_subnet", "old_ipv6_subnet"})
    given["ipv4_subnet"] = section.ipv4_subnet or section.old_ipv4_subnet
    given["ipv6_subnet"] = section.ipv6_subnet or section.old_ipv6_subnet
    return Management(**given)
