"""What the client that deploys a network is told while it comes up."""

from __future__ import annotations

import json
import os
import socket
import traceback
from contextlib import suppress
from typing import Any


class Teller:
    """Says how the deployment goes, a JSON object a line; silent once the client has gone."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client

    def say(self, **message: Any) -> None:
        try:
            self._client.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            return

    def complain(self, error: Exception) -> None:
        """Say what ended the deployment: what this machine lacks or has run out of, or else where the fault lies."""
        from netdojo import exhaustion
        from netdojo.errors import HostNotReady

        wanting = error if isinstance(error, HostNotReady) else exhaustion.refusal(error)
        if wanting is not None:
            self.say(error="wanting", detail=wanting.message, help=wanting.help)
        else:
            traceback.print_exception(error)
            self.say(error="failed", detail="".join(traceback.format_exception(error)))

    def end(self) -> None:
        self._client.close()


def note(data: bytes) -> None:
    """Write to the network's log; a full disk keeps nothing from going on."""
    with suppress(OSError):
        os.write(1, data)
