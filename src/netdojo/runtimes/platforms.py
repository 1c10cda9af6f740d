"""What speaks to whoever logs in to a node, and by which name the tools of automation know it."""

from __future__ import annotations

from dataclasses import dataclass

from netdojo.model import Node


@dataclass(frozen=True)
class Platform:
    """A command line: netmiko's `device_type`, and Ansible's network_os, none where a node is a plain Linux host."""

    name: str
    netmiko: str
    ansible: str = ""


LINUX = Platform("linux", "linux")
BY_IMAGE = {
    # FRR's shell speaks like IOS; netmiko has no driver of FRR's own.
    "frr": Platform("frr", "cisco_ios", "frr.frr.frr"),
}
BY_KIND = {
    "nokia_srlinux": Platform("nokia_srlinux", "nokia_srl", "nokia.srlinux.srlinux"),
    "arista_ceos": Platform("arista_ceos", "arista_eos", "arista.eos.eos"),
}
BY_KIND.update(srl=BY_KIND["nokia_srlinux"], ceos=BY_KIND["arista_ceos"])


def platform(node: Node) -> Platform:
    """Return what speaks to whoever logs in to `node`."""
    if node.kind == "linux":
        return BY_IMAGE.get(node.image, LINUX)
    return BY_KIND.get(node.kind, LINUX)
