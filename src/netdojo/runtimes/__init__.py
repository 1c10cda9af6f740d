"""Networks: deploy a topology, look at it, run commands in its nodes, end it. The runtime is chosen by name.

Everything heavy is imported where it is used: the supervisor of a network loads this package too and must start at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from netdojo.model import Answer, Network, NetworkState, Progress, Topology
    from netdojo.runtimes.needs import Need

    Tell = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Tell nobody."""


def deploy(
    topology: Topology,
    *,
    name: str | None = None,
    overlay: Path | None = None,
    runtime: str = "namespaces",
    tell: Tell = silent,
) -> Network:
    """Deploy `topology` and return once every node takes commands.

    `name` is the topology's own when not given. `overlay` is a folder whose files stand in for the topology's bind
    sources of the same relative path. Raises NotFound for an unknown runtime, TopologyUnsupported when the runtime
    cannot run it, NetworkExists when a network of this name is there, HostNotReady when the host lacks something,
    DeployFailed when a node does not start, DeployTimeout after 30 s. On any of them nothing is left running.
    """
    from netdojo.runtimes import plugins

    return plugins.runtime(runtime).deploy(topology, name or topology.name, overlay, tell)


def networks() -> list[Network]:
    """Return every deployed network of this user, by name."""
    from netdojo.runtimes import plugins

    found = [network for runtime in plugins.all_runtimes().values() for network in runtime.networks()]
    return sorted(found, key=lambda network: network.name)


def find(name: str) -> Network:
    """Return the deployed network `name`; raises NotFound with the near name."""
    from netdojo.errors import NotFound

    found = {network.name: network for network in networks()}
    if name not in found:
        raise NotFound("network", name, found)
    return found[name]


def inspect(network: Network) -> NetworkState:
    """Return what `network` looks like now; raises NodeUnreachable when it has ended."""
    from netdojo.runtimes import plugins

    return plugins.runtime(network.runtime).inspect(network)


def destroy(network: Network) -> None:
    """End `network` and all that belongs to it; a network that has ended already is no error."""
    from netdojo.runtimes import plugins

    plugins.runtime(network.runtime).destroy(network)


def execute(network: Network, node: str, argv: Sequence[str], *, stdin: bytes = b"", timeout: float = 30) -> Answer:
    """Run `argv` in `node` as a user of it would, and return its answer; `timeout` is in seconds.

    Raises NotFound for an unknown node, NodeUnreachable when it does not answer. A command that is not there gives
    code 127, one that was ended at its time limit 124. Each of stdout and stderr is cut at 8 MiB, and its
    last line then says so.
    """
    from netdojo.runtimes import plugins

    return plugins.runtime(network.runtime).execute(network, node, argv, stdin, timeout)


def ask(network: Network, node: str, argv: Sequence[str], *, timeout: float = 10) -> Answer:
    """Run the host's own program `argv` on `node`'s network and its daemons' sockets, and return its answer.

    Nothing of the node's own files is read or run, so what a learner put there cannot answer in its place.
    `timeout` is in seconds. Raises as `execute` does.
    """
    from netdojo.runtimes import plugins

    return plugins.runtime(network.runtime).ask(network, node, argv, timeout)


def console(network: Network, node: str) -> int:
    """Give this terminal to `node`'s shell until it ends; return its exit code."""
    from netdojo.runtimes import plugins

    return plugins.runtime(network.runtime).console(network, node)


def join_command(network: Network) -> tuple[str, ...]:
    """Return the words that, put before a command, start it where the nodes' SSH can be reached and nothing else."""
    from netdojo.runtimes import plugins

    return plugins.runtime(network.runtime).join_command(network)


def doctor() -> list[Need]:
    """Return what the installed runtimes need of this host, met or not."""
    from netdojo.runtimes import plugins

    return [need for runtime in plugins.all_runtimes().values() for need in runtime.needs()]
