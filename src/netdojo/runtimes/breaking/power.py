"""Daemons that are killed, and nodes whose power is off."""

from __future__ import annotations

import shlex
import time
from pathlib import Path, PurePosixPath
from typing import Any

from netdojo.errors import FaultFailed, FaultRefused, NotFound
from netdojo.model import NodeState
from netdojo.runtimes.breaking import configuration, interfaces, places
from netdojo.runtimes.breaking.cases import SOON, Before, Case
from netdojo.runtimes.breaking.places import FRR
from netdojo.runtimes.serving import attending, control

AWAY = 0.5
"""Seconds for which a killed daemon is looked for, since something may start it again."""
NAME_LENGTH = 15
"""Letters that the kernel keeps of a program's name."""
_POLL = 0.05
_START = 'ulimit -n "$1"; shift; exec setsid --fork env -i "$@" < /dev/null > /dev/null 2>&1'
_ADDRESSES = ("ip", "address", "flush", "scope", "global", "dev")


def touches_daemon(case: Case) -> list[str]:
    return ["the daemon {1} of {0}".format(*places.daemon(case.topology, case.target))]


def prepare_daemon(case: Case) -> Before:
    """Remember how the daemon was started and what it runs with; raises NotFound, FaultRefused."""
    node, daemon = places.daemon(case.topology, case.target)
    own = case.topology.node(node)
    if Path(next(iter(shlex.split(own.entrypoint) + shlex.split(own.cmd)), "")).name == daemon:
        raise FaultRefused(f"{daemon} is the program that {node} ends with: it could not be started again")
    found = processes(case, node)
    names = {one["name"] for one in found}
    if daemon not in names:
        raise NotFound(f"daemon on {node}", daemon, names)
    itself = _itself([one for one in found if one["name"] == daemon])
    if not itself["argv"][0].startswith("/") and ":" in itself["argv"][0]:
        raise FaultRefused(f"{daemon} of {node} does not show how it was started, so it could not be started again")
    config = configuration.running(case, node, daemon) if daemon in FRR else ""
    return {"mechanism": "SIGKILL", "process": itself, "config": config}


def _itself(namesakes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the daemon itself, which leads a session: ldpd's two helpers have its name, are older, and lead none."""
    return next((one for one in namesakes if one["leads"]), namesakes[0])


def processes(case: Case, node: str) -> list[dict[str, Any]]:
    """Return the processes of a node beyond its first, as its supervisor sees them: the oldest first."""
    found: list[dict[str, Any]] = case.supervisor("processes", node=node)["processes"]
    return sorted(found, key=lambda one: int(one["pid"]))


def kill_daemon(case: Case, before: Before) -> str:  # noqa: ARG001  # every kind's is called so
    """Kill it; return once it is gone and nothing has started it again."""
    node, daemon = places.daemon(case.topology, case.target)
    case.supervisor("kill", node=node, names=[daemon], timeout=attending.END_DEADLINE)
    end = time.monotonic() + AWAY
    while time.monotonic() < end:
        if any(one["name"] == daemon for one in processes(case, node)):
            raise FaultFailed(f"{daemon} of {node} was started again as soon as it was killed")
        time.sleep(_POLL)
    return f"{node} has no process {daemon} for {AWAY:g} s"


def start_daemon(case: Case, before: Before) -> None:
    """Start it as it had been, with the configuration that it ran with; one that runs already is left."""
    node, daemon = places.daemon(case.topology, case.target)
    process = before["process"]

    def runs() -> bool:
        return any(one["name"] == daemon for one in processes(case, node))

    if not runs():
        words = ["sh", "-c", _START, "start", process["files"], *process["env"], *as_started(process)]
        control.command(case.network, "execute", node, words, b"", SOON)
        case.until(runs, f"{daemon} of {node} did not start", attending.END_DEADLINE)
    if before["config"]:
        configuration.load(case, node, daemon, before["config"])


def as_started(process: dict[str, Any]) -> list[str]:
    """Return the words that start a process under the name that it had: a script by itself, not by its interpreter."""
    argv: list[str] = process["argv"]
    named = [at for at, word in enumerate(argv) if PurePosixPath(word).name[:NAME_LENGTH] == process["name"]]
    return argv[named[0] :] if named else argv


def touches_node(case: Case) -> list[str]:
    """A node without power has everything of it to itself but the mtu, the queues and the loss of its cables."""
    node = places.node(case.topology, case.target)
    cables = places.cables_of(case.topology, node)
    own = [f"the daemon {daemon} of {node}" for daemon in FRR]
    carriers = [f"the carrier of {cable.name}" for cable in cables]
    addresses = [f"the addresses of {cable.near}" for cable in cables]
    return [f"the power of {node}", f"the configuration of {node}", *own, *carriers, *addresses]


def prepare_node(case: Case) -> Before:
    """Look that the node can boot again; raises FaultRefused."""
    name = places.node(case.topology, case.target)
    node = case.topology.node(name)
    if node.kind != "linux":
        raise FaultRefused(f"{name} is of kind {node.kind}: only a node of kind linux can be booted by its entrypoint")
    if node.cmd or node.entrypoint:
        raise FaultRefused(f"{name} runs a program of its own, with which it ends: it could not be booted again")
    if not control.request(case.network, {"verb": "inspect"})["nodes"][name] == NodeState.running.value:
        raise FaultRefused(f"{name} does not run as it is")
    return {"mechanism": "power off"}


def cut_power(case: Case, before: Before) -> str:  # noqa: ARG001  # every kind's is called so
    """End every process, set every link down and drop what a machine without power does not remember."""
    node = places.node(case.topology, case.target)
    left = case.supervisor("power", node=node, on=False, timeout=attending.END_DEADLINE)["left"]
    if left:
        raise FaultFailed(f"{node} still has {', '.join(left)}")
    cables = places.cables_of(case.topology, node)
    for cable in cables:
        interfaces.set_link(case, cable.near, "down")
    forget(case, node)
    for end in (end for cable in cables for end in cable):
        case.until(lambda end=end: not interfaces.has_carrier(case, end), f"{end} kept a carrier")  # type: ignore[misc]
    if found := processes(case, node):
        raise FaultFailed(f"{node} still has {found[0]['name']}")
    return f"{node} has no process, and none of its {len(cables)} cables a carrier"


def forget(case: Case, node: str) -> None:
    """Drop what only the kernel's memory holds: addresses, interfaces that are no cable's, rules of nftables."""
    own = {end.interface for cable in places.cables_of(case.topology, node) for end in cable if end.node == node}
    for link in case.asked(node, "ip", "-json", "link", "show"):
        name = link["ifname"]
        case.run(node, *_ADDRESSES, name)
        if name not in own and link["link_type"] != "loopback":
            case.run(node, "ip", "link", "delete", "dev", name)
    listed = case.run(node, "nft", "list", "tables")
    for line in listed.stdout.splitlines():
        if "netdojo_fault_" not in line:
            case.run(node, "nft", "delete", *line.split())


def boot(case: Case, before: Before) -> None:  # noqa: ARG001  # every kind's is called so
    """Set the links up and have the image's entrypoint start the node; return once it runs."""
    node = places.node(case.topology, case.target)
    cables = places.cables_of(case.topology, node)
    for cable in cables:
        interfaces.set_link(case, cable.near, "up")
    booted = case.supervisor("power", node=node, on=True, timeout=2 * attending.BOOT_DEADLINE)
    if booted["failure"]:
        raise FaultFailed(f"{node} does not boot: {booted['failure']}")
    case.until(lambda: _runs(case, node), f"{node} did not come up")
    for near, far in cables:
        if interfaces.is_up(case, far):
            case.until(lambda near=near: interfaces.has_carrier(case, near), f"{near} got no carrier")  # type: ignore[misc]
            case.until(lambda near=near: interfaces.is_settled(case, near), f"{near} got no addresses")  # type: ignore[misc]


def _runs(case: Case, node: str) -> bool:
    state: str = control.request(case.network, {"verb": "inspect"})["nodes"][node]
    return state == NodeState.running.value
