"""A command from its start to its end or its time limit, its output kept up to a limit."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from netdojo.runtimes.serving.processes import Processes, end_session
from netdojo.runtimes.serving.telling import note

if TYPE_CHECKING:
    from netdojo.runtimes.serving.node import ServedNode

OUTPUT_LIMIT = 8 * 1024 * 1024
"""Bytes kept of each of stdout and stderr; what comes after is read and dropped."""

SAID = 1000
"""Characters of what a failed command said, of its beginning and of its end."""

TIMED_OUT = 124
CUT = b"\n[netdojo: the output was cut at 8 MiB]\n"

_LINGER = 1.0
_CHUNK = 65536


def unheard(data: bytes) -> None:
    """Listen to nothing."""


async def run(
    processes: Processes,
    words: list[str],
    env: Mapping[str, str],
    stdin: bytes,
    timeout: float,
    heard: Callable[[bytes], None] = unheard,
) -> tuple[int, bytes, bytes]:
    """Run a command to its end or its time limit (seconds); return its exit code, stdout and stderr.

    A process that it left in the background may write for no longer than a moment after. `heard` gets what comes on
    stderr as it comes.
    """
    pid, ended, (our_in, our_out, our_err) = processes.start_on_pipes(words, env)
    outputs = (Output(our_out), Output(our_err, heard))
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


async def run_steps(processes: Processes, node: ServedNode, steps: Iterable[Sequence[str]], deadline: float) -> str:
    """Run each of `steps` in `node`, `deadline` seconds for each; return what went wrong, or nothing."""
    for step in steps:
        words, env = node.inside(step)
        code, out, err = await run(processes, words, env, b"", deadline)
        note(out + err)
        if code:
            said = (out + err).decode(errors="replace").strip()
            how = f"was ended at its limit of {deadline:.0f} s" if code == TIMED_OUT else f"ended with code {code}"
            return failure(node.name, shlex.join(step), how, said)
    return ""


def failure(node: str, step: str, how: str, said: str) -> str:
    """Return what is told of a step of a node's start that failed: how it ended, and what it had said."""
    return f"node {node}: {step!r} {how}" + (f":\n{shortened(said)}" if said else "")


def shortened(said: str) -> str:
    """Return the beginning and the end of what a program said: a daemon that aborts says why before all else."""
    return said if len(said) <= 2 * SAID else f"{said[:SAID]}\n[…]\n{said[-SAID:]}"


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

    def __init__(self, descriptor: int, heard: Callable[[bytes], None] = unheard) -> None:
        self._descriptor = descriptor
        self._heard = heard
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
            self._heard(data)
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
