"""The port that the pages are served at."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from netdojo.errors import HostNotReady
from netdojo.portal import serving

GOLDEN = Path(__file__).parents[2] / "errors" / "host" / "no-free-port.txt"


def test_port_in_use_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next free one is taken; where none may be tried, the golden message says how to name another."""
    with socket.create_server((serving.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert port < serving.free_port(port)
        monkeypatch.setattr(serving, "PORTS_TRIED", 0)
        with pytest.raises(HostNotReady) as refused:
            serving.free_port(port)

    assert GOLDEN.read_text() == f"{refused.value}\n".replace(str(port), "<port>")
