"""The file that containerlab is given: the native one, cut off from every other network and with files of its own."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from netdojo.clab_yaml import read_document, text_of
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
    linux: { image: "netdojo/frr", exec: ["true"] }
  nodes:
    router: { kind: linux, binds: ["conf:/etc/frr/frr.conf:ro"], labels: { tier: leaf } }
    plain: { kind: linux, image: "alpine:3" }
  links:
    - endpoints: ["router:eth1", "plain:eth1"]
    - endpoints: ["router:eth2", "plain:eth2"]
      mtu: 9000
"""


def written(folder: Path, text: str = FILE, overlay: Path | None = None) -> dict[str, Any]:
    """Return what containerlab has of what is written for a network named "net" in the folder "net"."""
    home = folder / "topologies" / "mixed"
    home.mkdir(parents=True)
    for name in ("all", "conf", "beside", "both"):
        (home / name).write_text(name)
    (home / "mixed.clab.yml").write_text(text)
    topology = read_topology(home / "mixed.clab.yml")
    net = folder / "net"
    net.mkdir()
    staged = staging.stage(topology, None, net)
    for node in staged:
        node["run"] = f"/run-of/{node['name']}"
    file = native.write(topology, "net", overlay, staged, net)
    found, faults = read_document(text_of(file, file.name), file.name)
    assert [] == faults
    return found


def of_node(folder: Path, section: str, overlay: Path | None = None) -> dict[str, Any]:
    """Return what containerlab has of a node with the keys of `section`."""
    text = f"name: one\ntopology:\n  nodes:\n    a:\n      kind: linux\n      image: host\n{indent(section, ' ' * 6)}"
    found: dict[str, Any] = written(folder, text, overlay)["topology"]["nodes"]["a"]
    return found


def test_network_has_its_own_name_and_no_management_network(tmp_path: Path) -> None:
    """Nothing of the name, prefix or management network of the native file is left that another network could have."""
    found = written(tmp_path)

    assert (native.lab_name("net", tmp_path / "net"), "netdojo") == (found["name"], found["prefix"])
    assert {"network": "bridge", "external-access": "false"} == found["mgmt"]


def test_names_differ_by_home(tmp_path: Path) -> None:
    """One name in two homes is two labs of containerlab."""
    assert native.lab_name("net", tmp_path / "a" / "net") != native.lab_name("net", tmp_path / "b" / "net")


def test_node_has_copies_of_its_files(tmp_path: Path) -> None:
    """What a node binds, inherited or not, are copies of its own; nothing is inherited a second time; exec is ours."""
    found = written(tmp_path)
    topology = found["topology"]
    router, binds = topology["nodes"]["router"], tmp_path / "net" / "binds" / "router"

    wanted = [f"{binds}/0:/all", f"{binds}/1:/etc/frr/frr.conf:ro", "/run-of/router:/run"]
    assert wanted == router["binds"]
    assert {} == topology["defaults"]
    assert {"image": "netdojo/frr"} == topology["kinds"]["linux"]
    assert {"tier": "leaf", native.OWNER: str(tmp_path / "net")} == router["labels"]


def test_image_of_ours_is_the_one_that_is_built_here(tmp_path: Path) -> None:
    """An image with a folder has the tag of `netdojo image build`; any other stays what the file says."""
    nodes = written(tmp_path)["topology"]["nodes"]
    assert ["netdojo/frr:latest", "alpine:3"] == [nodes[name]["image"] for name in ("router", "plain")]
    assert ["none", "none"] == [nodes[name]["network-mode"] for name in ("router", "plain")]


def test_link_without_mtu_gets_the_kernels(tmp_path: Path) -> None:
    """A link is 1500 bytes where nothing is said, as in namespaces, and not containerlab's 9500."""
    links = written(tmp_path)["topology"]["links"]
    assert ["1500", "9000"] == [link["mtu"] for link in links]


@pytest.mark.parametrize("none", ["0", "", "null", "~", "0x0", "-0", "0.5"])
def test_mtu_of_nothing_is_not_given(tmp_path: Path, none: str) -> None:
    """An mtu of 0, however it is written, and one with nothing behind it are the kernel's, as in namespaces."""
    links = written(tmp_path, FILE.replace("mtu: 9000", f"mtu: {none}"))["topology"]["links"]
    assert ["1500", "1500"] == [link["mtu"] for link in links]


def test_scalars_are_as_they_were_written(tmp_path: Path) -> None:
    """What namespaces gives to a node is what containerlab reads: no number is counted out, no word made a switch."""
    given = "{A: 1.10, B: 012, D: 0x10, E: 1_000, H: True, J: 1e3, O: +5, 012: 012, off: off, Q: '012'}"
    wanted = {"A": "1.10", "B": "012", "D": "0x10", "E": "1_000", "H": "True", "J": "1e3", "O": "+5"}
    wanted |= {"012": "012", "off": "off", "Q": "012"}
    found = of_node(tmp_path, f"env: {given}\nlabels: {given}\nsysctls: {given}\ncmd: 1_000\n")

    assert (wanted, wanted) == (found["env"], found["sysctls"])
    assert wanted | {native.OWNER: str(tmp_path / "net")} == found["labels"]
    assert ["number", "whole", "text"] == [found["env"][key].kind for key in ("A", "B", "Q")]
    assert "1_000" == found["cmd"]


def test_variables_are_put_in_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that looks like a variable or a template, and a doubled dollar, reach the node as they are."""
    monkeypatch.setenv("LAB_ONE", "$LAB_TWO ${LAB_TWO} {{ .Name }}")
    monkeypatch.setenv("LAB_TWO", "two")
    found = of_node(tmp_path, "env: {A: '$LAB_ONE', B: $$LAB_TWO, C: $LAB_TWO, $LAB_TWO: D}\n")
    assert {"A": "$LAB_TWO ${LAB_TWO} {{ .Name }}", "B": "$LAB_TWO", "C": "two", "two": "D"} == found["env"]


def test_variable_may_name_a_node(tmp_path: Path) -> None:
    """A node whose name is a variable keeps its section."""
    text = FILE.replace("plain: { kind: linux,", '"${LAB_NONE:-plain}": { kind: linux, cpu: 0.50, user: 0100,')
    node = written(tmp_path, text)["topology"]["nodes"]["plain"]
    assert ("alpine:3", "0.50", "0100") == (node["image"], node["cpu"], node["user"])


@pytest.mark.parametrize("value", ["", "~", "null", "{}", "{env: {A: 1.10}}"])
def test_defaults_may_be_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """Sections that are empty, or that a variable fills, are written as they are read."""
    monkeypatch.setenv("LAB_DEFAULTS", value or "{}")
    text = FILE.replace('{ binds: ["all:/all"] }', "$LAB_DEFAULTS" if value else "").replace(
        "  nodes:", "  groups: {nobody: }\n  nodes:"
    )
    found = written(tmp_path, text)["topology"]

    assert ({"env": {"A": "1.10"}} if "env" in value else {}) == found["defaults"]
    assert {"nobody": {}} == found["groups"]


def test_files_lead_to_the_start_before_the_topology(tmp_path: Path) -> None:
    """Relative env-files, license and startup-config are absolute, in every section; what is not there stays."""
    overlay = tmp_path / "start"
    overlay.mkdir()
    for name in ("both", "plain.cfg"):
        (overlay / name).write_text("of the start")
    keys = 'env-files: [beside, both, absent, ~/x, /y], license: both, startup-config: "__clabNodeName__.cfg"'
    text = FILE.replace("defaults: {", f"groups: {{ some: {{ {keys} }} }}\n  defaults: {{ {keys},")
    text = text.replace("linux: {", f"linux: {{ {keys}, ").replace("plain: {", f"plain: {{ {keys}, ")
    found = written(tmp_path, text, overlay)["topology"]
    home = tmp_path / "topologies" / "mixed"

    for section in (found["defaults"], found["kinds"]["linux"], found["groups"]["some"], found["nodes"]["plain"]):
        assert [f"{home}/beside", f"{overlay}/both", "absent", "~/x", "/y"] == section["env-files"]
        assert f"{overlay}/both" == section["license"]
    assert f"{overlay}/plain.cfg" == found["nodes"]["plain"]["startup-config"]
    assert "router.cfg" == found["nodes"]["router"]["startup-config"]


def test_certificates_lead_beside_the_topology(tmp_path: Path) -> None:
    """An authority's relative files are absolute."""
    text = f"settings: {{certificate-authority: {{cert: beside, key: absent, key-size: 0x800}}}}\n{FILE}"
    wanted = {"cert": str(tmp_path / "topologies" / "mixed" / "beside"), "key": "absent", "key-size": "0x800"}
    assert {"certificate-authority": wanted} == written(tmp_path, text)["settings"]


@pytest.mark.parametrize(
    "image",
    ["quay.io/frrouting/frr:9.1.0", "frrouting/frr:v7.5.1", "frr:latest", "netdojo/frr:1", f"x/host@sha256:{'0' * 64}"],
)
def test_image_from_elsewhere_is_what_it_says(tmp_path: Path, image: str) -> None:
    """Another image is not replaced by ours for its last part, and is given nothing of ours."""
    node = written(tmp_path, FILE.replace("alpine:3", image))["topology"]["nodes"]["plain"]

    assert image == node["image"]
    assert not [bind for bind in node["binds"] if bind.endswith(":/run")]


@pytest.mark.parametrize("image", ["host", "netdojo/host", "netdojo/host:latest"])
def test_image_of_ours_has_three_names(tmp_path: Path, image: str) -> None:
    """Each of them is the image that `netdojo image build` makes."""
    node = written(tmp_path, FILE.replace("alpine:3", image))["topology"]["nodes"]["plain"]

    assert "netdojo/host:latest" == node["image"]
    assert "/run-of/plain:/run" in node["binds"]


VENDOR = 'kind: nokia_srlinux, image: "srlinux:1"'


def management_words(folder: Path, text: str) -> list[str]:
    """Return what docker is told to make the management network of a file's topology by."""
    file = folder / "mgmt.clab.yml"
    file.write_text(text)
    return native.management_words(read_topology(file), "lab")


def test_node_of_a_vendor_gets_a_management_network_of_its_own(tmp_path: Path) -> None:
    """A node that cannot be without one gets a network that no other shares, made before containerlab looks for it."""
    found = written(tmp_path, FILE.replace('kind: linux, image: "alpine:3"', VENDOR))
    assert {"network": f"netdojo-{found['name']}", "external-access": "false"} == found["mgmt"]
    assert "network-mode" not in found["topology"]["nodes"]["plain"]


def test_management_network_has_the_addresses_that_the_file_says(tmp_path: Path) -> None:
    """Nothing is routed out of it; a subnet left open is docker's to choose; where nothing needs it there is none."""
    text = FILE.replace('kind: linux, image: "alpine:3"', VENDOR)
    create = ["docker", "network", "create", "--internal"]
    assert [] == management_words(tmp_path, FILE)
    assert [*create, "--subnet=172.80.0.0/24", "netdojo-lab"] == management_words(tmp_path, text)
    assert [*create, "netdojo-lab"] == management_words(tmp_path, text.replace("172.80.0.0/24", "auto"))
    given = "ipv4-gw: 172.80.0.9, ipv6-subnet: 'fd00::/64', mtu: 1400 }"
    wanted = ["--ipv6", "--subnet=172.80.0.0/24", "--gateway=172.80.0.9", "--subnet=fd00::/64"]
    wanted += ["--opt=com.docker.network.driver.mtu=1400", "netdojo-lab"]
    assert [*create, *wanted] == management_words(tmp_path, text.replace("172.80.0.0/24 }", f"172.80.0.0/24, {given}"))


LINK = '["router:eth2", "plain:eth2"]'


@pytest.mark.parametrize("link", ['["router:eth2", "mgmt-net:veth0"]', '["mgmt-net:veth0", "router:eth2"]'])
def test_link_to_the_management_network_leads_to_one_of_its_own(tmp_path: Path, link: str) -> None:
    """Not to docker's own, from which there is a way out."""
    text = FILE.replace(LINK, link)
    assert "--subnet=172.80.0.0/24" in management_words(tmp_path, text)
    found = written(tmp_path, text)
    assert f"netdojo-{found['name']}" == found["mgmt"]["network"]


@pytest.mark.parametrize(
    ("change", "apart"),
    [
        (("", ""), True),
        (('kind: linux, image: "alpine:3"', VENDOR), False),
        ((LINK, '["router:eth2", "host:veth0"]'), False),
        ((LINK, '["router:eth2", "mgmt-net:veth0"]'), False),
    ],
)
def test_network_is_made_apart_where_nothing_leads_out(tmp_path: Path, change: tuple[str, str], apart: bool) -> None:
    """containerlab needs the host's own network for a link to it, and for nodes of other kinds."""
    file = tmp_path / "apart.clab.yml"
    file.write_text(FILE.replace(*change))
    assert apart is native.is_apart(read_topology(file))


def test_settings_of_a_links_interface_are_left_out(tmp_path: Path) -> None:
    """Docker makes a container's settings when it has no link yet; those that need one are made later."""
    late = "net.ipv4.conf.eth1.rp_filter"
    found = of_node(tmp_path, f"sysctls: {{{late}: 1, net.ipv4.ip_forward: 1, net.ipv4.conf.all.rp_filter: 0}}\n")
    assert {"net.ipv4.ip_forward": "1", "net.ipv4.conf.all.rp_filter": "0"} == found["sysctls"]


def test_configure_begins_when_the_entrypoint_has_ended(tmp_path: Path) -> None:
    """Where something comes after it, containerlab waits in a node of ours; what else the stages say is as given."""
    stages = """
    ours: { kind: linux, stages: { create: { exec: [{ command: "true", phase: on-exit }] } } }
    theirs: { kind: linux, image: "alpine:3" }
    after: { kind: linux, stages: { create: { wait-for: [{ node: ours, stage: configure }] } } }
    late: { kind: linux, stages: { configure: { wait-for: [{ node: theirs, stage: configure }] } } }
  links:"""
    nodes = written(tmp_path, FILE.replace("  links:", stages.lstrip("\n")))["topology"]["nodes"]
    (waiting,) = nodes["ours"]["stages"]["configure"]["exec"]
    assert re.fullmatch(r"sh -c '.* \*\"/netdojo/entrypoint \"\*\) .*'", waiting["command"])
    assert [{"command": "true", "target": "container", "phase": "on-exit"}] == nodes["ours"]["stages"]["create"]["exec"]
    assert [{"node": "ours", "stage": "configure"}] == nodes["after"]["stages"]["create"]["wait-for"]
    assert [] == nodes["late"]["stages"]["configure"]["exec"]
    assert not [name for name in ("theirs", "router", "plain") if "stages" in nodes[name]]


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
