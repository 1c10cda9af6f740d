"""The keys of a containerlab file for which the model has no field, each with its place and whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from netdojo.content.topologies.cabling import ends_of, form
from netdojo.content.topologies.inheritance import Layers
from netdojo.content.topologies.link_sections import BriefLink
from netdojo.content.topologies.sections import CertificateSection, ClabFile, NodeSection
from netdojo.model import Foreign, Node
from netdojo.yaml_files import Location, field_of

MODELLED = {name for name in NodeSection.model_fields if name in Node.model_fields} | {"startup_config"}
OWN = {"aliases", "mgmt_ipv4", "mgmt_ipv6"}
"""Keys that containerlab reads from the node alone."""
GATHERED = {"env_files", "devices", "cap_add", "config"}
"""Keys of which every section that a node inherits counts."""
SHORT = 40
"""Characters of a value that are kept."""


def foreign_keys(clab: ClabFile, layers: list[Layers], line_of: Callable[[Location], int]) -> Iterator[Foreign]:
    """Yield every such key that has an effect on some node, on a link, or on the whole network."""
    concerned: dict[tuple[str, Location, str], list[str]] = {}
    for one in layers:
        for key, place, value in of_node(one):
            concerned.setdefault((f"node.{key}", place, shown(value)), []).append(one.name)
    for key, place, value, nodes in of_links(clab):
        concerned.setdefault((key, place, shown(value)), []).extend(nodes)
    for name in ("settings", "debug"):
        if getattr(clab, name):
            concerned[name, (name,), shown(getattr(clab, name))] = []
    for (key, place, value), nodes in concerned.items():
        yield Foreign(key=key, path=field_of(place), line=line_of(place), value=value, nodes=tuple(nodes))


def of_node(layers: Layers) -> Iterator[tuple[str, Location, Any]]:
    """Yield (key, place, value) for each key that counts for the node."""
    for name in NodeSection.model_fields:
        if name in MODELLED:
            continue
        key = name.replace("_", "-")
        for place, section in [layers.all[-1]] if name in OWN else reversed(layers.all):
            value = getattr(section, name)
            if asks(value):
                yield key, (*place, key), value
            if asks(value) is not None and name not in GATHERED:
                break


def asks(value: Any) -> bool | None:
    """Tell whether a value asks for something; None when it is as if the key were not there."""
    if isinstance(value, CertificateSection):
        return value.issue
    if value is False:
        return False
    return True if value else None


def of_links(clab: ClabFile) -> Iterator[tuple[str, Location, Any, list[str]]]:
    """Yield (key, place, value, nodes) for each link that is no cable, and for the variables of those that are."""
    for position, link in enumerate(clab.topology.links):
        where: Location = ("topology", "links", position)
        nodes = [end.node for end in ends_of(link)]
        if (kind := form(link)) != "veth":
            ends = link.endpoints if isinstance(link, BriefLink) else [str(end) for end in ends_of(link)]
            yield f"link.{kind}", where, ", ".join(ends), nodes
        elif link.vars:
            yield "link.vars", (*where, "vars"), link.vars, nodes


def shown(value: Any) -> str:
    """Return a value in short, on one line."""
    if hasattr(value, "model_dump"):
        value = value.model_dump(by_alias=True, exclude_none=True)
    if isinstance(value, dict):
        text = ", ".join(str(key) for key in value)
    elif isinstance(value, list):
        text = ", ".join(str(one) for one in value)
    else:
        text = str(value)
    text = " ".join(text.split())
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
