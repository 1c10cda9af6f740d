"""An SSH session is a process: bytes in and out, on pipes or on a terminal, and it ends with its client."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import asyncssh
import pytest

from netdojo.runtimes.serving import sessions
from netdojo.runtimes.serving.processes import Processes
from netdojo.runtimes.serving.sessions import Session
from netdojo.runtimes.serving.visits import Visits

from .conftest import PlainNode, is_gone

STDERR = asyncssh.EXTENDED_DATA_STDERR
PASSES = 20
"""Turns of the loop in which a session could give its client up."""


class Channel:
    """A client's end of a session: what it asks for, and what it was told."""

    def __init__(self, command: str | None, terminal: str | None = None) -> None:
        self.command = command
        self.terminal = terminal
        self.said: dict[int | None, bytes] = {None: b"", STDERR: b""}
        self.held_back = 0
        self.code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def get_command(self) -> str | None:
        return self.command

    def get_terminal_type(self) -> str | None:
        return self.terminal

    def get_terminal_size(self) -> tuple[int, int, int, int]:
        return 132, 43, 0, 0

    def write(self, data: bytes, kind: int | None) -> None:
        self.said[kind] += data

    def exit(self, code: int) -> None:
        self.code.set_result(code)

    def pause_reading(self) -> None:
        self.held_back += 1

    def resume_reading(self) -> None:
        self.held_back -= 1

    async def heard(self, text: bytes) -> None:
        """Wait until the process has said `text`."""
        while text not in self.said[None]:
            await asyncio.sleep(0.01)


def begin(
    processes: Processes, node: PlainNode, command: str | None, terminal: str | None = None
) -> tuple[Session, Channel]:
    """Return a session that has started, and its client."""
    session, channel = Session(processes, Visits(), node), Channel(command, terminal)
    session.connection_made(cast("asyncssh.SSHServerChannel[bytes]", channel))
    session.session_started()
    return session, channel


def test_a_command_without_a_terminal_has_pipes(serve: Any, node: PlainNode) -> None:
    """Its outputs are told apart, and its exit code is the session's."""

    async def work(processes: Processes) -> Channel:
        _, channel = begin(processes, node, "test -t 0 || echo out; echo err >&2; exit 5")
        await channel.code
        return channel

    channel = serve(work)

    assert {None: b"out\n", STDERR: b"err\n"} == channel.said
    assert 5 == channel.code.result()


def test_the_end_of_the_input_reaches_a_command(serve: Any, node: PlainNode) -> None:
    """`ssh node < file` ends, with every byte of a file that is larger than a pipe, in its order."""
    given = bytes(range(256)) * 2048

    async def work(processes: Processes) -> Channel:
        session, channel = begin(processes, node, "cat")
        session.data_received(given, None)
        assert session.eof_received()
        await channel.code
        return channel

    channel = serve(work)

    assert given == channel.said[None]
    assert 0 == channel.code.result()


def test_a_sender_is_held_back_while_nothing_is_taken(serve: Any, node: PlainNode, tmp_path: Path) -> None:
    """Input waits with the client, not in this process, and comes through once it is wanted."""
    wanted = tmp_path / "wanted"

    async def work(processes: Processes) -> tuple[int, Channel]:
        session, channel = begin(processes, node, f"until test -e {wanted}; do sleep 0.01; done; wc -c")
        session.data_received(b"x" * 2**20, None)
        held_back = channel.held_back
        wanted.touch()
        session.eof_received()
        await channel.code
        return held_back, channel

    held_back, channel = serve(work)

    assert held_back > 0
    assert b"1048576" == channel.said[None].strip()


def test_a_terminal_has_the_clients_kind_and_size(serve: Any, node: PlainNode) -> None:
    """TERM and the window's size are the client's, and a new size reaches the process."""

    async def work(processes: Processes) -> Channel:
        session, channel = begin(processes, node, "echo $TERM; stty size; read go; stty size", "vt100")
        await channel.heard(b"43 132")
        session.terminal_size_changed(100, 30, 0, 0)
        session.data_received(b"\n", None)
        await channel.code
        return channel

    words = serve(work).said[None].split()

    assert [b"vt100", b"43", b"132", b"30", b"100"] == words


def test_the_end_of_the_input_is_typed_on_a_terminal(serve: Any, node: PlainNode) -> None:
    """A shell on a terminal ends by what a person would press."""

    async def work(processes: Processes) -> int:
        session, channel = begin(processes, node, None, "vt100")
        session.eof_received()
        return await channel.code

    assert 0 == serve(work)


@pytest.mark.parametrize("way", ["connection_lost", "signal_received"])
def test_a_session_ends_with_all_that_it_started(serve: Any, node: PlainNode, way: str) -> None:
    """A client that goes, or asks for a signal, leaves no process behind."""

    async def work(processes: Processes) -> list[int]:
        session, channel = begin(processes, node, "sleep 600 & echo $! $$; wait")
        await channel.heard(b"\n")
        getattr(session, way)(None)
        pids = [int(word) for word in channel.said[None].split()]
        return [pid for pid in pids if not await asyncio.to_thread(is_gone, pid)]

    assert [] == serve(work)


def test_a_slow_client_gets_all(serve: Any, node: PlainNode, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the client takes nothing, nothing is read, and nothing is dropped though the process is long over."""
    monkeypatch.setattr(sessions, "_LINGER", 0.0)

    async def work(processes: Processes) -> tuple[bytes, Channel]:
        session, channel = begin(processes, node, "echo all of it")
        session.pause_writing()
        while session._code is None:
            await asyncio.sleep(0.01)
        for _ in range(PASSES):
            await asyncio.sleep(0)
        before = channel.said[None]
        session.resume_writing()
        await channel.code
        return before, channel

    before, channel = serve(work)

    assert b"" == before
    assert b"all of it\n" == channel.said[None]


def test_what_is_left_in_the_background_does_not_hold_a_session(
    serve: Any, node: PlainNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session ends a moment after its command, though somebody still holds its output."""
    monkeypatch.setattr(sessions, "_LINGER", 0.1)

    async def work(processes: Processes) -> tuple[int, int]:
        session, channel = begin(processes, node, "sleep 600 & echo $!")
        code = await channel.code
        session.connection_lost(None)
        return code, int(channel.said[None])

    code, left = serve(work)

    assert 0 == code
    assert is_gone(left)


def test_nobody_gets_into_a_node_that_is_stopped(serve: Any, node: PlainNode) -> None:
    """Neither a shell nor a command is granted."""

    async def work(processes: Processes) -> list[bool]:
        session = Session(processes, Visits(), node)
        before = [session.shell_requested(), session.exec_requested("true")]
        node.running = False
        return [*before, session.shell_requested(), session.exec_requested("true")]

    assert [True, True, False, False] == serve(work)
