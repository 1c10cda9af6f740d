"""What is read is what containerlab 0.69.3 reads: the JSON beside each file is what its own packages made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from netdojo.content import read_topology
from netdojo.model import Bind, Link, Node, Topology

MTU = 9500
"""What containerlab makes of a link without an mtu; netdojo leaves it to the runtime."""
FILES = sorted((Path(__file__).parent / "containerlab").glob("*.clab.yml"))


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_TAG", "10.3")
    monkeypatch.setenv("LAB_EMPTY", "")
    monkeypatch.delenv("LAB_NONE", raising=False)


def node_as_containerlab_has_it(node: Node) -> dict[str, Any]:
    waits = {
        name.value: [f"{wait.node} {wait.stage.value}" for wait in held.wait_for] for name, held in node.stages.items()
    }
    return {
        "kind": node.kind,
        "group": node.group,
        "image": node.reference,
        "cmd": node.cmd,
        "entrypoint": node.entrypoint,
        "startup-config": node.startup_config,
        "exec": list(node.exec),
        "env": node.env,
        "labels": node.labels,
        "sysctls": node.sysctls,
        "binds": sorted(bind_as_written(bind) for bind in node.binds),
        "waits": {name: found for name, found in waits.items() if found},
    }


def bind_as_written(bind: Bind) -> str:
    options = ",".join([*(["ro"] if bind.read_only else []), *bind.options])
    return ":".join(part for part in (bind.source, bind.target, options) if part)


def link_as_containerlab_has_it(link: Link) -> dict[str, Any]:
    ends = [{"node": end.node, "interface": end.interface, "mac": end.mac} for end in (link.a, link.b)]
    return {"type": "veth", "endpoints": ends, "mtu": link.mtu or MTU, "labels": link.labels}


def recorded(file: Path) -> dict[str, Any]:
    """Return what containerlab read; the node's name and the mtu it fills in later are filled in."""
    held: dict[str, Any] = json.loads(file.with_name(file.name.replace(".clab.yml", ".json")).read_text())
    for name, node in held["nodes"].items():
        node["exec"] = [line.replace("__clabNodeName__", name) for line in node["exec"]]
        node["binds"] = sorted(line.replace("__clabNodeName__", name) for line in node["binds"])
    held["links"] = [link | {"mtu": link["mtu"] or MTU} for link in held["links"] if link["type"] == "veth"]
    return held


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.removesuffix(".clab.yml"))
def test_file_is_read_as_containerlab_reads_it(file: Path) -> None:
    """Names, inheritance, scalars, anchors, variables, waits and cables are containerlab's."""
    topology = read_topology(file)

    assert recorded(file) == {
        "name": topology.name,
        "prefix": topology.prefix,
        "nodes": {node.name: node_as_containerlab_has_it(node) for node in topology.nodes},
        "links": [link_as_containerlab_has_it(link) for link in topology.links],
    }


def test_type_of_a_link_is_read_in_any_case(tmp_path: Path) -> None:
    """`VEth` is a cable, and `HOST:eth1` an interface of the host."""
    file = tmp_path / "case.clab.yml"
    file.write_text(
        "name: case\n"
        "topology:\n"
        "  nodes: {a: {kind: Linux, image: f}}\n"
        "  links:\n"
        "    - {type: VEth, endpoints: [{node: a, interface: eth1}, {node: a, interface: eth2}]}\n"
        "    - endpoints: [a:eth3, HOST:eth1]\n"
    )
    topology = read_topology(file)

    assert ["topology.links[0]"] == [link.place for link in topology.links]
    assert ["link.host"] == [one.key for one in topology.foreign]
    assert "linux" == topology.node("a").kind


def foreign(topology: Topology, key: str) -> list[tuple[str, int, str, tuple[str, ...]]]:
    return [(one.path, one.line, one.value, one.nodes) for one in topology.foreign if one.key == key]


def test_links_that_are_no_cables_are_kept_by_type() -> None:
    """A link out of the nodes is in the file's own words, with its line and the nodes that it concerns."""
    topology = read_topology(Path(__file__).parent / "containerlab" / "links.clab.yml")

    assert [
        ("topology.links[4]", 19, "host:uplink, a:eth5", ("a",)),
        ("topology.links[10]", 25, "a:eth11", ("a",)),
    ] == (foreign(topology, "link.host"))
    assert [("topology.links[1].vars", 11, "ip", ("a", "b"))] == foreign(topology, "link.vars")
    assert {"host", "mgmt-net", "macvlan", "dummy", "vxlan", "vxlan-stitch", "vars"} == {
        one.key.removeprefix("link.") for one in topology.foreign
    }


def test_every_key_without_a_field_is_kept() -> None:
    """What the model has no field for is there with its place and what it says; false is as good as not given."""
    topology = read_topology(Path(__file__).parent / "containerlab" / "everything.clab.yml")

    assert [("topology.nodes.leaf1.memory", 49, "2GB", ("leaf1",))] == foreign(topology, "node.memory")
    assert [("topology.nodes.leaf1.ports", 38, "8080:80, 53:53/udp", ("leaf1",))] == foreign(topology, "node.ports")
    assert [("debug", 4, "True", ())] == foreign(topology, "debug")
    assert [] == foreign(topology, "node.suppress-startup-config")
    assert ("192.0.2.0/24", False) == (topology.management.ipv4_subnet, topology.management.external_access)


def test_inherited_key_is_kept_where_it_counts(tmp_path: Path) -> None:
    """Of a key that is replaced, the place nearest to the node counts; of one that is gathered, every place does."""
    file = tmp_path / "inherited.clab.yml"
    file.write_text(
        "name: inherited\n"
        "topology:\n"
        "  defaults: {kind: linux, image: f, memory: 1GB, devices: [/dev/kvm], aliases: [a], auto-remove: true}\n"
        "  kinds: {linux: {memory: 2GB, devices: [/dev/null], mgmt-ipv4: 192.0.2.1}, other: {cpu: 1}}\n"
        "  nodes: {one: {memory: 3GB, auto-remove: false}, two: , three: {kind: other}}\n"
    )
    topology = read_topology(file)

    assert [
        ("topology.nodes.one.memory", 5, "3GB", ("one",)),
        ("topology.kinds.linux.memory", 4, "2GB", ("two",)),
        ("topology.defaults.memory", 3, "1GB", ("three",)),
    ] == foreign(topology, "node.memory")
    assert [
        ("topology.kinds.linux.devices", ("one", "two")),
        ("topology.defaults.devices", ("one", "two", "three")),
    ] == [(path, nodes) for path, _, _, nodes in foreign(topology, "node.devices")]
    assert [("topology.defaults.auto-remove", 3, "True", ("two", "three"))] == foreign(topology, "node.auto-remove")
    assert [] == foreign(topology, "node.aliases") + foreign(topology, "node.mgmt-ipv4")
