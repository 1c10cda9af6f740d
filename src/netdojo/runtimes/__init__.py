"""Networks: deploy a topology, look at it, run commands in its nodes, end it. The runtime is chosen by name.

Everything heavy is imported where it is used: a network's supervisor loads this package too and must start at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from netdojo import model
    from netdojo.runtimes.capturing import Capturing
    from netdojo.runtimes.needs import Need
    from netdojo.runtimes.plugins import Runtime
    from netdojo.runtimes.plugins import Tell as Tell

CAPTURE_LIMIT = 100_000_000
"""Bytes that a capture may write when nobody says otherwise."""


def silent(progress: model.Progress) -> None:
    """Tell nobody."""


def deploy(
    topology: model.Topology,
    *,
    name: str | None = None,
    overlay: Path | None = None,
    runtime: str | None = None,
    tell: Tell = silent,
    forget_after: float | None = None,
) -> model.Network:
    """Deploy `topology` and return once every node takes commands.

    `name` is the topology's own when not given. `overlay` is a folder whose files stand in for the topology's bind
    sources of the same relative path. `runtime` is what NETDOJO_RUNTIME says when not given, else namespaces. The
    network ends itself once nobody has used it for `forget_after` seconds, 0 for never: what NETDOJO_FORGET_AFTER says
    when not given, else 12 h.

    Raises as `check` does, NetworkExists when a network of this name is there, HostNotReady when the host lacks
    something, DeployFailed when a node does not start, DeployTimeout. On any of them nothing is left running.
    """
    from netdojo.runtimes import forgetting, plugins

    after = forgetting.chosen() if forget_after is None else forget_after
    return plugins.runtime(runtime or plugins.chosen()).deploy(topology, name or topology.name, overlay, tell, after)


def check(
    topology: model.Topology, *, name: str | None = None, overlay: Path | None = None, runtime: str | None = None
) -> None:
    """Tell whether a runtime could run `topology`, as `deploy` does before it starts anything.

    Raises NotFound for an unknown runtime, WrongUse for a bad name or NETDOJO_FORGET_AFTER, TopologyUnsupported with
    every key that the runtime cannot honour.
    """
    from netdojo.runtimes import forgetting, plugins

    forgetting.chosen()
    plugins.runtime(runtime or plugins.chosen()).check(topology, name or topology.name, overlay)


def redeploy(
    network: model.Network, topology: model.Topology, *, overlay: Path | None = None, tell: Tell = silent
) -> model.Network:
    """End `network` and deploy `topology` in its place: under its name, in its runtime; raises as `deploy` does.

    When the runtime cannot run the topology, or the host lacks something, `network` is left as it is.
    """
    from netdojo.model import Progress

    check(topology, name=network.name, overlay=overlay, runtime=network.runtime)
    _of(network).check_host(topology)
    tell(Progress(phase="ending"))
    destroy(network)
    return deploy(topology, name=network.name, overlay=overlay, runtime=network.runtime, tell=tell)


def networks() -> list[model.Network]:
    """Return every deployed network of this user, by name."""
    from netdojo.runtimes import plugins

    found = [network for runtime in plugins.all_runtimes().values() for network in runtime.networks()]
    return sorted(found, key=lambda network: network.name)


def find(name: str) -> model.Network:
    """Return the deployed network `name`; raises NotFound with the near name, NetworkComingUp before it is up."""
    from netdojo.errors import NetworkComingUp, NotFound

    begun, found = coming_up(), {network.name: network for network in networks()}
    if name in found:
        return found[name]
    raise NetworkComingUp(name) if name in begun else NotFound("network", name, found)


def coming_up() -> list[str]:
    """Return the names of this home's networks that are being deployed."""
    from netdojo.runtimes import folders

    return folders.coming_up()


def listed(*, everywhere: bool = False) -> list[model.NetworkListed]:
    """Return this home's networks with their age and memory, by home and name; those that come up among them.

    `everywhere`, those of this user's homes, for root of all users', and those of which only containers are left.
    """
    from netdojo.runtimes import discovery

    return discovery.everywhere() if everywhere else discovery.here()


def forgotten(name: str) -> model.Forgotten | None:
    """Return how the last network `name` of this home ended for want of use, or None when that was not its end."""
    from netdojo.runtimes import forgetting

    return forgetting.forgotten(name)


def inspect(network: model.Network) -> model.NetworkState:
    """Return what `network` looks like now; raises NodeUnreachable when it has ended. It is no use of the network."""
    return _of(network).inspect(network)


def examine(network: model.Network, *nodes: str) -> model.NetworkDetail:
    """Return `nodes` of `network`, or all of them, in full: interfaces, ports, processes, memory.

    All is collected from outside. Raises NotFound for an unknown node, NodeUnreachable when the network has ended.
    """
    return _of(network).examine(network, nodes)


def destroy(network: model.Network | str) -> None:
    """End `network` and all that belongs to it; one that has ended already is no error.

    By its name, one that is being deployed as well, which its deployer is told. Raises NotFound, DeployTimeout.
    """
    if isinstance(network, str):
        from netdojo.runtimes import beginning

        beginning.end(network)
    else:
        _of(network).destroy(network)


def sweep(found: model.NetworkListed) -> None:
    """End what is left of a network of this home that is abandoned."""
    from netdojo import places
    from netdojo.runtimes import plugins

    plugins.runtime(found.runtime).sweep(places.networks() / found.name)


def execute(
    network: model.Network, node: str, argv: Sequence[str], *, stdin: bytes = b"", timeout: float = 30
) -> model.Answer:
    """Run `argv` in `node` as a user of it would, and return its answer; `timeout` is in seconds.

    Raises NotFound for an unknown node, NodeUnreachable when it does not answer. A command that is not there gives code
    127, one that was ended at its time limit 124. stdout and stderr are cut at 8 MiB each; the last line then says so.
    """
    return _of(network).execute(network, node, argv, stdin, timeout)


def ask(network: model.Network, node: str, argv: Sequence[str], *, timeout: float = 10) -> model.Answer:
    """Run the host's own program `argv` on `node`'s network and its daemons' sockets, and return its answer.

    Nothing of the node's own files is read or run. `timeout` is in seconds; raises as `execute` does.
    """
    return _of(network).ask(network, node, argv, timeout)


def save(network: model.Network, folder: Path) -> model.Saved:
    """Write what `network` is now into `folder`, in the place of an older save, and return what was written.

    Raises WrongUse when something else is in the folder or a node is of another kind than linux, NodeUnreachable when
    a node has stopped, SaveFailed for files that are too large. On any of them the folder is as it was.
    """
    from netdojo.runtimes import saving

    return saving.save(network, folder)


def restore(
    topology: model.Topology,
    folder: Path,
    *,
    name: str | None = None,
    overlay: Path | None = None,
    runtime: str | None = None,
    tell: Tell = silent,
) -> model.Network:
    """Deploy `topology` afresh, make it what was saved in `folder`, and return once it is so.

    The runtime may be another than that of the save. Raises as `deploy` does, WrongUse where there is no save,
    InvalidFiles with every fault of a damaged one or with all in which its topology differs, RestoreFailed when a node
    does not become what was saved. On any of them, and when this process ends, nothing is left running.
    """
    from netdojo.runtimes import plugins, restoring

    return restoring.restore(topology, folder, name or topology.name, overlay, runtime or plugins.chosen(), tell)


def diff(network: model.Network, against: Path | None = None) -> model.Changes:
    """Return what differs in `network` now from its start, or from the save in the folder `against`.

    Raises as `save` and, for a save that cannot be read, as `restore` does.
    """
    from netdojo.runtimes import diffing

    return diffing.diff(network, against)


def capture(
    network: model.Network,
    place: str,
    filter: str = "",
    *,
    to: Path | int,
    count: int | None = None,
    most: int = CAPTURE_LIMIT,
) -> AbstractContextManager[Capturing]:
    """Capture what passes `place` ("leaf1:eth1") into a pcap file, from entering to leaving.

    What is sent after entering is in the file after leaving, which holds whole packets at any time. `filter` is in
    tcpdump's words, `to` a file that is overwritten or a descriptor; the capture ends after `count` packets, before the
    file is longer than `most` bytes. Entering raises WrongUse for a place or filter that is none, NotFound for an
    unknown node or interface, NodeUnreachable, HostNotReady when the host lacks tcpdump; nothing has been written then.
    """
    from netdojo.runtimes import capturing

    return capturing.capture(network, place, filter, to, count, most)


def fault(network: model.Network, kind: str, target: str, **options: Any) -> model.Fault:
    """Break `network` on purpose, and return once the fault has been seen to have taken effect.

    `kind` and `target` are as in `netdojo.model.FaultKind`, `options` as in `netdojo.model.FaultOptions`, as numbers or
    as a person writes them (`percent=20`, `rate="10mbit"`). It stays until it is lifted, or the network ends.
    Raises NotFound with the near name, FaultRefused for what cannot be or conflicts with a fault that is in force,
    HostNotReady, FaultFailed when it did not take effect: then what was changed for it has been taken back.
    """
    from netdojo.runtimes import breaking

    return breaking.impose(network, kind, target, options)


def faults(network: model.Network) -> list[model.Fault]:
    """Return the faults of `network`, those that are in force and those that were; raises NodeUnreachable."""
    from netdojo.runtimes import breaking

    return breaking.listed(network)


def lift(network: model.Network, id: int | None = None) -> list[model.Fault]:
    """Lift the fault `id` of `network`, or every one, and return what was lifted once it is seen to be gone.

    Raises NotFound, FaultRefused when it was lifted before, FaultFailed when it could not be: it stays in force.
    """
    from netdojo.runtimes import breaking

    return breaking.lift(network, id)


def sessions(network: model.Network, *, held: bool | None = None) -> dict[str, int]:
    """Return how many SSH sessions each node has had since its start, and hold them or let them go on as `held` says.

    Held, what sessions run is stopped and what is typed waits; all else goes on. Raises NodeUnreachable.
    """
    return _of(network).visits(network, held=held)


def console(network: model.Network, node: str) -> int:
    """Give this terminal to `node`'s shell until it ends; return its exit code."""
    return _of(network).console(network, node)


def join_command(network: model.Network) -> tuple[str, ...]:
    """Return the words that, put before a command, start it where the nodes' SSH can be reached and nothing else."""
    return _of(network).join_command(network)


def doctor(images: Path | None = None, used: Collection[str] = ()) -> list[Need]:
    """Return what the runtimes need of this host, met or not, and what images do: optional unless they are `used`."""
    from netdojo.runtimes import plugins

    return [need for runtime in plugins.all_runtimes().values() for need in runtime.needs(images, used)]


def _of(network: model.Network) -> Runtime:
    from netdojo.runtimes import plugins

    return plugins.runtime(network.runtime)
