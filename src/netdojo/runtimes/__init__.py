"""Networks: deploy a topology, look at it, run commands in its nodes, end it. The runtime is chosen by name.

Everything heavy is imported where it is used: a network's supervisor loads this package too and must start at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from netdojo.model import (
        Answer,
        Changes,
        Fault,
        Forgotten,
        Network,
        NetworkDetail,
        NetworkListed,
        NetworkState,
        Progress,
        Saved,
        Topology,
    )
    from netdojo.runtimes.capturing import Capturing
    from netdojo.runtimes.needs import Need
    from netdojo.runtimes.plugins import Runtime

    Tell = Callable[[Progress], None]


CAPTURE_LIMIT = 100_000_000
"""Bytes that a capture may write when nobody says otherwise."""


def silent(progress: Progress) -> None:
    """Tell nobody."""


def deploy(
    topology: Topology,
    *,
    name: str | None = None,
    overlay: Path | None = None,
    runtime: str | None = None,
    tell: Tell = silent,
    forget_after: float | None = None,
) -> Network:
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
    topology: Topology, *, name: str | None = None, overlay: Path | None = None, runtime: str | None = None
) -> None:
    """Tell whether a runtime could run `topology`, as `deploy` does before it starts anything.

    Raises NotFound for an unknown runtime, WrongUse for a bad name or NETDOJO_FORGET_AFTER, TopologyUnsupported with
    every key that the runtime cannot honour.
    """
    from netdojo.runtimes import forgetting, plugins

    forgetting.chosen()
    plugins.runtime(runtime or plugins.chosen()).check(topology, name or topology.name, overlay)


def check_host(topology: Topology, *, runtime: str | None = None) -> None:
    """Tell whether this machine has what a network of `topology` needs; raises HostNotReady with what it lacks."""
    from netdojo.runtimes import plugins

    plugins.runtime(runtime or plugins.chosen()).check_host(topology)


def redeploy(network: Network, topology: Topology, *, overlay: Path | None = None, tell: Tell = silent) -> Network:
    """End `network` and deploy `topology` in its place: under its name, in its runtime; raises as `deploy` does.

    What can be found out before is asked first: when the runtime cannot run the topology, or the host lacks something,
    `network` is left as it is.
    """
    from netdojo.model import Progress

    check(topology, name=network.name, overlay=overlay, runtime=network.runtime)
    check_host(topology, runtime=network.runtime)
    tell(Progress(phase="ending"))
    destroy(network)
    return deploy(topology, name=network.name, overlay=overlay, runtime=network.runtime, tell=tell)


def networks() -> list[Network]:
    """Return every deployed network of this user, by name."""
    from netdojo.runtimes import plugins

    found = [network for runtime in plugins.all_runtimes().values() for network in runtime.networks()]
    return sorted(found, key=lambda network: network.name)


def find(name: str) -> Network:
    """Return the deployed network `name`; raises NotFound with the near name, NetworkComingUp before it is up."""
    from netdojo.errors import NetworkComingUp, NotFound

    found = {network.name: network for network in networks()}
    if name in found:
        return found[name]
    if name in coming_up():
        raise NetworkComingUp(name)
    raise NotFound("network", name, found)


def coming_up() -> list[str]:
    """Return the names of this home's networks that are being deployed."""
    from netdojo.runtimes import folders

    return folders.coming_up()


def listed(*, everywhere: bool = False) -> list[NetworkListed]:
    """Return the networks of this home with their age and memory, by home and name; those that come up among them.

    `everywhere`, those of this user on this machine, of whatever home, of which only containers are left among them;
    of all users, where this one is root.
    """
    from netdojo.runtimes import discovery

    return discovery.everywhere() if everywhere else discovery.here()


def forgotten(name: str) -> Forgotten | None:
    """Return how the last network `name` of this home ended for want of use, or None when that was not its end."""
    from netdojo.runtimes import forgetting

    return forgetting.forgotten(name)


def inspect(network: Network) -> NetworkState:
    """Return what `network` looks like now; raises NodeUnreachable when it has ended. It is no use of the network."""
    return _of(network).inspect(network)


def examine(network: Network, *nodes: str) -> NetworkDetail:
    """Return `nodes` of `network`, or all of them, in full: interfaces, ports, processes, memory.

    All is collected from outside. Raises NotFound for an unknown node, NodeUnreachable when the network has ended.
    """
    return _of(network).examine(network, nodes)


def destroy(network: Network) -> None:
    """End `network` and all that belongs to it; a network that has ended already is no error."""
    _of(network).destroy(network)


def cut_short(name: str) -> None:
    """End the network `name` of this home while it is being deployed; whoever deploys it is told that it has ended.

    Raises DeployTimeout when it cannot be ended from here.
    """
    from netdojo.runtimes import beginning

    beginning.end(name)


def sweep(found: NetworkListed) -> None:
    """End what is left of a network of this home that is abandoned."""
    from netdojo import places
    from netdojo.runtimes import plugins

    plugins.runtime(found.runtime).sweep(places.networks() / found.name)


def execute(network: Network, node: str, argv: Sequence[str], *, stdin: bytes = b"", timeout: float = 30) -> Answer:
    """Run `argv` in `node` as a user of it would, and return its answer; `timeout` is in seconds.

    Raises NotFound for an unknown node, NodeUnreachable when it does not answer. A command that is not there gives
    code 127, one that was ended at its time limit 124. Each of stdout and stderr is cut at 8 MiB, and its
    last line then says so.
    """
    return _of(network).execute(network, node, argv, stdin, timeout)


def ask(network: Network, node: str, argv: Sequence[str], *, timeout: float = 10) -> Answer:
    """Run the host's own program `argv` on `node`'s network and its daemons' sockets, and return its answer.

    Nothing of the node's own files is read or run. `timeout` is in seconds. Raises as `execute` does.
    """
    return _of(network).ask(network, node, argv, timeout)


def save(network: Network, folder: Path) -> Saved:
    """Write what `network` is now into `folder`, in the place of an older save, and return what was written.

    Raises WrongUse when something else is in the folder or a node is of another kind than linux, NodeUnreachable when
    a node has stopped, SaveFailed for files that are too large. On any of them the folder is as it was.
    """
    from netdojo.runtimes import saving

    return saving.save(network, folder)


def restore(
    topology: Topology,
    folder: Path,
    *,
    name: str | None = None,
    overlay: Path | None = None,
    runtime: str | None = None,
    tell: Tell = silent,
) -> Network:
    """Deploy `topology` afresh, make it what was saved in `folder`, and return once it is so.

    The runtime may be another than that of the save. Raises as `deploy` does, WrongUse where there is no save,
    InvalidFiles with every fault of a damaged one or with all in which its topology differs, RestoreFailed when a node
    does not become what was saved. On any of them, and when this process ends, nothing is left running.
    """
    from netdojo.runtimes import plugins, restoring

    return restoring.restore(topology, folder, name or topology.name, overlay, runtime or plugins.chosen(), tell)


def diff(network: Network, against: Path | None = None) -> Changes:
    """Return what differs in `network` now from its start, or from the save in the folder `against`.

    Raises as `save` and, for a save that cannot be read, as `restore` does.
    """
    from netdojo.runtimes import diffing

    return diffing.diff(network, against)


def capture(
    network: Network,
    place: str,
    filter: str = "",
    *,
    to: Path | int,
    count: int | None = None,
    most: int = CAPTURE_LIMIT,
) -> AbstractContextManager[Capturing]:
    """Capture what passes `place` ("leaf1:eth1") into a pcap file, from entering to leaving.

    What is sent after entering is in the file after leaving, which holds whole packets at any time. `filter` is in
    the words of tcpdump, `to` a file that is overwritten or a descriptor, `count` ends the capture after so many
    packets, and `most` before the file is longer than so many bytes. Entering raises WrongUse for a place or filter
    that is none, NotFound for an unknown node or interface, NodeUnreachable when it cannot be captured, HostNotReady
    when the host lacks tcpdump; nothing has been written then.
    """
    from netdojo.runtimes import capturing

    return capturing.capture(network, place, filter, to, count, most)


def fault(network: Network, kind: str, target: str, **options: Any) -> Fault:
    """Break `network` on purpose, and return once the fault has been seen to have taken effect.

    `kind` and `target` are as in `netdojo.model.FaultKind`, `options` as in `netdojo.model.FaultOptions`, as numbers or
    as a person writes them (`percent=20`, `rate="10mbit"`). It stays until it is lifted, or the network ends.
    Raises NotFound with the near name, FaultRefused for what cannot be or conflicts with a fault that is in force,
    HostNotReady, FaultFailed when it did not take effect: then what was changed for it has been taken back.
    """
    from netdojo.runtimes import breaking

    return breaking.impose(network, kind, target, options)


def faults(network: Network) -> list[Fault]:
    """Return the faults of `network`, those that are in force and those that were; raises NodeUnreachable."""
    from netdojo.runtimes import breaking

    return breaking.listed(network)


def lift(network: Network, id: int | None = None) -> list[Fault]:
    """Lift the fault `id` of `network`, or every one, and return what was lifted once it is seen to be gone.

    Raises NotFound, FaultRefused when it was lifted before, FaultFailed when it could not be: it stays in force.
    """
    from netdojo.runtimes import breaking

    return breaking.lift(network, id)


def sessions(network: Network, *, held: bool | None = None) -> dict[str, int]:
    """Return how many SSH sessions each node has had since its start, and hold them or let them go on as `held` says.

    Held, what sessions run is stopped, and what is typed waits; nobody is sent away, and what a node runs beyond its
    sessions goes on. Raises NodeUnreachable when the network has ended.
    """
    return _of(network).visits(network, held=held)


def console(network: Network, node: str) -> int:
    """Give this terminal to `node`'s shell until it ends; return its exit code."""
    return _of(network).console(network, node)


def join_command(network: Network) -> tuple[str, ...]:
    """Return the words that, put before a command, start it where the nodes' SSH can be reached and nothing else."""
    return _of(network).join_command(network)


def doctor(images: Path | None = None, used: Collection[str] = ()) -> list[Need]:
    """Return what the runtimes need of this host, met or not, and what images do: optional unless they are `used`."""
    from netdojo.runtimes import plugins

    return [need for runtime in plugins.all_runtimes().values() for need in runtime.needs(images, used)]


def _of(network: Network) -> Runtime:
    from netdojo.runtimes import plugins

    return plugins.runtime(network.runtime)
