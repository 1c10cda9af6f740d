"""What `vtysh -d DAEMON -c 'show … json'` prints, asked of the daemon itself.

vtysh builds the command tree of all of FRR before it asks: fifty milliseconds of a processor, where a daemon answers in
one. A judge that looks again and again would spend its time there.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import stat
from collections.abc import Sequence
from contextlib import ExitStack, suppress

from netdojo.runtimes.serving.commands import OUTPUT_LIMIT, TIMED_OUT

END = b"\0\0\0"
"""What stands before the last byte of an answer, which is FRR's code of it: lib/vty.c, `vtysh_read`."""
SUCCESS = 0
_QUESTION = re.compile(r"show [a-z0-9][ -~]* json")
_DAEMON = re.compile(r"[a-z0-9]+d")
_CHUNK = 65536


def question(argv: Sequence[str]) -> tuple[str, str] | None:
    """Return the daemon and the command where `argv` is of the kind that changes nothing, else None."""
    if len(argv) != 5 or [*argv[:2], argv[3]] != ["vtysh", "-d", "-c"]:
        return None
    asked = _DAEMON.fullmatch(argv[2]) and _QUESTION.fullmatch(argv[4])
    return (argv[2], argv[4]) if asked else None


async def ask(run: str, argv: Sequence[str], timeout: float) -> tuple[int, bytes, bytes] | None:
    """Return the code, stdout and stderr of `argv` where a daemon below the folder `run` gives a plain answer.

    None where `argv` is no such question, or the daemon is not there or answers with anything but success: vtysh then
    has the words for it. At the time limit (seconds) the code is that of a command that was ended there.
    """
    asked = question(argv)
    connection = asked and _connect(run, asked[0])
    if not asked or not connection:
        return None
    with connection:
        try:
            said = await asyncio.wait_for(_talk(connection, asked[1]), timeout)
        except asyncio.TimeoutError:
            return TIMED_OUT, b"", b""
        except OSError:
            return None
    return None if said is None else (0, said, b"")


async def _talk(connection: socket.socket, command: str) -> bytes | None:
    """Return what the daemon says to `command`, None where it is no success, too long or broken off."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, command.encode() + b"\0")
    said = bytearray()
    while len(said) <= OUTPUT_LIMIT:
        data = await loop.sock_recv(connection, _CHUNK)
        if not data:
            return None
        said += data
        if said[-len(END) - 1 : -1] == END:
            return bytes(said[: -len(END) - 1]) if said[-1] == SUCCESS else None
    return None


def _connect(run: str, daemon: str) -> socket.socket | None:
    """Return a connection with a daemon's own socket; a link that a learner put there is not followed."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.setblocking(False)
    with suppress(OSError), ExitStack() as opened:
        folder = os.open(run, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        opened.callback(os.close, folder)
        frr = os.open("frr", os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        opened.callback(os.close, frr)
        place = os.open(f"{daemon}.vty", os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=frr)
        opened.callback(os.close, place)
        if stat.S_ISSOCK(os.fstat(place).st_mode):
            connection.connect(f"/proc/self/fd/{place}")
            return connection
    connection.close()
    return None
