"""The port that the pages are served at, and why a server does not start."""

from __future__ import annotations

import logging
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


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (
            [(logging.INFO, "The port %i is already in use."), (logging.CRITICAL, "no available port could be found.")],
            "port 8888 on 127.0.0.1 was taken meanwhile\n  Start it again.",
        ),
        (
            [(logging.ERROR, "an extension at port %i has a fault\nTraceback"), (logging.INFO, "Shutting down")],
            "Jupyter does not start: an extension at port 8888 has a fault\n  Read its log: <home>/server.log",
        ),
        ([], "Jupyter does not start: it said nothing\n  Read its log: <home>/server.log"),
    ],
    ids=["taken", "another fault", "silent"],
)
def test_server_that_does_not_start_is_told_with_its_reason(
    home: Path, records: list[tuple[int, str]], said: str
) -> None:
    """A port is called taken when Jupyter found it so; anything else is passed on in its own words."""
    heard = serving.Heard()
    for level, message in records:
        heard.handle(logging.LogRecord("ServerApp", level, "", 0, message, (8888,) if "%" in message else (), None))
    found = serving.not_started(8888, heard)

    assert said == str(found).replace(str(home), "<home>")
    assert 3 == found.code
