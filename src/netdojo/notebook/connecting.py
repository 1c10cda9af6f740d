"""Opens netmiko connections to the nodes of a network, with its own password and host key."""

from __future__ import annotations

from typing import Any

from netdojo.errors import NodeUnreachable, NotFound
from netdojo.model import Network
from netdojo.runtimes import inventories

LOGIN_DEADLINE = 10
"""Seconds."""
PREAMBLE = "A paramiko SSHException occurred"
"""What netmiko puts before the words of the library below it."""


def connection(network: Network, node: str) -> Any:
    """Return an open netmiko connection to `node`.

    Raises NotFound with the near name, NodeUnreachable when it does not let us in within 10 s.
    """
    names = [access.name for access in network.access]
    if node not in names:
        raise NotFound("node", node, names)
    from netmiko import ConnectHandler, NetmikoAuthenticationException, NetmikoBaseException, NetmikoTimeoutException

    access = network.node(node)
    try:
        return ConnectHandler(**inventories.devices(network)[node], conn_timeout=LOGIN_DEADLINE)
    except (NetmikoBaseException, NetmikoTimeoutException, NetmikoAuthenticationException) as error:
        raise NodeUnreachable(
            f"{node} does not answer at {access.host}:{access.port}: {reason(error)}",
            help="Look at the network with lab.show(); lab.reset() deploys it anew.",
        ) from error


def reason(error: Exception) -> str:
    """Return the first line of netmiko's many that tells something."""
    lines = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line and not line.startswith(PREAMBLE)), type(error).__name__)
