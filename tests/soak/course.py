"""Two routers and a cable: the smallest network that has all that a network has."""

from __future__ import annotations

from pathlib import Path

from ..ordinary import ROOT

FILE = """
name: pair
topology:
  kinds:
    linux: { image: "netdojo/frr:latest" }
  nodes:
    left: { kind: linux, binds: ["left.conf:/etc/frr/frr.conf"], exec: ["true"] }
    right: { kind: linux, binds: ["right.conf:/etc/frr/frr.conf"] }
  links:
    - endpoints: ["left:eth1", "right:eth1"]
"""
CONFIGURATION = """frr defaults datacenter
hostname {name}
no zebra nexthop kernel enable
!
interface lo
 ip address 10.0.0.{number}/32
!
interface eth1
 ip address 10.1.0.{number}/24
!
router bgp {as_number}
 bgp router-id 10.0.0.{number}
 timers bgp 1 3
 neighbor 10.1.0.{other} remote-as external
 address-family ipv4 unicast
  redistribute connected
 exit-address-family
!
"""


def write(folder: Path) -> None:
    """Write the course into `folder`, beside the images of ours."""
    home = folder / "course" / "topologies" / "pair"
    home.mkdir(parents=True)
    (folder / "course" / "topologies" / "images").symlink_to(ROOT / "topologies" / "images")
    for number, name in enumerate(("left", "right"), 1):
        text = CONFIGURATION.format(name=name, number=number, other=3 - number, as_number=65000 + number)
        (home / f"{name}.conf").write_text(text)
    (home / "pair.clab.yml").write_text(FILE)
