"""A native containerlab file is read with its inheritance, and every fault of it is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo.content import read_topology
from netdojo.errors import InvalidFiles
from netdojo.model import Bind, Impairment

GOLDEN = sorted((Path(__file__).parents[3] / "errors" / "topologies").glob("*.yml"))
INHERITING = """
name: inheriting
prefix: ""
mgmt: {network: lab, ipv4-subnet: 172.31.0.0/24, external-access: false}
topology:
  defaults:
    kind: linux
    env: {A: default, B: default}
    binds: ["daemons:/etc/frr/daemons:ro"]
  kinds:
    linux: {image: "netdojo/frr:latest", env: {B: kind, C: true}}
  groups:
    leaf: {labels: {tier: leaf}, env: {D: 4}}
  nodes:
    leaf1: {group: leaf, env: {A: node}, binds: ["leaf1.conf:/etc/frr/frr.conf"], exec: ["ip link set eth1 up"]}
    host1: {image: host, sysctls: {net.ipv4.ip_forward: 1}}
  links:
    - endpoints: ["leaf1:eth1", "host1:eth1"]
      mtu: 9000
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "bad" / "bad.clab.yml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return file


def test_node_is_over_group_over_kind_over_defaults(tmp_path: Path) -> None:
    """What is inherited is filled in as containerlab does it."""
    topology = read_topology(write(tmp_path, INHERITING))
    leaf = topology.node("leaf1")

    assert ("linux", "frr", "leaf") == (leaf.kind, leaf.image, leaf.group)
    assert {"A": "node", "B": "kind", "C": "true", "D": "4"} == leaf.env
    assert {"tier": "leaf"} == leaf.labels
    assert (
        Bind(source="daemons", target="/etc/frr/daemons", read_only=True),
        Bind(source="leaf1.conf", target="/etc/frr/frr.conf"),
    ) == leaf.binds
    assert ("ip link set eth1 up",) == leaf.exec
    assert {"net.ipv4.ip_forward": "1"} == topology.node("host1").sysctls
    assert ("netdojo/frr:latest", "frr") == (leaf.reference, leaf.image)
    assert ("leaf1:eth1", "host1:eth1", 9000) == (
        str(topology.links[0].a),
        str(topology.links[0].b),
        topology.links[0].mtu,
    )


@pytest.mark.parametrize("reference", ["frr", "netdojo/frr", "netdojo/frr:latest"])
def test_image_of_the_course_is_known_by_its_folder(tmp_path: Path, reference: str) -> None:
    """A bare name, and netdojo's own without a tag or with the latest, are a folder of topologies/images."""
    read = read_topology(write(tmp_path, INHERITING.replace("netdojo/frr:latest", reference)))
    assert ("frr", reference) == (read.node("leaf1").image, read.node("leaf1").reference)


FOREIGN = ["quay.io/frrouting/frr:9.1.0", "frrouting/frr:v7.5.1", f"x/host@sha256:{'0' * 64}", "ghcr.io/netdojo/frr"]
FOREIGN += ["netdojo/frr:10.2", "frr:latest", "netdojo/frr@sha256:00", "netdojo/a/frr", "/netdojo/frr", "netdojo/"]


@pytest.mark.parametrize("reference", FOREIGN)
def test_image_from_elsewhere_is_no_folder_of_the_course(tmp_path: Path, reference: str) -> None:
    """Another owner, registry, tag or digest is another image, though its last part is that of a folder."""
    read = read_topology(write(tmp_path, INHERITING.replace("netdojo/frr:latest", reference)))
    assert ("", reference) == (read.node("leaf1").image, read.node("leaf1").reference)


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_every_fault_of_a_topology_is_told(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a bad topology gets is the golden message beside it."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidFiles) as error:
        read_topology(write(tmp_path, file.read_text()))

    assert file.with_suffix(".txt").read_text().rstrip("\n") == str(error.value)


def test_labels_of_a_link_say_what_it_is_held_to(tmp_path: Path) -> None:
    """Rate, delay, jitter and loss are read in their units, in both forms of a link; other labels stay as they are."""
    text = """
name: slow
topology:
  defaults: {kind: linux, image: netdojo/frr}
  nodes: {a: , b: }
  links:
    - endpoints: ["a:eth1", "b:eth1"]
      labels: {netdojo.rate: 2.5gbit, netdojo.delay: 0.5ms, netdojo.jitter: 20us, netdojo.loss: 0.1%, colour: blue}
    - {type: veth, endpoints: [{node: a, interface: eth2}, {node: b, interface: eth2}], labels: {netdojo.loss: 1}}
    - endpoints: ["a:eth3", "b:eth3"]
      labels: {colour: red}
"""
    links = read_topology(write(tmp_path, text)).links

    all_of_it = Impairment(rate=2_500_000_000, delay=500, jitter=20, loss=0.1)
    assert [all_of_it, Impairment(loss=1), None] == [link.impairment for link in links]
    assert "blue" == links[0].labels["colour"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_file_is_read_as_its_editor_wrote_it(tmp_path: Path, encoding: str, end: str) -> None:
    """With a byte order mark or without, with the line ends of either system; lines are counted the same."""
    lines = ["# n\u00e9", "name: net", "topology:", "  nodes:", "    a: {kind: linux, image: host}", ""]
    file = tmp_path / "net.clab.yml"
    file.write_bytes(end.join(lines).encode(encoding))
    assert 5 == read_topology(file).place_of("topology.nodes.a.image").line


def test_what_is_no_text_file_is_told_with_the_next_step(tmp_path: Path) -> None:
    """A folder, and a file of another encoding without a mark."""
    with pytest.raises(InvalidFiles, match=r"must be a file \(got a folder\)\n  name the file in it"):
        read_topology(tmp_path)
    (tmp_path / "latin.clab.yml").write_bytes("name: n\u00e9t".encode("latin-1"))
    with pytest.raises(InvalidFiles, match=r"must be text in UTF-8 .*\n  save it as UTF-8"):
        read_topology(tmp_path / "latin.clab.yml")


@pytest.mark.parametrize("mac", ["01:00:5e:00:00:01", "00:00:00:00:00:00", "FF-FF-FF-FF-FF-FF", "0300.0000.0001"])
def test_mac_that_no_interface_can_have_is_refused(tmp_path: Path, mac: str) -> None:
    """A group's address, and none at all, which the kernel gives to no interface."""
    ends = f"{{node: a, interface: eth1, mac: '{mac}'}}, {{node: b, interface: eth1, mac: '02:00:00:00:00:02'}}"
    nodes = "nodes: {a: {kind: linux, image: netdojo/frr}, b: {kind: linux, image: netdojo/frr}}"
    text = f"name: macs\ntopology: {{{nodes}, links: [{{type: veth, endpoints: [{ends}]}}]}}\n"
    with pytest.raises(InvalidFiles, match=r"endpoints: must have the mac of one interface, as 02:") as told:
        read_topology(write(tmp_path, text))
    assert 1 == len(told.value.problems)


def test_file_without_an_end_is_refused() -> None:
    """What is larger than any topology is not read to its end."""
    with pytest.raises(InvalidFiles, match="must be a file of at most 16 MiB"):
        read_topology(Path("/dev/zero"))
