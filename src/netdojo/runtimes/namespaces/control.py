"""The client's side of a network's control socket: one request, one answer, each a line of JSON."""

from __future__ import annotations

import base64
import json
import os
import socket
from typing import Any

from netdojo.errors import NodeUnreachable, NotFound
from netdojo.model import Answer, Network

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
        raise _gone(network) from error
    if not line:
        raise _gone(network)
    found: dict[str, Any] = json.loads(line)
    return found


def command(network: Network, verb: str, node: str, argv: list[str], stdin: bytes, timeout: float) -> Answer:
    """Run a command in or beside `node`; raises NotFound, NodeUnreachable."""
    names = [access.name for access in network.access]
    if node not in names:
        raise NotFound("node", node, names)
    text = base64.b64encode(stdin).decode()
    found = request(network, {"verb": verb, "node": node, "argv": argv, "stdin": text, "timeout": timeout}, timeout)
    if found.get("gone"):
        raise NodeUnreachable(f"node {node!r} of {network.name!r} has stopped", help=_redeploy(network))
    out, err = (base64.b64decode(found[name]).decode(errors="replace") for name in ("stdout", "stderr"))
    return Answer(code=found["code"], stdout=out, stderr=err)


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


def _gone(network: Network) -> NodeUnreachable:
    return NodeUnreachable(f"network {network.name!r} is not running", help=_redeploy(network))


def _redeploy(network: Network) -> str:
    return f"deploy it again with `netdojo lab reset {network.name}`"
