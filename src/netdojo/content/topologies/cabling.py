"""The cables of a containerlab file, and what is wrong with the links of one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netdojo.content.topologies.faults import Fault
from netdojo.content.topologies.impairments import impairment_of, label_faults
from netdojo.content.topologies.link_sections import AnyLink, BriefLink, EndSection, VethLink
from netdojo.content.topologies.sections import TopologySection
from netdojo.errors import suggestion
from netdojo.model import End, Link, Node
from netdojo.yaml_files import Location, field_of

GROUP = 0x01
"""The bit of a hardware address's first byte that makes it one of several interfaces; IEEE 802."""
SPECIAL = ("macvlan", "mgmt-net", "host")
"""What a short link may name in a node's place: an end outside of the nodes."""
MAC = re.compile(r"(?i)[0-9a-f]{2}(([:-])[0-9a-f]{2})(\2[0-9a-f]{2}){4}|([0-9a-f]{4}\.){2}[0-9a-f]{4}")
"""Six bytes in the three ways that containerlab reads them."""


def form(link: AnyLink) -> str:
    """Return the type of a link: `veth` is a cable, every other one leads out of the nodes."""
    if not isinstance(link, BriefLink):
        return link.type
    return next((word for text in link.endpoints if (word := special(text))), "veth")


def special(text: str) -> str:
    """Return "host" for "host:eth1": what a short end names when it names no node."""
    word = text.partition(":")[0].strip().lower()
    return word if word in SPECIAL else ""


def cables(section: TopologySection) -> Iterator[Link]:
    """Yield the links between two nodes; what has not two ends is told by `link_faults`."""
    for position, link in enumerate(section.links):
        ends = ends_of(link)
        if form(link) == "veth" and len(ends) == 2:
            a, b = ends
            place = field_of(("topology", "links", position))
            asked = impairment_of(link.labels)
            yield Link(a=a, b=b, mtu=link.mtu or None, labels=link.labels, impairment=asked, place=place)


def ends_of(link: AnyLink) -> list[End]:
    """Return the ends of a link that are at nodes."""
    return [one for _, one in placed_ends(link)]


def placed_ends(link: AnyLink) -> list[tuple[Location, End]]:
    """Return the ends of a link that are at nodes, each with its place in the link."""
    if isinstance(link, BriefLink):
        return [(("endpoints", at), end(text)) for at, text in enumerate(link.endpoints) if not special(text)]
    if isinstance(link, VethLink):
        return [(("endpoints", at), whole(one)) for at, one in enumerate(link.endpoints)]
    return [(("endpoint",), whole(link.endpoint))]


def whole(section: EndSection) -> End:
    return End(node=section.node, interface=section.interface, mac=canonical(section))


def end(text: str) -> End:
    node, _, interface = text.partition(":")
    return End(node=node, interface=interface)


def canonical(section: EndSection) -> str:
    """Return the hardware address with colons; what is no such address as it is."""
    if not MAC.fullmatch(section.mac):
        return section.mac
    digits = re.sub("[^0-9a-f]", "", section.mac.lower())
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def link_faults(section: TopologySection, nodes: tuple[Node, ...]) -> Iterator[Fault]:
    """Yield a fault for each link that names no node, has a bad end, or an end that is taken."""
    taken: dict[str, int] = {}
    for position, link in enumerate(section.links):
        where: Location = ("topology", "links", position)
        extended = not isinstance(link, BriefLink)
        ends_at = "endpoints" if hasattr(link, "endpoints") else "endpoint"
        if isinstance(link, (BriefLink, VethLink)) and len(link.endpoints) != 2:
            wanted = "{node, interface}" if extended else "node:interface"
            yield Fault((*where, ends_at), f"must be two of {wanted} (got {len(link.endpoints)})")
        if link.mtu is not None and not (link.mtu == 0 or 68 <= link.mtu <= 65535):
            yield Fault((*where, "mtu"), f"must be from 68 to 65535 bytes (got {link.mtu})")
        yield from label_faults(link.labels, (*where, "labels"), is_cable=form(link) == "veth")
        for place, one in placed_ends(link):
            yield from end_faults(one, nodes, (*where, ends_at))
            if str(one) in taken:
                message = f"must be free: {str(one)!r} is in links[{taken[str(one)]}] already"
                yield Fault((*where, *place), message)
            taken.setdefault(str(one), position)


def end_faults(one: End, nodes: tuple[Node, ...], where: Location) -> Iterator[Fault]:
    """Yield a fault for each thing that is wrong with one end of a link."""
    names = [node.name for node in nodes]
    if not one.interface:
        yield Fault(where, f"must be node:interface (got {one.node!r})")
    elif one.node not in names:
        yield Fault(where, f"must name a node of this file (got {one.node!r})", suggestion(one.node, names, "node"))
    if one.mac and not MAC.fullmatch(one.mac):
        yield Fault(where, f"must have a mac of six bytes, as in 02:00:00:00:00:01 (got {one.mac!r})")
    elif one.mac and (int(one.mac[:2], 16) & GROUP or one.mac == "00:00:00:00:00:00"):
        yield Fault(
            where, f"must have the mac of one interface, as 02:00:00:00:00:01, not of a group (got {one.mac!r})"
        )
