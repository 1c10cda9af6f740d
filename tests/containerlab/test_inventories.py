"""An inventory of a deployed network leads to each of its nodes, and to nothing else, in both runtimes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import netmiko
import pytest
from ruamel.yaml import YAML

from netdojo.model import Network
from netdojo.runtimes import inventories


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
