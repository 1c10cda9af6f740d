"""Restores a save: a fresh network from the start, and on it all that was saved, before it may live on its own."""

from __future__ import annotations

import base64
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from netdojo.errors import NetworkExists, RestoreFailed
from netdojo.model import KernelState, Network, Progress, Topology
from netdojo.runtimes import execute, forgetting, kernel_steps, networks, plugins, save_files, topologies
from netdojo.runtimes.plugins import Runtime, Tell
from netdojo.runtimes.save_files import SavedState
from netdojo.runtimes.states import NodeState, plain, read_states

SETTLED = 30.0
"""Seconds until a node says of itself what was saved."""
RESTART = 60.0
"""Seconds for a router's daemons to end, start and read their configuration."""
POLL = 0.1
AT_ONCE = 4
"""Nodes that are restored together."""
RESTART_SCRIPT = """
set -eu
config=/etc/frr/frr.conf
cp "$config" /run/netdojo.start
trap 'cat /run/netdojo.start > "$config"; rm -f /run/netdojo.start /run/netdojo.new' EXIT
cat > /run/netdojo.new
cat /run/netdojo.new > "$config"
ended=
for file in /run/frr/*.pid; do
    pid=$(cat "$file" 2>/dev/null) || continue
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$(basename "$file" .pid)" ] || continue
    kill "$pid" && ended="$ended $pid"
done
for pid in $ended; do
    while [ -e "/proc/$pid" ]; do sleep 0.02; done
done
/netdojo/entrypoint
"""
"""Lets a router's daemons begin again with the configuration on stdin; the file that they read stays as it was."""


def restore(topology: Topology, folder: Path, name: str, overlay: Path | None, runtime: str, tell: Tell) -> Network:
    """Deploy `topology` and make it what was saved; raises as `netdojo.runtimes.restore` does."""
    began = time.monotonic()
    _require_none(name)
    save, states = save_files.read(folder)
    topologies.require_same(save.topology, topology, folder)
    chosen = plugins.runtime(runtime)

    def finish(network: Network) -> None:
        pool = ThreadPoolExecutor(AT_ONCE)
        works = [pool.submit(_restore_node, chosen, network, node, state) for node, state in states.items()]
        try:
            for done, work in enumerate(as_completed(works), 1):
                elapsed = time.monotonic() - began
                tell(Progress(phase="restoring", node=work.result(), done=done, total=len(works), elapsed=elapsed))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    return chosen.deploy(topology, name, overlay, tell, forgetting.chosen(), finish)


def _require_none(name: str) -> None:
    """Raise NetworkExists when the network is deployed: what it has become is not known, and would be lost."""
    if any(network.name == name for network in networks()):
        raise NetworkExists(
            f"a network named {name!r} is deployed, and a save is restored on a fresh one alone",
            help=f"End it first: netdojo lab destroy {name}. To keep what it is now, save it to another folder before.",
        )


def _restore_node(runtime: Runtime, network: Network, node: str, saved: SavedState) -> str:
    """Make a node what was saved: its files, its daemons' configuration, its kernel; return its name."""
    start, now = read_states(runtime.compare(network, node, files=False))
    target = kernel_steps.wanted(start.kernel, saved.node.kernel)
    _place(runtime, network, node, saved)
    if saved.configuration is not None and not same_configuration(now, saved):
        _restart(network, node, saved.configuration)
    if saved.nftables != now.nftables:
        _instruct(runtime, network, node, kernel_steps.Step(("nft", "-f", "-"), f"flush ruleset\n{saved.nftables}"))
    _settle(runtime, network, node, saved, target)
    return node


def _place(runtime: Runtime, network: Network, node: str, saved: SavedState) -> None:
    """Put the saved files into the node; folders come before what is in them."""
    files: list[dict[str, Any]] = [
        {
            "path": path,
            "kind": one.kind.value,
            "mode": int(one.mode, 8),
            "target": one.target,
            "data": base64.b64encode(saved.contents.get(path, b"")).decode(),
        }
        for path, one in sorted(saved.node.files.items())
    ]
    faults = runtime.place(network, node, files) if files else []
    if faults:
        raise _failed(node, "files could not be put back", "\n".join(faults))


def _restart(network: Network, node: str, configuration: str) -> None:
    answer = execute(network, node, ["sh", "-c", RESTART_SCRIPT], stdin=configuration.encode(), timeout=RESTART)
    if not answer.ok:
        raise _failed(node, "the daemons did not take the configuration", (answer.stdout + answer.stderr).strip())


def _instruct(runtime: Runtime, network: Network, node: str, step: kernel_steps.Step) -> str:
    answer = runtime.instruct(network, node, step.argv, step.text.encode(), SETTLED)
    if step.argv[0] == "nft" and not answer.ok:
        raise _failed(node, "nft did not take the rules", answer.stderr.strip())
    return answer.stderr.strip()


def _settle(runtime: Runtime, network: Network, node: str, saved: SavedState, target: KernelState) -> None:
    """Tell the kernel what is missing until nothing is: daemons set their own a moment after they start."""
    deadline = time.monotonic() + SETTLED
    while True:
        _, now = read_states(runtime.compare(network, node, files=False))
        left = _left(now, saved, target)
        if not left:
            return
        said = [_instruct(runtime, network, node, step) for step in kernel_steps.steps(now.kernel, target)]
        if time.monotonic() > deadline:
            raise _failed(node, "it is not as it was saved", "\n".join([*left, *filter(None, said)]))
        time.sleep(POLL)


def _left(now: NodeState, saved: SavedState, target: KernelState) -> list[str]:
    """Return in what a node is not yet as it was saved."""
    found = kernel_steps.differences(now.kernel, target)
    if not same_configuration(now, saved):
        found.append("the running configuration differs")
    return found + (["the nftables ruleset differs"] if now.nftables != saved.nftables else [])


def same_configuration(now: NodeState, saved: SavedState) -> bool:
    return plain(now.configuration or "") == plain(saved.configuration or "")


def _failed(node: str, what: str, said: str) -> RestoreFailed:
    return RestoreFailed(f"{node}: {what}:\n{said}", help="Nothing of the network is left; the save is as it was.")
