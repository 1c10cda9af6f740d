"""A topology is drawn by tiers, says its state in words, and escapes what it is given."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from netdojo.drawing import describe, draw, summary, tiers
from netdojo.model import End, Link, LinkState, NetworkState, Node, NodeState, Topology

SVG = "{http://www.w3.org/2000/svg}"


def topology(*names: str, links: tuple[tuple[str, str], ...] = ()) -> Topology:
    cables = tuple(Link(a=end(a), b=end(b)) for a, b in links)
    nodes = tuple(Node(name=name, kind="linux", image="frr") for name in names)
    return Topology(name="fabric", file=Path("f"), images=Path("i"), nodes=nodes, links=cables)


def end(text: str) -> End:
    node, interface = text.split(":")
    return End(node=node, interface=interface)


FABRIC = topology("leaf1", "spine1", "leaf2", links=(("spine1:eth1", "leaf1:eth1"), ("spine1:eth2", "leaf2:eth1")))
STATE = NetworkState(
    name="fabric",
    nodes={"leaf1": NodeState.running, "spine1": NodeState.running, "leaf2": NodeState.stopped},
    links=(LinkState(a="spine1:eth1", b="leaf1:eth1", up=True), LinkState(a="leaf2:eth1", b="spine1:eth2", up=False)),
    uptime=3.0,
    memory=1,
)


def test_spines_stand_over_leaves() -> None:
    """Tiers go by role, whatever the order of the file; within a tier the file's order holds."""
    assert [["spine1"], ["leaf1", "leaf2"]] == [[node.name for node in row] for row in tiers(FABRIC)]


def test_state_is_said_in_words() -> None:
    """The sentence counts what is up and names what is not; colour is never needed."""
    assert "3 nodes, 2 links, not deployed" == summary(FABRIC, None)
    assert "2 of 3 nodes running, 1 of 2 links up; leaf2 stopped; leaf2:eth1 to spine1:eth2 down" == summary(
        FABRIC, STATE
    )


def test_svg_is_well_formed_and_named() -> None:
    """The picture has a title and a description for those who do not see it, and a shape for each node and link."""
    root = ElementTree.fromstring(draw(FABRIC, STATE))

    assert ("fabric", summary(FABRIC, STATE)) == (root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc"))
    assert 3 == len(root.findall(f"{SVG}g"))
    assert ["spine1:eth1 to leaf1:eth1 is up", "spine1:eth2 to leaf2:eth1 is down"] == [
        line.findtext(f"{SVG}title") for line in root.findall(f"{SVG}line")
    ]


def test_names_are_escaped() -> None:
    """A name with markup in it is drawn as text."""
    assert "<script>" not in draw(topology("<script>"))


def test_empty_topology_is_drawn() -> None:
    """Nothing to draw is no error."""
    assert "0 nodes, 0 links, not deployed" == describe(topology()).strip()


def test_long_name_stays_in_its_box() -> None:
    """Both of its ends are shown, and all of it where the box is pointed at."""
    drawn = draw(topology("leaf1", "rack-12-top-of-rack-switch-a"))
    assert ">leaf1<" in drawn
    assert ">rack-12…tch-a<" in drawn
    assert "<title>rack-12-top-of-rack-switch-a</title>" in drawn
    assert "<title>leaf1</title>" not in drawn
