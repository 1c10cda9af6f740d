"""Saves a network as a readable folder, from which it can be restored in any runtime."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from netdojo.errors import NodeUnreachable, SaveFailed, WrongUse
from netdojo.model import (
    FileKind,
    KernelState,
    LinkSetting,
    Network,
    NodeState,
    Save,
    Saved,
    SavedNode,
)
from netdojo.runtimes import inspect, plugins, save_files, topologies
from netdojo.runtimes.save_files import SavedState
from netdojo.runtimes.serving.files import FILE_LIMIT, NODE_LIMIT
from netdojo.runtimes.states import NodeState as State
from netdojo.runtimes.states import read_states

AT_ONCE = 4
"""Nodes that are looked at together."""


def save(network: Network, folder: Path) -> Saved:
    """Write `network` into `folder`; raises as `netdojo.runtimes.save` does."""
    save_files.require_free(folder)
    require_unbroken(network)
    found = {name: saved_state(start, now) for name, (start, now) in states(network).items()}
    content = Save(
        format=1,
        network=network.name,
        runtime=network.runtime,
        netdojo=version("netdojo"),
        saved=datetime.now(timezone.utc).replace(microsecond=0),
        topology=topologies.described(network.topology),
    )
    save_files.write(folder, content, found)
    left = {name: state.node.left_out for name, state in found.items() if state.node.left_out}
    return Saved(folder=folder, save=content, left_out=left)


def states(network: Network) -> dict[str, tuple[State, State]]:
    """Return for each node what it was at its start and what it is now.

    Raises WrongUse for nodes of other vendors, NodeUnreachable when a node has stopped, SaveFailed for a file that is
    too large.
    """
    require_ours(network)
    stopped = [name for name, state in inspect(network).nodes.items() if state is not NodeState.running]
    if stopped:
        raise NodeUnreachable(
            f"{', '.join(stopped)} of {network.name!r} has stopped, or a daemon of it has: what it was set to is lost",
            help=f"Look at it: netdojo lab status {network.name}; what runs there again can be saved.",
        )
    runtime = plugins.runtime(network.runtime)
    names = [node.name for node in network.topology.nodes]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = dict(zip(names, pool.map(lambda name: runtime.compare(network, name, files=True), names), strict=True))
    found = {name: read_states(one) for name, one in told.items()}
    faults = [f"{name}: {fault}" for name, (_, now) in found.items() for fault in too_large(now)]
    if faults:
        raise SaveFailed("\n".join(faults), help="Remove the file, or move it to /tmp, which is not saved.")
    return found


def require_unbroken(network: Network) -> None:
    """Raise WrongUse for faults that are on the network: a save would make what they did its own for good."""
    from netdojo.runtimes import breaking

    if found := breaking.lasting(network):
        raise WrongUse(
            f"{network.name!r} has faults on it, and a save would keep what they did: {', '.join(found)}",
            help=f"Lift them first: netdojo lab lift {network.name} --all",
        )


def require_ours(network: Network) -> None:
    """Raise WrongUse for nodes whose configuration only their vendor's own command line can tell."""
    others = [node for node in network.topology.nodes if node.kind != "linux"]
    if others:
        names = ", ".join(f"{node.name} ({node.kind})" for node in others)
        raise WrongUse(f"nodes of kind linux alone can be saved, not {names}", help="Save these by their own commands.")


def too_large(now: State) -> Iterator[str]:
    """Yield what is wrong with each file whose bytes were left out."""
    for path, one in now.files.items():
        if one.what.kind is FileKind.file and (one.data is None or one.size > FILE_LIMIT):
            limit = f"{FILE_LIMIT >> 20} MiB" if one.size > FILE_LIMIT else f"{NODE_LIMIT >> 20} MiB of all files"
            yield f"{path} has {one.size} bytes: at most {limit} can be saved"


def saved_state(start: State, now: State) -> SavedState:
    """Return what is written of a node."""
    node = SavedNode(
        configuration=now.configuration is not None,
        nftables=bool(now.nftables.strip()),
        kernel=saved_kernel(start.kernel, now.kernel),
        files={path: one.what for path, one in now.files.items()},
        left_out=now.left_out,
    )
    contents = {path: one.data for path, one in now.files.items() if one.data is not None}
    return SavedState(node, now.configuration, now.nftables if node.nftables else "", contents)


def saved_kernel(start: KernelState, now: KernelState) -> KernelState:
    """Return a kernel's state with the links and settings that differ from the start alone."""
    links = {
        name: one.model_copy(
            update={"mac": "" if name in start.links and start.links[name].mac == one.mac else one.mac}
        )
        for name, one in now.links.items()
        if start.links.get(name) != one
    }
    links |= {name: LinkSetting(gone=True) for name in start.links if name not in now.links}
    sysctls = {key: value for key, value in now.sysctls.items() if start.sysctls.get(key, value) != value}
    return now.model_copy(update={"links": links, "sysctls": sysctls})
