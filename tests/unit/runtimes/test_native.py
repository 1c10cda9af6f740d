"""The file that containerlab is given: the native one, cut off from every other network and with files of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from netdojo.content import read_topology
from netdojo.runtimes import staging
from netdojo.runtimes.containerlab import images, native

FILE = """
name: mixed
prefix: mine
mgmt: { network: custom, ipv4-subnet: 172.80.0.0/24 }
topology:
  defaults: { binds: ["all:/all"] }
  kinds:
    linux: { image: "someone/frr:1.2", exec: ["true"] }
  nodes:
    router: { kind: linux, binds: ["conf:/etc/frr/frr.conf:ro"], labels: { tier: leaf } }
    plain: { kind: linux, image: "alpine:3" }
  links:
    - endpoints: ["router:eth1", "plain:eth1"]
    - endpoints: ["router:eth2", "plain:eth2"]
      mtu: 9000
"""


def written(folder: Path, text: str = FILE) -> dict[str, object]:
    """Return what is written for a network named "net" in the folder "net"."""
    home = folder / "topologies" / "mixed"
    for name in ("images/frr", "mixed"):
        (folder / "topologies" / name).mkdir(parents=True)
    (folder / "topologies" / "images" / "frr" / "Dockerfile").write_text("FROM debian:bookworm-slim\n")
    for name in ("all", "conf"):
        (home / name).write_text(name)
    (home / "mixed.clab.yml").write_text(text)
    topology = read_topology(home / "mixed.clab.yml")
    net = folder / "net"
    staged = staging.stage(topology, None, net)
    for node in staged:
        node["run"] = f"/run-of/{node['name']}"
    found: dict[str, object] = YAML(typ="safe").load(native.write(topology, "net", None, staged, net).read_text())
    return found


def test_network_has_its_own_name_and_no_management_network(tmp_path: Path) -> None:
    """Nothing of the name, prefix or management network of the native file is left that another network could have."""
    found = written(tmp_path)

    assert (native.lab_name("net", tmp_path / "net"), "netdojo") == (found["name"], found["prefix"])
    assert {"network": "bridge", "external-access": False} == found["mgmt"]


def test_names_differ_by_home(tmp_path: Path) -> None:
    """One name in two homes is two labs of containerlab."""
    assert native.lab_name("net", tmp_path / "a" / "net") != native.lab_name("net", tmp_path / "b" / "net")


def test_node_has_copies_of_its_files(tmp_path: Path) -> None:
    """What a node binds, inherited or not, are copies of its own; nothing is inherited a second time; exec is ours."""
    found = written(tmp_path)
    topology = found["topology"]
    assert isinstance(topology, dict)
    router, binds = topology["nodes"]["router"], tmp_path / "net" / "binds" / "router"

    wanted = [f"{binds}/0:/all", f"{binds}/1:/etc/frr/frr.conf:ro", "/run-of/router:/run"]
    assert wanted == router["binds"]
    assert {} == topology["defaults"]
    assert {"image": "someone/frr:1.2"} == topology["kinds"]["linux"]
    assert {"tier": "leaf", native.OWNER: str(tmp_path / "net")} == router["labels"]


def test_image_of_ours_is_the_one_that_is_built_here(tmp_path: Path) -> None:
    """An image with a folder has the tag of `netdojo image build`; any other stays what the file says."""
    nodes = written(tmp_path)["topology"]["nodes"]  # type: ignore[index]  # it is a mapping
    assert ["netdojo/frr:latest", "alpine:3"] == [nodes[name]["image"] for name in ("router", "plain")]
    assert ["none", "none"] == [nodes[name]["network-mode"] for name in ("router", "plain")]


def test_link_without_mtu_gets_the_kernels(tmp_path: Path) -> None:
    """A link is 1500 bytes where nothing is said, as in namespaces, and not containerlab's 9500."""
    links = written(tmp_path)["topology"]["links"]  # type: ignore[index]  # it is a mapping
    assert [1500, 9000] == [link["mtu"] for link in links]


def test_node_of_a_vendor_gets_a_management_network_of_its_own(tmp_path: Path) -> None:
    """A node that cannot be without one gets a management network that no other network shares."""
    text = FILE.replace('kind: linux, image: "alpine:3"', 'kind: nokia_srlinux, image: "srlinux:1"')
    found = written(tmp_path, text)

    wanted = {"network": f"netdojo-{found['name']}", "ipv4-subnet": "auto", "external-access": False}
    assert wanted == found["mgmt"]
    assert "network-mode" not in found["topology"]["nodes"]["plain"]  # type: ignore[index]  # it is a mapping


@pytest.mark.parametrize("change", ["content", "mode", "name"])
def test_digest_of_an_image_follows_its_files(tmp_path: Path, change: str) -> None:
    """Content, mode and name of each file are in the digest."""
    (tmp_path / "entrypoint").write_text("#!/bin/sh\n")
    before = images.digest(tmp_path)
    if change == "content":
        (tmp_path / "entrypoint").write_text("#!/bin/bash\n")
    elif change == "mode":
        (tmp_path / "entrypoint").chmod(0o755)
    else:
        (tmp_path / "entrypoint").rename(tmp_path / "shell")
    assert before != images.digest(tmp_path)
