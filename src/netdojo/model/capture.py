"""What was captured of a link: the file, and its packets in short."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from pydantic import Field

from netdojo.model.base import Noun


class CaptureEnd(str, Enum):
    """Why a capture is over: its caller had enough, or had named a limit; or the network or interface was gone."""

    asked = "asked"
    counted = "counted"
    full = "full"
    interface = "interface"
    network = "network"


class Capture(Noun):
    """A capture that is over.

    `place` is NODE:INTERFACE, `bytes` the length of what was written, and `dropped` are packets that came faster than
    they could be written. `file` is None when it was written to a descriptor. `said` is why the interface was lost.
    """

    place: str
    filter: str
    file: Path | None
    packets: int = Field(ge=0)
    bytes: int = Field(ge=0)
    dropped: int = Field(ge=0)
    ended: CaptureEnd
    said: str = ""

    @property
    def counted(self) -> str:
        """How many packets there are, in words."""
        return f"{self.packets} packet{'' if self.packets == 1 else 's'}"


class Packet(Noun):
    """A packet in a line. `time` is in seconds since the first of its file, `length` in bytes on the wire."""

    number: int
    time: float
    source: str
    destination: str
    protocol: str
    length: int
    info: str
