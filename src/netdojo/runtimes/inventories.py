"""Inventories of a deployed network for the tools that automate it: its nodes, how they are reached, what they are."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from netdojo import atomic_files, places
from netdojo.errors import NotFound
from netdojo.model import Network, Node
from netdojo.runtimes.platforms import platform

Documents = dict[str, str]
"""A file's name → its text."""

_PLAIN = re.compile(r"[A-Za-z_/][\w./-]*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""What YAML 1.1 does not take for text."""


def documents(network: Network, format: str) -> Documents:
    """Return the inventory of `network` for a tool: each file's name and text; raises NotFound with the near format."""
    if format not in FORMATS:
        raise NotFound("format of inventories", format, FORMATS)
    return FORMATS[format](network)


def write(network: Network, format: str, to: Path) -> Path:
    """Write the inventory to the file `to`, or into the folder `to` where a tool wants several; return `to`.

    The files hold the network's password and are for this user alone. Raises NotFound with the near format, and
    WrongUse or HostNotReady when `to` cannot be written.
    """
    made = documents(network, format)
    try:
        if len(made) > 1:
            to.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            atomic_files.replace(to / name if len(made) > 1 else to, text.encode(), mode=atomic_files.PRIVATE)
    except OSError as error:
        named = OSError(error.errno, error.strerror, str(to))
        raise places.refusal(named, [str(to)]) or error from error
    return to


def keep(network: Network, format: str, workspace: Path) -> Path:
    """Write the inventory where a workspace has it: inventories/ansible.yml; raises as `write` does."""
    names = list(documents(network, format))
    to = workspace / "inventories" / (names[0] if len(names) == 1 else format)
    to.parent.mkdir(parents=True, exist_ok=True)
    return write(network, format, to)


def ansible(network: Network) -> Documents:
    """Return an inventory whose groups are the nodes' platforms, their groups, and `key_value` of their labels."""
    names = [access.name for access in network.access]
    groups: dict[str, Any] = {}
    for node in network.topology.nodes:
        of_platform = groups.setdefault(f"platform_{platform(node).name}", {"vars": ansible_vars(network, node)})
        of_platform.setdefault("hosts", {})[node.name] = ansible_host(network, node)
        for group in ansible_groups(node):
            name = f"group_{group}" if group in names else group
            groups.setdefault(name, {}).setdefault("hosts", {})[node.name] = {}
    return {"ansible.yml": dump({"all": {"vars": {"ansible_user": network.username}, "children": groups}})}


def ansible_vars(network: Network, node: Node) -> dict[str, Any]:
    """Return how Ansible reaches the nodes of a platform.

    ssh checks the host key against the network's own; network_cli cannot be given a file of known hosts.
    """
    given = platform(node)
    if not given.ansible:
        return {
            "ansible_connection": "ssh",
            "ansible_ssh_common_args": f'-F "{network.ssh_config}"',
            "ansible_ssh_transfer_method": "piped",
            "ansible_remote_tmp": "/tmp/.ansible",  # noqa: S108  # in the node, where nobody else is
            "ansible_python_interpreter": "/usr/bin/python3",
        }
    return {
        "ansible_connection": "ansible.netcommon.network_cli",
        "ansible_network_os": given.ansible,
        "ansible_host_key_checking": False,
        "ansible_password": network.password,
    }


def ansible_host(network: Network, node: Node) -> dict[str, Any]:
    access = network.node(node.name)
    labels = {"labels": dict(node.labels)} if node.labels else {}
    return {"ansible_host": access.host, "ansible_port": access.port, **labels}


def ansible_groups(node: Node) -> list[str]:
    """Return the groups of a node by names that Ansible takes: letters, digits and underscores."""
    named = [node.group, *(f"{key}_{value}" for key, value in node.labels.items())]
    return [re.sub(r"^(?=\d)", "_", re.sub(r"\W", "_", name)) for name in named if name]


def nornir(network: Network) -> Documents:
    """Return the three files of nornir's SimpleInventory; a node's labels are its data."""
    hosts, groups = {}, {}
    for node in network.topology.nodes:
        access, its = (
            network.node(node.name),
            [f"platform_{platform(node).name}", *([node.group] if node.group else [])],
        )
        extras = {"extras": options(network)}
        groups[its[0]] = {"platform": platform(node).netmiko, "connection_options": {"netmiko": extras}}
        groups.update({group: {} for group in its[1:]})
        hosts[node.name] = {"hostname": access.host, "port": access.port, "groups": its, "data": dict(node.labels)}
    defaults = {"username": network.username, "password": network.password}
    return {"hosts.yaml": dump(hosts), "groups.yaml": dump(groups), "defaults.yaml": dump(defaults)}


def netmiko(network: Network) -> Documents:
    """Return for each node what `netmiko.ConnectHandler(**…)` takes, as JSON."""
    return {"netmiko.json": json.dumps(devices(network), indent=2) + "\n"}


def devices(network: Network) -> dict[str, dict[str, Any]]:
    """Return for each node what `netmiko.ConnectHandler(**…)` takes."""
    return {
        node.name: {
            "device_type": platform(node).netmiko,
            "host": network.node(node.name).host,
            "port": network.node(node.name).port,
            "username": network.username,
            "password": network.password,
            **options(network),
        }
        for node in network.topology.nodes
    }


def options(network: Network) -> dict[str, Any]:
    """Return how netmiko connects: only to a host that has the network's own key, without waiting for slow devices."""
    return {
        "fast_cli": True,
        "ssh_strict": True,
        "alt_host_keys": True,
        "alt_key_file": str(network.known_hosts),
        "allow_agent": False,
    }


def ssh(network: Network) -> Documents:
    """Return the configuration with which `ssh -F FILE NODE` logs in."""
    return {"ssh_config": network.ssh_config.read_text(encoding="utf-8")}


FORMATS: dict[str, Callable[[Network], Documents]] = {
    "ansible": ansible,
    "netmiko": netmiko,
    "nornir": nornir,
    "ssh": ssh,
}


def dump(value: Any) -> str:
    """Return a value as YAML that readers of 1.1 and of 1.2 read alike."""
    text = io.StringIO()
    yaml = YAML()
    yaml.width = 4096
    yaml.dump(plain(value), text)
    return text.getvalue()


def plain(value: Any) -> Any:
    """Return a value with every text in quotes that could be taken for something else."""
    if isinstance(value, dict):
        return {plain(key): plain(held) for key, held in value.items()}
    if isinstance(value, list):
        return [plain(held) for held in value]
    if isinstance(value, str) and not (_PLAIN.fullmatch(value) and value.lower() not in _WORDS):
        return DoubleQuotedScalarString(value)
    return value
