"""An inventory of a deployed network leads to each of its nodes, and to nothing else, in both runtimes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import netmiko
import pytest
from nornir import InitNornir
from nornir_netmiko.tasks import netmiko_send_command  # type: ignore[import-untyped]  # it says nothing of its types
from ruamel.yaml import YAML

from netdojo import runtimes
from netdojo.content import read_topology
from netdojo.model import Network
from netdojo.runtimes import inventories

HOST = "name: host\ntopology:\n  nodes:\n    h1: {kind: linux, image: host, labels: {site: north}}\n"


@pytest.fixture
def host(home: Path, tmp_path: Path, runtime: str) -> Iterator[Network]:
    """A host alone, whose command line is a shell."""
    (tmp_path / "host").mkdir()
    file = tmp_path / "host" / "host.clab.yml"
    file.write_text(HOST)
    deployed = runtimes.deploy(read_topology(file), runtime=runtime)
    yield deployed
    runtimes.destroy(deployed)


def ansible(program: str, network: Network, folder: Path, *words: str) -> str:
    """Return what a program of Ansible's says with the network's inventory; what it keeps is in `folder`."""
    inventory = inventories.write(network, "ansible", folder / "ansible.yml")
    env = {**os.environ, "ANSIBLE_HOME": str(folder / "ansible"), "ANSIBLE_DEPRECATION_WARNINGS": "false"}
    done = subprocess.run(
        [Path(sys.executable).with_name(program), "-i", str(inventory), *words],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


def test_ansible_runs_a_module_in_a_host(host: Network, tmp_path: Path) -> None:
    """Ansible's own connection leads into the node, with the network's host key, and runs Python there."""
    assert '"ping": "pong"' in ansible("ansible", host, tmp_path, "h1", "-m", "ansible.builtin.ping")
    said = ansible("ansible", host, tmp_path, "site_north", "-m", "ansible.builtin.command", "-a", "hostname")
    assert "rc=0 >>\nh1\n" in said.replace("\r", "")


def test_ansible_reads_the_inventory_of_routers(network: Network, tmp_path: Path) -> None:
    """It finds each router with its port, and the connection and platform of its group."""
    told = json.loads(ansible("ansible-inventory", network, tmp_path, "--list"))
    found = told["_meta"]["hostvars"]

    assert {access.name: access.port for access in network.access} == {
        name: held["ansible_port"] for name, held in found.items()
    }
    assert {"frr.frr.frr"} == {held["ansible_network_os"] for held in found.values()}
    assert ["left", "right"] == sorted(told["platform_frr"]["hosts"])


def test_nornir_asks_every_router(network: Network, tmp_path: Path) -> None:
    """Nornir connects to all at once by its three files, and each answers for itself."""
    folder = inventories.write(network, "nornir", tmp_path / "nornir")
    options = {f"{kind}_file": str(folder / f"{kind}s.yaml") for kind in ("host", "group")}
    options["defaults_file"] = str(folder / "defaults.yaml")
    nornir = InitNornir(
        inventory={"plugin": "SimpleInventory", "options": options},
        logging={"enabled": False},
    )
    said = nornir.run(netmiko_send_command, command_string="show running-config | include hostname")
    nornir.close_connections()

    assert {"left": "hostname left", "right": "hostname right"} == {name: one[0].result for name, one in said.items()}


def test_netmiko_connects_by_its_inventory(network: Network, tmp_path: Path) -> None:
    """Each entry is what ConnectHandler takes, and leads to the node that it is named after."""
    devices = json.loads(inventories.write(network, "netmiko", tmp_path / "devices.json").read_text())

    assert ["left", "right"] == sorted(devices)
    for name, device in devices.items():
        with netmiko.ConnectHandler(**device) as connection:
            assert f"{name}#" == connection.find_prompt()


def test_netmiko_refuses_another_host(network: Network, tmp_path: Path) -> None:
    """A host that has not the network's own key is not logged in to."""
    device = inventories.devices(network)["left"]
    other = tmp_path / "known_hosts"
    other.write_text(network.known_hosts.read_text().replace(f":{device['port']} ", ":1 "))

    with pytest.raises(netmiko.NetmikoTimeoutException, match="not found in known_hosts"):
        netmiko.ConnectHandler(**{**device, "alt_key_file": str(other)})


def test_ssh_logs_in_by_its_inventory(network: Network, tmp_path: Path) -> None:
    """The file for plain ssh works from any place."""
    file = inventories.write(network, "ssh", tmp_path / "config")
    words = ["ssh", "-F", str(file), "right", "show version"]
    assert "(right)" in subprocess.run(words, capture_output=True, text=True, timeout=20, check=False).stdout


def test_every_tool_has_the_same_ports(network: Network) -> None:
    """Ansible and nornir are given the port, user and password of each node."""
    yaml = YAML(typ="safe", pure=True)
    ports = {access.name: access.port for access in network.access}
    ansible = yaml.load(inventories.documents(network, "ansible")["ansible.yml"])["all"]
    nornir = {name: yaml.load(text) for name, text in inventories.documents(network, "nornir").items()}

    routers = ansible["children"]["platform_frr"]
    assert ports == {name: host["ansible_port"] for name, host in routers["hosts"].items()}
    assert ports == {name: host["port"] for name, host in nornir["hosts.yaml"].items()}
    assert (network.username, network.password) == (
        ansible["vars"]["ansible_user"],
        routers["vars"]["ansible_password"],
    )
    assert {"username": network.username, "password": network.password} == nornir["defaults.yaml"]
