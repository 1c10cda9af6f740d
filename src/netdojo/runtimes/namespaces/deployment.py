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
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from netdojo.errors import DeployFailed, DeployTimeout, NetdojoError
from netdojo.model import Network, Progress, Topology
from netdojo.runtimes.namespaces import folders, host, staging, validation
from netdojo.runtimes.namespaces.kernel import KEEPER
from netdojo.runtimes.plugins import Tell

DEPLOY_DEADLINE = 30.0
"""Seconds from the call until every node takes commands."""

_END_DEADLINE = 5.0
_START = "import sys; sys.path.extend({path!r}); from netdojo.runtimes.namespaces.supervisor import main; main()"


def deploy(topology: Topology, name: str, overlay: Path | None, tell: Tell) -> Network:
    """Deploy `topology` as `name`; raises as `netdojo.runtimes.deploy` does, and then leaves nothing running."""
    began = time.monotonic()
    validation.check(topology, name, overlay)
    host.check_programs(node.image for node in topology.nodes)
    folder, held = folders.claim(name)
    ours, theirs = socket.socketpair()
    try:
        plan = _plan(topology, name, overlay, folder)
        _start(plan, theirs, held, folder)
        theirs.close()
        _follow(ours, topology, tell, began)
        network = folders.read(folder)
        if network is None:
            raise DeployFailed(f"network {name!r} ended at once", help=_last_words(folder))
        ours.sendall(b"taken\n")
    except BaseException as error:
        theirs.close()
        _undo(ours, folder)
        if isinstance(error, OSError):
            raise DeployFailed(f"network {name!r} could not be deployed: {error}") from error
        raise
    finally:
        ours.close()
        os.close(held)
    return network


def _plan(topology: Topology, name: str, overlay: Path | None, folder: Path) -> dict[str, Any]:
    """Stage the topology's files and return what the supervisor has to know."""
    (folder / "state").mkdir()
    return {
        "name": name,
        "runtime": "namespaces",
        "folder": str(folder),
        "started": datetime.now(timezone.utc).isoformat(),
        "username": "admin",
        "password": secrets.token_urlsafe(12),
        "topology": topology.model_dump(mode="json"),
        "nodes": staging.stage(topology, overlay, folder),
        "links": [
            {"a": (link.a.node, link.a.interface), "b": (link.b.node, link.b.interface), "mtu": link.mtu}
            for link in topology.links
        ],
    }


def _start(plan: dict[str, Any], theirs: socket.socket, held: int, folder: Path) -> None:
    """Start the supervisor in a session of its own; it reads the plan and goes on without this process."""
    code = _START.format(path=[entry for entry in sys.path if os.path.isabs(entry)])
    words = [sys.executable, "-I", "-c", code, str(theirs.fileno()), str(held)]
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
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


def _follow(ours: socket.socket, topology: Topology, tell: Tell, began: float) -> None:
    """Pass the supervisor's words on until it says ready; raises what it says went wrong."""
    lines = _lines(ours, began + DEPLOY_DEADLINE)
    done = 0
    for message in lines:
        if "error" in message:
            raise _error(message)
        done += message["phase"] == "starting"
        elapsed = time.monotonic() - began
        total = len(topology.nodes)
        tell(Progress(phase=message["phase"], node=message.get("node", ""), done=done, total=total, elapsed=elapsed))
        if message["phase"] == "ready":
            return


def _lines(ours: socket.socket, deadline: float) -> Iterator[dict[str, Any]]:
    """Yield each message as it comes, until the supervisor has no more to say; raises DeployTimeout at the deadline."""
    buffer = b""
    while True:
        ours.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            data = ours.recv(65536)
        except TimeoutError:
            raise DeployTimeout(f"the network was not ready after {DEPLOY_DEADLINE:.0f} s") from None
        if not data:
            return
        *whole, buffer = (buffer + data).split(b"\n")
        yield from map(json.loads, whole)


def _error(message: dict[str, Any]) -> NetdojoError:
    if message["error"] == "host":
        return host.not_ready(message["detail"])
    return DeployFailed(message["detail"])


def _last_words(folder: Path) -> str:
    with suppress(OSError):
        return (folder / "log").read_text(errors="replace").strip()[-1000:]
    return ""


def _undo(ours: socket.socket, folder: Path) -> None:
    """Tell the supervisor to end by going away, wait until it has, and remove what may be left."""
    deadline = time.monotonic() + _END_DEADLINE
    with suppress(OSError):
        ours.settimeout(_END_DEADLINE)
        ours.shutdown(socket.SHUT_WR)
        while ours.recv(65536) and time.monotonic() < deadline:
            continue
    folders.remove(folder)


def end(network: Network) -> None:
    """End `network` and wait until nothing of it is left; one that has ended is swept."""
    keeper = _keeper(network)
    if keeper is None:
        return
    try:
        signal.pidfd_send_signal(keeper, signal.SIGTERM)
        select.select([keeper], [], [], _END_DEADLINE)
    finally:
        os.close(keeper)


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
