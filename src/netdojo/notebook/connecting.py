"""Opens netmiko connections to the nodes of a network, with its own password and host key."""

from __future__ import annotations

from typing import Any

from netdojo.errors import NodeUnreachable, NotFound
from netdojo.model import Network

DRIVER = "cisco_ios"
"""FRR's shell speaks like IOS; netmiko has no driver of FRR's own."""
LOGIN_DEADLINE = 10
"""Seconds."""


def connection(network: Network, node: str) -> Any:
    """Return an open netmiko connection to `node`.

    Raises NotFound with the near name, NodeUnreachable when it does not let us in within 10 s.
    """
    names = [access.name for access in network.access]
    if node not in names:
        raise NotFound("node", node, names)
    from netmiko import ConnectHandler, NetmikoBaseException

    access = network.node(node)
    try:
        return ConnectHandler(
            device_type=DRIVER,
            host=access.host,
            port=access.port,
            username=network.username,
            password=network.password,
            fast_cli=True,
            ssh_strict=True,
            alt_host_keys=True,
            alt_key_file=str(network.known_hosts),
            allow_agent=False,
            conn_timeout=LOGIN_DEADLINE,
        )
    except NetmikoBaseException as error:
        raise NodeUnreachable(
            f"{node} does not answer at {access.host}:{access.port}: {str(error).strip().splitlines()[0]}",
            help="Look at the network with lab.show(); lab.reset() deploys it anew.",
        ) from error
