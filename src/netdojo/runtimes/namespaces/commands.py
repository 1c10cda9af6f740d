"""Commands in a node as its user runs them, and beside a node as the judge does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from netdojo.runtimes.namespaces.nodes import IMAGE
from netdojo.runtimes.namespaces.processes import CLEAN_ENV, Processes, end_session, program

if TYPE_CHECKING:
    from netdojo.runtimes.namespaces.nodes import LiveNode

OUTPUT_LIMIT = 8 * 1024 * 1024
"""Bytes kept of each of stdout and stderr; what comes after is read and dropped."""

TIMED_OUT = 124
NODE_START_DEADLINE = 25.0
"""Seconds for a node's entrypoint and for each of its `exec` lines."""

_GRACE = 1.0
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
    return [*enter, _JUDGE, *files, *argv], CLEAN_ENV


async def start_node(processes: Processes, node: LiveNode) -> str:
    """Wait for the node's tree, run its entrypoint and `exec` lines; return what went wrong, or nothing."""
    made = await _read_all(node.ready, OUTPUT_LIMIT)
    if made != b"ok":
        return f"node {node.name} has no root: {made.decode() or 'it ended'}"
    steps = [[f"{IMAGE}/entrypoint"], *(["sh", "-c", line] for line in node.plan["exec"])]
    for step in steps:
        words, env = in_node(node, step)
        code, out, err = await run(processes, words, env, b"", NODE_START_DEADLINE)
        os.write(1, out + err)
        if code:
            said = (out + err).decode(errors="replace").strip()[-2000:]
            return f"node {node.name}: {' '.join(step)!r} ended with code {code}" + (f":\n{said}" if said else "")
    return ""


async def run(
    processes: Processes, words: Sequence[str], env: Mapping[str, str], stdin: bytes, timeout: float
) -> tuple[int, bytes, bytes]:
    """Run a command to its end or its time limit; return its exit code, stdout and stderr."""
    pipes = [os.pipe() for _ in range(3)]
    (their_in, our_in), (our_out, their_out), (our_err, their_err) = pipes
    try:
        pid, ended = processes.start(words, (their_in, their_out, their_err), env)
    finally:
        for descriptor in (their_in, their_out, their_err):
            os.close(descriptor)
    feeding = asyncio.ensure_future(_write_all(our_in, stdin))
    reading = asyncio.gather(_read_all(our_out, OUTPUT_LIMIT), _read_all(our_err, OUTPUT_LIMIT))
    code = await _wait(ended, timeout, pid)
    out, err = await _drained(reading, pid)
    feeding.cancel()
    return code, out, err


async def _wait(ended: asyncio.Future[int], timeout: float, pid: int) -> int:
    try:
        return await asyncio.wait_for(asyncio.shield(ended), timeout)
    except asyncio.TimeoutError:
        end_session(pid)
        await ended
        return TIMED_OUT


async def _drained(reading: asyncio.Future[Any], pid: int) -> tuple[bytes, bytes]:
    """Return what was written; a process left in the background may hold the pipes open no longer than a grace."""
    try:
        out, err = await asyncio.wait_for(asyncio.shield(reading), _GRACE)
    except asyncio.TimeoutError:
        end_session(pid)
        out, err = await reading
    return out, err


async def _read_all(descriptor: int, limit: int) -> bytes:
    """Return what can be read until the other end closes, cut at `limit` bytes; closes the descriptor."""
    loop = asyncio.get_running_loop()
    os.set_blocking(descriptor, False)
    over = loop.create_future()
    kept = bytearray()

    def take() -> None:
        with suppress(BlockingIOError):
            data = os.read(descriptor, _CHUNK)
            kept.extend(data[: limit - len(kept)])
            if not data and not over.done():
                over.set_result(None)

    loop.add_reader(descriptor, take)
    try:
        await over
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
    return bytes(kept)


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
    loop.add_writer(descriptor, lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_writer(descriptor)
