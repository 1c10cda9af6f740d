"""Commands in a node as its user runs them, and beside a node as the judge does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from netdojo.runtimes.namespaces.nodes import IMAGE
from netdojo.runtimes.namespaces.processes import CLEAN_ENV, Processes, end_session, program

if TYPE_CHECKING:
    from netdojo.runtimes.namespaces.nodes import LiveNode

OUTPUT_LIMIT = 8 * 1024 * 1024
"""Bytes kept of each of stdout and stderr; what comes after is read and dropped."""

TIMED_OUT = 124
NODE_START_DEADLINE = 25.0
"""Seconds for a node's entrypoint and for each of its `exec` lines."""

CUT = b"\n[netdojo: the output was cut at 8 MiB]\n"

_LINGER = 1.0
_CHUNK = 65536
_JUDGE = (
    'mount --bind "$0" /run && mount --bind "$1" /etc/frr && mount --bind "$2" /etc/passwd && '
    'mount --bind "$3" /etc/group && shift 3 && exec "$@"'
)


def in_node(node: LiveNode, argv: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
    """Return the words and the environment that run `argv` as a user of the node would."""
    enter = [program("nsenter"), "-t", str(node.pid), "-m", "-u", "-i", "-n", "-p", "--"]
    return [*enter, *argv], {**CLEAN_ENV, **node.plan["env"]}


def beside_node(node: LiveNode, argv: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
    """Return the words and the environment that run the host's own `argv` on the node's network and sockets."""
    state = os.path.dirname(os.path.dirname(os.path.dirname(node.run)))
    enter = [program("nsenter"), f"--net=/proc/{node.pid}/ns/net", program("unshare"), "--mount", program("sh"), "-c"]
    files = (node.run, f"{state}/frr", f"{state}/passwd", f"{state}/group")
    return [*enter, _JUDGE, *files, *argv], {**CLEAN_ENV, "HOME": "/nonexistent"}


async def start_node(processes: Processes, node: LiveNode) -> str:
    """Wait for the node's tree, run its entrypoint and `exec` lines; return what went wrong, or nothing."""
    made = Output(node.ready)
    await made.ended
    if made.kept != b"ok":
        return f"node {node.name} could not be made: {made.kept.decode() or 'it ended'}"
    for step in ([f"{IMAGE}/entrypoint"], *(["sh", "-c", line] for line in node.plan["exec"])):
        words, env = in_node(node, step)
        code, out, err = await run(processes, words, env, b"", NODE_START_DEADLINE)
        os.write(1, out + err)
        if code:
            said = (out + err).decode(errors="replace").strip()[-2000:]
            return f"node {node.name}: {' '.join(step)!r} ended with code {code}" + (f":\n{said}" if said else "")
    return ""


async def run(
    processes: Processes, words: list[str], env: Mapping[str, str], stdin: bytes, timeout: float
) -> tuple[int, bytes, bytes]:
    """Run a command to its end or its time limit (seconds); return its exit code, stdout and stderr.

    A process that it left in the background may write for no longer than a moment after.
    """
    (their_in, our_in), (our_out, their_out), (our_err, their_err) = (os.pipe() for _ in range(3))
    pid, ended = processes.start(words, (their_in, their_out, their_err), env)
    for descriptor in (their_in, their_out, their_err):
        os.close(descriptor)
    outputs = (Output(our_out), Output(our_err))
    feeding = asyncio.ensure_future(_write_all(our_in, stdin))
    try:
        code = await _end_of(ended, timeout, pid)
        await asyncio.wait([output.ended for output in outputs], timeout=_LINGER)
    except asyncio.CancelledError:
        end_session(pid)
        raise
    finally:
        feeding.cancel()
        out, err = (output.close() for output in outputs)
    return code, out, err


async def _end_of(ended: asyncio.Future[int], timeout: float, pid: int) -> int:
    """Return the exit code; at the time limit, end whatever the command started."""
    done, _ = await asyncio.wait([ended], timeout=timeout)
    if done:
        return ended.result()
    end_session(pid)
    await ended
    return TIMED_OUT


class Output:
    """What comes out of a pipe, up to a limit; the rest is read and dropped, so that the writer is never held up."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._dropped = False
        self.kept = bytearray()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        os.set_blocking(descriptor, False)
        self._loop.add_reader(descriptor, self._take)

    def _take(self) -> None:
        with suppress(BlockingIOError):
            data = os.read(self._descriptor, _CHUNK)
            if not data:
                self.close()
                return
            room = OUTPUT_LIMIT - len(self.kept)
            self.kept += data[:room]
            self._dropped = self._dropped or len(data) > room

    def close(self) -> bytes:
        """Stop reading; return what there was."""
        if not self.ended.done():
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self.ended.set_result(None)
        return bytes(self.kept) + (CUT if self._dropped else b"")


async def _write_all(descriptor: int, data: bytes) -> None:
    """Write `data` as the other end takes it, then close the descriptor."""
    loop = asyncio.get_running_loop()
    os.set_blocking(descriptor, False)
    left = memoryview(data)
    try:
        while left:
            try:
                left = left[os.write(descriptor, left[:_CHUNK]) :]
            except BlockingIOError:
                await _writable(loop, descriptor)
    except BrokenPipeError:
        return
    finally:
        os.close(descriptor)


async def _writable(loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
    ready = loop.create_future()
    loop.add_writer(descriptor, _resolve, ready)
    try:
        await ready
    finally:
        loop.remove_writer(descriptor)


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
