"""The forms of a link in a containerlab file: the short one, and an extended one for each type."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, WithJsonSchema

from netdojo.content.topologies.scalars import LINK_TYPES, Anything, LinkType, Strict, Text, Whole


class EndSection(Strict):
    """One end of a link in the extended form."""

    node: Text
    interface: Text
    mac: Text = ""


class LinkSection(Strict):
    """What every link may have. `mtu` is in bytes."""

    mtu: Whole | None = None
    labels: dict[Text, Text] = Field(default_factory=dict)
    vars: dict[Text, Anything] | None = None


class BriefLink(LinkSection):
    """A link in containerlab's short form: two of node:interface."""

    type: Annotated[LinkType, WithJsonSchema({"const": "brief"})] = "brief"
    endpoints: list[Text]


class VethLink(LinkSection):
    """A cable in the extended form."""

    type: Annotated[LinkType, WithJsonSchema({"const": "veth"})]
    endpoints: list[EndSection]


class HostLink(LinkSection):
    """A link to an interface of the host."""

    type: Annotated[LinkType, WithJsonSchema({"const": "host"})]
    endpoint: EndSection
    host_interface: Text


class ManagementLink(HostLink):
    """A link to the bridge of the management network."""

    type: Annotated[LinkType, WithJsonSchema({"const": "mgmt-net"})]


class MacvlanLink(HostLink):
    """A link that shares an interface of the host."""

    type: Annotated[LinkType, WithJsonSchema({"const": "macvlan"})]
    mode: Text | None = None


class VxlanLink(LinkSection):
    """A tunnel to another host."""

    type: Annotated[LinkType, WithJsonSchema({"const": "vxlan"})]
    endpoint: EndSection
    remote: Text
    vni: Whole
    udp_port: Whole | None = None
    parent_interface: Text | None = None


class StitchedLink(VxlanLink):
    """A tunnel to another host that ends in a bridge of this one."""

    type: Annotated[LinkType, WithJsonSchema({"const": "vxlan-stitch"})]


class DummyLink(LinkSection):
    """An interface without another end."""

    type: Annotated[LinkType, WithJsonSchema({"const": "dummy"})]
    endpoint: EndSection


def form_of(given: Any) -> str:
    """Return which form of a link this is; the unknown is read, and refused, as the short form."""
    named = str(given.get("type", "")).strip().lower() if isinstance(given, dict) else ""
    return f"[{named if named in LINK_TYPES else 'brief'}]"


AnyLink = Annotated[
    Annotated[BriefLink, Tag("[brief]")]
    | Annotated[VethLink, Tag("[veth]")]
    | Annotated[HostLink, Tag("[host]")]
    | Annotated[ManagementLink, Tag("[mgmt-net]")]
    | Annotated[MacvlanLink, Tag("[macvlan]")]
    | Annotated[VxlanLink, Tag("[vxlan]")]
    | Annotated[StitchedLink, Tag("[vxlan-stitch]")]
    | Annotated[DummyLink, Tag("[dummy]")],
    Discriminator(form_of),
]
