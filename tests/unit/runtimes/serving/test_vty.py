"""A daemon is asked at its own socket where it has a plain answer; all else is left to vtysh."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from netdojo.runtimes.serving import vty
from netdojo.runtimes.serving.commands import OUTPUT_LIMIT, TIMED_OUT
from netdojo.runtimes.serving.processes import Processes

from .conftest import DEADLINE

ASKED = ["vtysh", "-d", "bgpd", "-c", "show bgp summary json"]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A node's /run with the folder of FRR's sockets."""
    (tmp_path / "run" / "frr").mkdir(parents=True)
    return tmp_path / "run"


Asking = Callable[..., Any]


@pytest.fixture
def ask(serve: Any, run: Path) -> Asking:
    """Ask while something listens at a path and says `parts` to each question; `silent` keeps the connection open."""

    def work(*parts: bytes, at: Path | None = None, silent: bool = False, timeout: float = DEADLINE) -> Any:
        heard: list[bytes] = []
        over = asyncio.Event()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.readuntil(b"\0"))
            with suppress(ConnectionError):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.01)
                if silent:
                    await reader.read()
                writer.close()
                await writer.wait_closed()
            over.set()

        async def both(_: Processes) -> Any:
            async with await asyncio.start_unix_server(answer, at or run / "frr" / "bgpd.vty"):
                found = await vty.ask(str(run), ASKED, timeout)
                if heard or found:
                    await over.wait()
                return found, heard

        return serve(both)

    return work


@pytest.mark.parametrize(
    "argv",
    [
        ["vtysh", "-c", "show bgp summary json"],
        ["vtysh", "-d", "bgpd", "-c", "show running-config"],
        ["vtysh", "-d", "bgpd", "-c", "clear bgp * json"],
        ["vtysh", "-d", "../../tmp/x", "-c", "show bgp summary json"],
        ["vtysh", "-d", "bgpd", "-c", "show bgp\nclear bgp * json"],
        ["vtysh", "-d", "bgpd", "-c", "show bgp summary json", "-c", "clear bgp *"],
        ["ip", "-d", "bgpd", "-c", "show bgp summary json"],
    ],
)
def test_only_a_question_for_json_of_one_daemon_is_asked_so(argv: list[str]) -> None:
    """What might change something, or what vtysh puts together itself, is vtysh's."""
    assert vty.question(argv) is None


def test_what_the_daemon_says_is_the_answer(ask: Asking) -> None:
    """The question ends with a zero byte, and the answer with three and the code; it may come in pieces."""
    answer, heard = ask(b'{"a"', b": 1}\n\0", b"\0\0", b"\0")

    assert (0, b'{"a": 1}\n', b"") == answer
    assert [b"show bgp summary json\0"] == heard


@pytest.mark.parametrize(
    "said", [b"% Unknown command\n\0\0\0\x02", b"", b"half an answ"], ids=["refused", "nothing", "broken off"]
)
def test_no_success_is_left_to_vtysh(ask: Asking, said: bytes) -> None:
    """A refusal, and a daemon that ends, are told in vtysh's words."""
    assert ask(said)[0] is None


def test_endless_answer_is_given_up(ask: Asking) -> None:
    """No more is kept than of a command's output."""
    assert ask(*[bytes(1) * 2 + b"x" * 1_000_000] * (OUTPUT_LIMIT // 1_000_000 + 2))[0] is None


def test_daemon_that_does_not_answer_is_left_at_the_limit(ask: Asking) -> None:
    """It counts as a command that was ended at its limit: vtysh would wait as long again."""
    assert (TIMED_OUT, b"", b"") == ask(silent=True, timeout=0.1)[0]


def test_link_is_not_followed(ask: Asking, run: Path, tmp_path: Path) -> None:
    """A learner's link to a socket elsewhere on this machine, or to a folder of such, gets no question."""
    (tmp_path / "elsewhere").mkdir()
    other = tmp_path / "elsewhere" / "bgpd.vty"
    (run / "frr" / "bgpd.vty").symlink_to(other)
    assert (None, []) == ask(b"{}\0\0\0\0", at=other)

    (run / "frr" / "bgpd.vty").unlink()
    (run / "frr").rmdir()
    (run / "frr").symlink_to(other.parent)
    other.unlink(missing_ok=True)
    assert (None, []) == ask(b"{}\0\0\0\0", at=other)


def test_what_is_no_socket_is_left_to_vtysh(serve: Any, run: Path) -> None:
    """A file, a socket that nobody listens at, and nothing at all."""

    async def work(_: Processes) -> Any:
        return await vty.ask(str(run), ASKED, DEADLINE)

    place = run / "frr" / "bgpd.vty"
    assert serve(work) is None
    place.touch()
    assert serve(work) is None
    place.unlink()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(place))
    assert serve(work) is None
