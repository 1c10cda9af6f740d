"""A node's console as a terminal of the server, so that it survives a reload and every tab shows the same one."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from netdojo.errors import NotFound, WrongUse
from netdojo.model import Network


def open_console(terminals: Any, network: Network | None, slug: str, node: str) -> str:
    """Return the name of the terminal that is `node`'s console; it is made when there is none yet.

    Raises WrongUse while the network is not running, NotFound for a node that it has not.
    """
    if network is None:
        raise WrongUse("The network is not running", help="Start the network, then open the console again.")
    known = [access.name for access in network.access]
    if node not in known:
        raise NotFound("node", node, known)
    name = terminal_name(network, node)
    if name not in terminals.terminals:
        terminals.create(name=name, shell_command=command(slug, node))
    return name


def terminal_name(network: Network, node: str) -> str:
    """Return a name for the URL: one terminal a node and network, so a new network gets a new one."""
    return re.sub(r"\W", "_", f"{network.name}_{node}_{network.pid}")


def command(slug: str, node: str) -> list[str]:
    return [str(Path(sys.executable).with_name("netdojo")), "lab", "console", slug, node]
