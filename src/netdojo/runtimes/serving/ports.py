"""The ports on which a node listens, from the kernel's own tables, and whose they are."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

LISTENING = {"tcp": "0A", "udp": "07"}
"""The state of a socket that waits for whoever comes, by protocol; include/net/tcp_states.h."""
_SOCKET = re.compile(r"socket:\[(\d+)\]")
_ORDER = sys.byteorder


def listeners(pid: int, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return where the network of `pid` listens, in the shape of the noun Listener.

    `names` are the processes that may be the ones that listen, each with its name.
    """
    owners = {inode: name for number, name in sorted(names.items(), reverse=True) for inode in sockets(number)}
    found = {
        (protocol, address, port, owners.get(inode, ""))
        for protocol in LISTENING
        for address, port, inode in table(pid, protocol)
    }
    keys = ("protocol", "address", "port", "program")
    return [dict(zip(keys, one, strict=True)) for one in sorted(found, key=lambda one: (one[0], one[2], one[1]))]


def table(pid: int, protocol: str) -> Iterator[tuple[str, int, str]]:
    """Yield (address, port, inode) of each socket that listens, of both families."""
    for family in ("", "6"):
        with suppress(OSError), open(f"/proc/{pid}/net/{protocol}{family}") as file:
            next(file)
            for row in map(str.split, file):
                address, _, port = row[1].partition(":")
                if row[3] == LISTENING[protocol] and int(port, 16):
                    yield readable(address), int(port, 16), row[9]


def readable(address: str) -> str:
    """Return an address of the kernel's tables, words of 32 bits in this machine's order, as people write it."""
    words = [int(address[at : at + 8], 16) for at in range(0, len(address), 8)]
    packed = b"".join(word.to_bytes(4, _ORDER) for word in words)
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)


def sockets(pid: int) -> Iterator[str]:
    """Yield the inode of each socket that a process holds."""
    with suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with suppress(OSError):
                held = _SOCKET.fullmatch(os.readlink(f"/proc/{pid}/fd/{name}"))
                if held:
                    yield held[1]
