"""The client's side of a network's control socket: one request, one answer, each a line of JSON; or a stream."""

from __future__ import annotations

import base64
import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from netdojo import exhaustion
from netdojo.errors import HostNotReady, NetdojoError, NodeUnreachable, NotFound
from netdojo.model import Answer, Network
from netdojo.runtimes.serving.streaming import FRAME

PATIENCE = 10.0
"""Seconds that an answer may take beyond what the command itself is given."""


def request(network: Network, message: dict[str, Any], timeout: float = 0.0) -> dict[str, Any]:
    """Return the network's answer; raises NodeUnreachable when the network has ended or does not answer."""
    try:
        with _connect(network) as connection:
            connection.settimeout(timeout + PATIENCE)
            connection.sendall(json.dumps(message).encode() + b"\n")
            with connection.makefile("rb") as answer:
                line = answer.readline()
    except OSError as error:
        raise _unanswered(network, error) from error
    if not line:
        raise _gone(network)
    found: dict[str, Any] = json.loads(line)
    if "wanting" in found:
        raise HostNotReady(found["wanting"], help=found["help"])
    return found


def request_of(network: Network, message: dict[str, Any], timeout: float) -> dict[str, Any]:
    """Return the answer that concerns the node of the message; raises NotFound, NodeUnreachable."""
    require_node(network, message["node"])
    found = request(network, message, timeout)
    if found.get("gone"):
        raise _stopped(network, message["node"], powered=found.get("powered", True))
    return found


def command(network: Network, verb: str, node: str, argv: list[str], stdin: bytes, timeout: float) -> Answer:
    """Run a command in or beside `node`; raises NotFound, NodeUnreachable."""
    text = base64.b64encode(stdin).decode()
    found = request_of(network, {"verb": verb, "node": node, "argv": argv, "stdin": text, "timeout": timeout}, timeout)
    out, err = (base64.b64decode(found[name]).decode(errors="replace") for name in ("stdout", "stderr"))
    return Answer(code=found["code"], stdout=out, stderr=err)


def require_node(network: Network, node: str) -> None:
    """Raise NotFound, with the near name, unless the network has `node`."""
    names = [access.name for access in network.access]
    if node not in names:
        raise NotFound("node", node, names)


class Stream:
    """What a program beside a node says, as it comes; it is a stream of (kind, bytes), as in `serving.streaming`."""

    def __init__(self, network: Network, node: str, argv: list[str]) -> None:
        """Start `argv` beside `node`; raises NotFound, NodeUnreachable."""
        require_node(network, node)
        try:
            self._connection = _connect(network)
        except OSError as error:
            raise _unanswered(network, error) from error
        self._incoming = self._connection.makefile("rb")
        line = self._begin({"verb": "stream", "node": node, "argv": argv})
        if not line or json.loads(line)["gone"]:
            self.close()
            raise _stopped(network, node, powered=True) if line else _gone(network)

    def _begin(self, message: dict[str, Any]) -> bytes:
        """Return the first line of the answer, or nothing when the network has ended."""
        with suppress(OSError):
            self._connection.sendall(json.dumps(message).encode() + b"\n")
            line = self._incoming.readline()
            self._connection.settimeout(None)
            return line
        return b""

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each frame as it comes, until the program or the network ends."""
        with suppress(OSError):
            while len(head := self._incoming.read(FRAME.size)) == FRAME.size:
                kind, length = FRAME.unpack(head)
                yield kind, self._incoming.read(length)

    def finish(self) -> None:
        """End the program's stdin, which asks it to end."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Go; whoever waits for a frame wakes up."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def release(self) -> None:
        """Close what nobody reads any more."""
        self._incoming.close()


def _connect(network: Network) -> socket.socket:
    """Connect by way of a descriptor of the folder, since a socket's path may not be longer than 108 bytes."""
    folder = os.open(network.folder, os.O_PATH)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(PATIENCE)
        connection.connect(f"/proc/self/fd/{folder}/control")
    except OSError:
        connection.close()
        raise
    finally:
        os.close(folder)
    return connection


def _unanswered(network: Network, error: OSError) -> NetdojoError:
    """Return what to tell of a network that could not be asked: a socket that is full, too, says EAGAIN."""
    if isinstance(error, (TimeoutError, BlockingIOError)):
        return NodeUnreachable(
            f"network {network.name!r} is there and does not answer",
            help=f"See why in {network.folder / 'log'}, or end it: netdojo lab destroy {network.name}",
        )
    return exhaustion.refusal(error) or _gone(network)


def _gone(network: Network) -> NodeUnreachable:
    return NodeUnreachable(f"network {network.name!r} is not running", help=_redeploy(network))


def _stopped(network: Network, node: str, *, powered: bool) -> NodeUnreachable:
    if powered:
        return NodeUnreachable(f"node {node!r} of {network.name!r} has stopped", help=_redeploy(network))
    told = f"node {node!r} of {network.name!r} has no power"
    return NodeUnreachable(told, help=f"lift that fault: `netdojo lab faults {network.name}` shows it")


def _redeploy(network: Network) -> str:
    return f"deploy it again with `netdojo lab reset {network.name}`"
