"""One SSH session: a process of the node, on a terminal or on pipes, that ends when the session does."""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
import termios
from contextlib import suppress
from typing import TYPE_CHECKING

from netdojo import exhaustion
from netdojo.runtimes.serving.processes import end_session
from netdojo.runtimes.serving.ssh import asyncssh

if TYPE_CHECKING:
    from netdojo.runtimes.serving.node import ServedNode
    from netdojo.runtimes.serving.processes import Processes
    from netdojo.runtimes.serving.visits import Visits

COULD_NOT_START = 126
"""The exit code of what is there and cannot be started, as of a shell."""
_CHUNK = 65536
_LINGER = 1.0
"""Seconds that a process left in the background may still write to its session."""
_END_OF_FILE = b"\x04"
_STDERR = asyncssh.EXTENDED_DATA_STDERR


class Session(asyncssh.SSHServerSession[bytes]):
    """Joins a channel to a process: bytes in, bytes out, window size, exit status."""

    def __init__(self, processes: Processes, visits: Visits, node: ServedNode) -> None:
        self._processes = processes
        self._visits = visits
        self._node = node
        self._loop = asyncio.get_running_loop()
        self._open: dict[int, int | None] = {}
        self._input = -1
        self._pending = bytearray()
        self._input_ends = False
        self._terminal = False
        self.leader = 0
        self._code: int | None = None
        self._paused = False
        self._over = False

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def shell_requested(self) -> bool:
        return self._node.running and self._node.powered

    def exec_requested(self, command: str) -> bool:  # noqa: ARG002  # asyncssh names it
        return self._node.running and self._node.powered

    def session_started(self) -> None:
        self._visits.come(self._node.name, self)

    def begin(self) -> None:
        """Start what was asked for: the image's shell, with the command when there is one."""
        command = self._channel.get_command()
        argv, env = self._node.inside(self._node.shell(command))
        kind = self._channel.get_terminal_type()
        self._terminal = kind is not None
        start = self._start_on_terminal if self._terminal else self._start_on_pipes
        try:
            ended = start(argv, {**env, "TERM": kind} if kind else dict(env))
        except OSError as error:
            self._refuse(error)
        else:
            ended.add_done_callback(self._process_ended)

    def _refuse(self, error: OSError) -> None:
        """End the session with what it could not get on its stderr."""
        self._over = True
        self._channel.write_stderr(f"netdojo: {exhaustion.refusal(error) or error}\n".encode())
        self._channel.exit(COULD_NOT_START)

    def _start_on_terminal(self, argv: list[str], env: dict[str, str]) -> asyncio.Future[int]:
        ours, theirs = os.openpty()
        columns, rows, width, height = self._channel.get_terminal_size()
        _resize(ours, columns, rows, width, height)
        try:
            self._input = os.dup(ours)
            self.leader, ended = self._processes.start(argv, (), env, os.ttyname(theirs))
        except OSError:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        self._read_from(ours, None)
        return ended

    def _start_on_pipes(self, argv: list[str], env: dict[str, str]) -> asyncio.Future[int]:
        self.leader, ended, (self._input, out, err) = self._processes.start_on_pipes(argv, env)
        self._read_from(out, None)
        self._read_from(err, _STDERR)
        return ended

    def _read_from(self, descriptor: int, kind: int | None) -> None:
        os.set_blocking(descriptor, False)
        os.set_blocking(self._input, False)
        self._open[descriptor] = kind
        if not self._paused:
            self._loop.add_reader(descriptor, self._pass_on, descriptor, kind)

    def _pass_on(self, descriptor: int, kind: int | None) -> None:
        """Send what the process wrote; a terminal says by EIO that nobody is left on it."""
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._channel.write(data, kind)
            return
        self._close_output(descriptor)
        self._finish_when_done()

    def _process_ended(self, ended: asyncio.Future[int]) -> None:
        self._code = ended.result()
        self._loop.call_later(_LINGER, self._stop_reading)
        self._finish_when_done()

    def _stop_reading(self) -> None:
        """Go without what a process left in the background may still write, unless it is the client that is slow."""
        if self._paused:
            self._loop.call_later(_LINGER, self._stop_reading)
            return
        for descriptor, kind in list(self._open.items()):
            self._pass_on(descriptor, kind)
        for descriptor in list(self._open):
            self._close_output(descriptor)
        self._finish_when_done()

    def _close_output(self, descriptor: int) -> None:
        self._loop.remove_reader(descriptor)
        os.close(descriptor)
        del self._open[descriptor]

    def _finish_when_done(self) -> None:
        if self._code is not None and not self._open and not self._over:
            self._over = True
            self._channel.exit(self._code)

    def data_received(self, data: bytes, datatype: int | None) -> None:  # noqa: ARG002  # asyncssh names it
        self._pending += data
        self._feed()

    def _feed(self) -> None:
        """Give the process what it takes of its input; hold the sender back while it takes no more."""
        if self._input < 0 or self._visits.held:
            return
        try:
            while self._pending:
                del self._pending[: os.write(self._input, self._pending[:_CHUNK])]
        except BlockingIOError:
            self._channel.pause_reading()
            self._loop.add_writer(self._input, self._feed_again)
            return
        except OSError:
            self._pending.clear()
            self._close_input()
            return
        if self._input_ends and not self._terminal:
            self._close_input()

    def go_on(self) -> None:
        """Hand on the input that came while the session was held."""
        self._feed()

    def _feed_again(self) -> None:
        self._loop.remove_writer(self._input)
        self._channel.resume_reading()
        self._feed()

    def eof_received(self) -> bool:
        """Pass the end of the input on, and keep the channel open for the output."""
        self._input_ends = True
        if self._terminal:
            self._pending += _END_OF_FILE
        self._feed()
        return True

    def _close_input(self) -> None:
        if self._input >= 0:
            self._loop.remove_writer(self._input)
            os.close(self._input)
            self._input = -1

    def pause_writing(self) -> None:
        self._paused = True
        for descriptor in self._open:
            self._loop.remove_reader(descriptor)

    def resume_writing(self) -> None:
        self._paused = False
        for descriptor, kind in self._open.items():
            self._loop.add_reader(descriptor, self._pass_on, descriptor, kind)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        if self._terminal and self._input >= 0:
            _resize(self._input, width, height, pixwidth, pixheight)

    def break_received(self, msec: int) -> bool:  # noqa: ARG002  # asyncssh names it
        return False

    def signal_received(self, signal: str) -> None:  # noqa: ARG002  # asyncssh names it
        """A client that asks for a signal ends its session."""
        end_session(self.leader)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncssh names it
        """The client has gone, and so does everything that its session started."""
        self._visits.leave(self)
        self._over = True
        self._paused = False
        for descriptor in list(self._open):
            self._close_output(descriptor)
        self._close_input()
        if self.leader:
            end_session(self.leader)


def _resize(terminal: int, columns: int, rows: int, width: int, height: int) -> None:
    with suppress(OSError):
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, width, height))
