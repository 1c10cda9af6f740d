"""A program that goes on, whose output a client gets as it comes: frames of a kind, a length and that many bytes."""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from netdojo.runtimes.serving.processes import end_session

if TYPE_CHECKING:
    from netdojo.runtimes.serving.processes import Processes

FRAME = struct.Struct("!cI")
OUT, ERR, CODE = b"o", b"e", b"c"
"""The kinds of frames: stdout, stderr, and at the end the exit code in digits."""

GRACE = 5.0
"""Seconds that a program may go on after its client has no more to say to it."""

_CHUNK = 65536


async def stream(
    processes: Processes,
    words: list[str],
    env: Mapping[str, str],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    """Run a program until it ends by itself; its stdin ends when the client closes its side, or is gone."""
    pid, ended, (our_in, our_out, our_err) = processes.start_on_pipes(words, env)
    sending = Sending(writer)
    passing = asyncio.gather(sending.all_of(our_out, OUT), sending.all_of(our_err, ERR))
    telling = asyncio.ensure_future(_tell_end(reader, our_in))
    try:
        waited: set[asyncio.Future[Any]] = {passing, telling}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait_for(passing, None if passing.done() else GRACE)
        await sending.frame(CODE, str(await asyncio.wait_for(ended, GRACE)).encode())
    except (ConnectionError, asyncio.TimeoutError):
        return
    finally:
        passing.cancel()
        telling.cancel()
        if not ended.done():
            end_session(pid)


async def _tell_end(reader: asyncio.StreamReader, descriptor: int) -> None:
    """Close `descriptor` once the client's side has ended."""
    try:
        while await reader.read(_CHUNK):
            continue
    finally:
        os.close(descriptor)


class Sending:
    """The client's side of a stream; a client that is slow holds the program up, and nothing is kept for it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._one_at_a_time = asyncio.Lock()

    async def all_of(self, descriptor: int, kind: bytes) -> None:
        """Send what comes out of a pipe, until its end."""
        source = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(source), os.fdopen(descriptor, "rb", buffering=0)
        )
        try:
            while data := await source.read(_CHUNK):
                await self.frame(kind, data)
        finally:
            transport.close()

    async def frame(self, kind: bytes, data: bytes) -> None:
        """Send one frame; raises ConnectionError when the client is gone."""
        async with self._one_at_a_time:
            self._writer.write(FRAME.pack(kind, len(data)) + data)
            await self._writer.drain()
