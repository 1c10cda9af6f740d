"""Inventories are what each tool reads, and a network's password is in nobody else's reach."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from netdojo.errors import NetdojoError, NotFound
from netdojo.model import Network, Node, NodeAccess, Topology
from netdojo.runtimes import inventories

GOLDEN = Path(__file__).parent / "golden" / "inventories"
NODES = (
    Node(name="spine1", kind="linux", image="frr", group="spine", labels={"tier": "spine", "rack-unit": "1e3"}),
    Node(name="leaf", kind="linux", image="frr", group="leaf"),
    Node(name="on", kind="linux", image="host", labels={"asn": "65001", "2nd": "yes"}),
    Node(name="r7", kind="nokia_srlinux", image="srlinux", group="spine"),
)
PASSWORD = "1e10"


def network(folder: Path = Path("/run/netdojo/lab one"), nodes: tuple[Node, ...] = NODES) -> Network:
    """Return a network of routers, a host and another vendor's node, with names that YAML could misread."""
    topology = Topology(name="mixed", file=folder / "mixed.clab.yml", images=folder, nodes=nodes, links=())
    return Network(
        name="mixed",
        runtime="namespaces",
        topology=topology,
        started=datetime(2026, 1, 1, tzinfo=timezone.utc),
        pid=1,
        folder=folder,
        username="admin",
        password=PASSWORD,
        access=tuple(NodeAccess(name=node.name, host="127.0.0.1", port=4000 + at) for at, node in enumerate(nodes)),
    )


def read(text: str) -> tuple[Any, Any]:
    """Return what readers of YAML 1.1 and of 1.2 make of a text."""
    old, new = YAML(typ="safe", pure=True), YAML(typ="safe", pure=True)
    old.version = (1, 1)
    return old.load(text), new.load(text)


@pytest.mark.parametrize("format", ["ansible", "netmiko", "nornir"])
def test_inventory_is_as_its_golden_file(format: str) -> None:
    """Each file of each tool, letter for letter."""
    made = inventories.documents(network(), format)

    assert sorted(path.name for path in (GOLDEN / format).iterdir()) == sorted(made)
    for name, text in made.items():
        assert (GOLDEN / format / name).read_text() == text


@pytest.mark.parametrize("format", ["ansible", "nornir"])
def test_text_stays_text(format: str) -> None:
    """What YAML 1.1 would take for a number or a truth is read alike by both versions."""
    for text in inventories.documents(network(), format).values():
        old, new = read(text)
        assert old == new
    assert PASSWORD in json.dumps([read(text)[0] for text in inventories.documents(network(), format).values()])


def test_groups_do_not_clash_with_hosts() -> None:
    """A group that has the name of a node is called otherwise, as Ansible wants it."""
    held = read(inventories.documents(network(), "ansible")["ansible.yml"])[0]["all"]["children"]

    assert {"leaf": {}} == held["group_leaf"]["hosts"]
    assert not {"leaf", "spine1", "on", "r7"} & held.keys()
    assert all(name.isidentifier() for name in held)


def test_ssh_is_the_networks_own(tmp_path: Path) -> None:
    """For plain ssh it is the file that the network has."""
    (tmp_path / "ssh_config").write_text("Host spine1\n")

    assert {"ssh_config": "Host spine1\n"} == inventories.documents(network(tmp_path), "ssh")


def test_files_are_for_this_user_alone(tmp_path: Path) -> None:
    """Every file has mode 0600, also where one that others could read was there before."""
    (tmp_path / "a.yml").write_text("old")
    (tmp_path / "a.yml").chmod(0o644)
    inventories.write(network(), "ansible", tmp_path / "a.yml")
    folder = inventories.keep(network(), "nornir", tmp_path)

    assert tmp_path / "inventories" / "nornir" == folder
    assert {"hosts.yaml", "groups.yaml", "defaults.yaml"} == {file.name for file in folder.iterdir()}
    assert {0o600} == {file.stat().st_mode & 0o777 for file in (tmp_path / "a.yml", *folder.iterdir())}
    assert tmp_path / "inventories" / "netmiko.json" == inventories.keep(network(), "netmiko", tmp_path)


def test_near_format_is_suggested() -> None:
    """An unknown tool gets the near one."""
    with pytest.raises(NotFound, match="did you mean 'ansible'"):
        inventories.documents(network(), "ansibel")


def test_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder that is not there, or is a file, is told by the path that was given."""
    (tmp_path / "file").write_text("")
    for to, tool in ((tmp_path / "no" / "a.yml", "ansible"), (tmp_path / "file", "nornir")):
        with pytest.raises(NetdojoError, match=f"cannot use {to}"):
            inventories.write(network(), tool, to)
