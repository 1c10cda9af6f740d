"""The client's side of a deployment: claim the name, start the supervisor, follow it until all is up."""

from __future__ import annotations

import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from netdojo import exhaustion
from netdojo.errors import DeployFailed, DeployTimeout, HostNotReady, NetdojoError
from netdojo.model import Network, Progress, Topology
from netdojo.runtimes import folders, forgetting, plugins
from netdojo.runtimes.kernel import KEEPER
from netdojo.runtimes.plugins import Tell

_START = "import sys; sys.path.extend({path!r}); from {module} import main; main()"

NAMED = 8
"""Nodes that are named where many are late."""


@dataclass(frozen=True)
class Way:
    """How networks of a runtime come and go.

    `supervisor` is the module whose `main` holds a network. `plan` stages the topology's files in the network's
    folder and returns what the supervisor has to know beyond what every runtime's has. `refused` makes the error of a
    host that did not let a network be made, of what it said and the kind of namespaces whose limit was met, or "".
    `ready` is in seconds from the call until every node takes commands, `ready_a_node` what each node may take beside,
    and `boot` what those of other kinds than linux may; `end` from the word until nothing is left.
    """

    runtime: str
    supervisor: str
    plan: Callable[[Topology, Path | None, Path], dict[str, Any]]
    refused: Callable[[str, str], NetdojoError]
    ready: float
    ready_a_node: float
    end: float
    boot: float = 0.0

    def patience(self, topology: Topology) -> float:
        """Return the seconds within which a network of `topology` is ready."""
        booting = any(node.kind != "linux" for node in topology.nodes)
        return self.ready + self.ready_a_node * len(topology.nodes) + self.boot * booting


def as_it_is(network: Network) -> None:
    """Do nothing more to a network that is ready."""


def deploy(
    way: Way,
    topology: Topology,
    name: str,
    overlay: Path | None,
    tell: Tell,
    forget_after: float,
    finish: Callable[[Network], None] = as_it_is,
) -> Network:
    """Deploy `topology`, which has been checked, as `name`; raises as `netdojo.runtimes.deploy` does.

    `finish` is what else has to be done before the network may live without this process: when it raises, or this
    process ends in it, the network ends.
    """
    began = time.monotonic()
    folder, held = folders.claim(name, way.runtime)
    try:
        ours, theirs = socket.socketpair()
    except OSError as error:
        folders.remove(folder)
        os.close(held)
        raise _refusal(name, error) from error
    try:
        forgetting.word(name).unlink(missing_ok=True)
        plan = {**_plan(topology, name, way.runtime, folder, forget_after), **way.plan(topology, overlay, folder)}
        _start(plan, theirs, held, way.supervisor)
        theirs.close()
        _follow(ours, name, topology, tell, began, way)
        network = folders.read(folder)
        if network is None:
            said = _last_words(folder)
            raise exhaustion.refusal_of(said) or DeployFailed(
                f"network {name!r} ended before it was up", help=said or "It was ended, or killed. Deploy it again."
            )
        finish(network)
        ours.sendall(b"taken\n")
    except BaseException as error:
        theirs.close()
        _undo(ours, folder, way)
        if isinstance(error, OSError):
            raise _refusal(name, error) from error
        raise
    finally:
        ours.close()
        os.close(held)
    return network


def _refusal(name: str, error: OSError) -> NetdojoError:
    return exhaustion.refusal(error) or DeployFailed(f"network {name!r} could not be deployed: {error}")


def _plan(topology: Topology, name: str, runtime: str, folder: Path, forget_after: float) -> dict[str, Any]:
    """Return what every runtime's supervisor has to know."""
    return {
        "name": name,
        "runtime": runtime,
        "folder": str(folder),
        "started": datetime.now(timezone.utc).isoformat(),
        "username": "admin",
        "password": secrets.token_urlsafe(12),
        "topology": topology.model_dump(mode="json"),
        "forget_after": forget_after,
        "word": str(forgetting.word(name)),
    }


def _start(plan: dict[str, Any], theirs: socket.socket, held: int, supervisor: str) -> None:
    """Start the supervisor in a session of its own; it reads the plan and goes on without this process."""
    code = _START.format(path=[entry for entry in sys.path if os.path.isabs(entry)], module=supervisor)
    words = [sys.executable, "-I", "-c", code, str(theirs.fileno()), str(held)]
    log = os.open(Path(plan["folder"], "log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        with subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            pass_fds=(theirs.fileno(), held),
        ) as starter:
            starter.communicate(json.dumps(plan).encode())
    finally:
        os.close(log)


def _follow(ours: socket.socket, name: str, topology: Topology, tell: Tell, began: float, way: Way) -> None:
    """Pass the supervisor's words on until it says ready; raises what it says went wrong, DeployTimeout."""
    limit = way.patience(topology)
    waiting = [node.name for node in topology.nodes]
    total = len(waiting)
    for message in _lines(ours, began + limit):
        if message is None:
            raise _late(name, topology, waiting, limit)
        if "error" in message:
            raise _complaint(message, topology, way)
        phase, node = message["phase"], message.get("node", "")
        if phase == "starting":
            waiting = [one for one in waiting if one != node]
        elapsed = time.monotonic() - began
        tell(Progress(phase=phase, node=node, done=total - len(waiting), total=total, elapsed=elapsed))
        if phase == "ready":
            return


def _late(name: str, topology: Topology, waiting: list[str], limit: float) -> DeployTimeout:
    """Return the error of a network in which the nodes `waiting` were not ready within `limit` seconds."""
    more = f" and {len(waiting) - NAMED} more" if len(waiting) > NAMED else ""
    named = f": nodes that were not are {', '.join(waiting[:NAMED])}{more}" if waiting else ""
    return DeployTimeout(
        f"network {name!r} was not ready after {limit:.0f} s{named}",
        help=f"See what they run at their start in {topology.shown}, or deploy it while this machine has less to do.",
    )


def _complaint(message: dict[str, Any], topology: Topology, way: Way) -> NetdojoError:
    """Return the error of what the supervisor says went wrong."""
    detail = message["detail"]
    if message["error"] == "wanting":
        return HostNotReady(detail, help=message["help"])
    if message["error"] == "host":
        return way.refused(detail, message.get("limit", ""))
    mend = f"Mend it in {topology.shown}, or in what that binds; then deploy it again."
    step = mend if detail.startswith("node ") else ""
    return exhaustion.refusal_of(detail, whole=True) or DeployFailed(detail, help=step)


def _lines(ours: socket.socket, deadline: float) -> Iterator[dict[str, Any] | None]:
    """Yield each message as it comes, until the supervisor has no more to say; at the deadline, None."""
    buffer = b""
    while True:
        ours.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            data = ours.recv(65536)
        except TimeoutError:
            yield None
            return
        if not data:
            return
        *whole, buffer = (buffer + data).split(b"\n")
        yield from map(json.loads, whole)


def _last_words(folder: Path) -> str:
    with suppress(OSError):
        return (folder / "log").read_text(errors="replace").strip()[-1000:]
    return ""


def _undo(ours: socket.socket, folder: Path, way: Way) -> None:
    """Tell the supervisor to end by going away, wait until it has, and end what a supervisor that was killed left."""
    deadline = time.monotonic() + way.end
    with suppress(OSError):
        ours.settimeout(way.end)
        ours.shutdown(socket.SHUT_WR)
        while ours.recv(65536) and time.monotonic() < deadline:
            continue
    if folder.exists():
        plugins.runtime(way.runtime).sweep(folder)


def end(network: Network, limit: float) -> None:
    """End `network` and wait up to `limit` seconds until nothing of it is left; one that has ended is swept."""
    deadline = time.monotonic() + limit
    keeper = _keeper(network)
    if keeper is not None:
        try:
            signal.pidfd_send_signal(keeper, signal.SIGTERM)
            select.select([keeper], [], [], limit)
        finally:
            os.close(keeper)
    folders.outlast(network.folder, max(0.0, deadline - time.monotonic()))


def _keeper(network: Network) -> int | None:
    """Return a descriptor of the process that cleans up after the network, or None when there is nothing to clean."""
    with suppress(OSError, StopIteration, ValueError):
        status = Path(f"/proc/{network.pid}/status").read_text()
        parent = next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:"))
        keeper = os.pidfd_open(int(parent))
        if Path(f"/proc/{parent}/comm").read_text().strip() == KEEPER and folders.is_held(network.folder):
            return keeper
        os.close(keeper)
    return None
