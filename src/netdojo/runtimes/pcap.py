"""The frame of a pcap file: where each packet of a stream begins and ends."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

HEADER = 24
RECORD = 16
_CHUNK = 1 << 20
_LITTLE_ENDIAN = (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1")
_NANOSECONDS = (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")

EMPTY = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
"""A file of Ethernet without packets."""


class Records:
    """Splits what comes of a pcap file into its header and whole packets."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._order = ""
        self._fraction = 1e-6

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` makes whole: first the file's header, then each packet with its own."""
        self._waiting += data
        while len(self._waiting) >= self._next():
            whole = bytes(self._waiting[: self._next()])
            del self._waiting[: len(whole)]
            if not self._order:
                self._order = "<" if whole[:4] in _LITTLE_ENDIAN else ">"
                self._fraction = 1e-9 if whole[:4] in _NANOSECONDS else 1e-6
            yield whole

    def _next(self) -> int:
        """Return how many bytes the next whole thing has, as far as that is known."""
        if not self._order:
            return HEADER
        if len(self._waiting) < RECORD:
            return RECORD
        (kept,) = struct.unpack_from(f"{self._order}I", self._waiting, 8)
        return RECORD + int(kept)

    def stamp(self, record: bytes) -> tuple[float, int]:
        """Return a packet's time (seconds since 1970) and its length on the wire (bytes)."""
        seconds, fraction, _, length = struct.unpack_from(f"{self._order}4I", record)
        return seconds + fraction * self._fraction, length


def stamps(file: Path) -> Iterator[tuple[float, int]]:
    """Yield the time and length of each packet of a pcap file, as far as it is whole."""
    records = Records()
    with file.open("rb") as opened:
        whole = (one for data in iter(lambda: opened.read(_CHUNK), b"") for one in records.feed(data))
        for record in islice(whole, 1, None):
            yield records.stamp(record)
