"""What serving a network asks of its nodes, whichever runtime they run in."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from netdojo.runtimes.serving.processes import Processes
    from netdojo.runtimes.serving.telling import Teller


class ServedNode(Protocol):
    """A node that runs.

    `pid` is its first process as the serving process numbers it, `run` its /run as seen from outside, `net` a socket in
    its network, `services` the names of the daemons that it came up with. A node that runs and is not `powered` has no
    process but its `keepers`, which hold its namespaces. `plan` is what was deployed.
    """

    name: str
    plan: dict[str, Any]
    pid: int
    run: str
    net: socket.socket
    services: set[str]
    running: bool
    powered: bool

    @property
    def keepers(self) -> set[int]: ...

    def inside(self, argv: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
        """Return the words and the environment that run `argv` as a user of the node would."""
        ...

    def beside(self, argv: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
        """Return the words and the environment that run the host's own `argv` on the node's network and sockets."""
        ...

    def shell(self, command: str | None) -> list[str]:
        """Return the words of the node that an SSH session starts, for a single `command` or for a person."""
        ...


class Site(Protocol):
    """Where the nodes of a network are made and run: what a runtime brings to its networks' service."""

    async def begin(self, processes: Processes, told: Teller) -> Mapping[str, Any]:
        """Return the nodes (ServedNode) by name, wired but not yet ready; raises BeginningFailed."""
        ...

    async def start(self, processes: Processes, node: Any) -> str:
        """Return once one of these nodes takes commands: what went wrong, or nothing."""
        ...

    def pids(self) -> Iterable[int]:
        """Return the processes whose memory is the network's."""
        ...
