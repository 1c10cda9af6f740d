"""What `lab.capture` gives a learner: packets of a link, shown as a table, and the file that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from html import escape
from pathlib import Path
from typing import Protocol

from netdojo.errors import NodeUnreachable, WrongUse
from netdojo.model import Capture, CaptureEnd, Packet
from netdojo.runtimes.packets import packets
from netdojo.runtimes.pcap import EMPTY

SHOWN = 200
"""Packets in a table; all of them are in the file."""
COLUMNS = ("time", "source", "destination", "protocol", "length", "info")


class GoingOn(Protocol):
    """A capture that goes on, and its `result` once it is over."""

    @property
    def result(self) -> Capture: ...
    def wait(self, seconds: float | None = None) -> bool: ...


class Packets:
    """The packets of a place, captured from entering to leaving a `with`; afterwards they are read from `file`.

    As the last expression of a cell they are a table. `len`, indexing and loops give each packet, with its `time` in
    seconds since the first one.
    """

    def __init__(self, place: str, file: Path, capture: AbstractContextManager[GoingOn]) -> None:
        self.file = file
        self.place = place
        self.result: Capture | None = None
        self._capture = capture
        self._open = ExitStack()
        self._going_on: GoingOn | None = None

    def __enter__(self) -> Packets:
        if self._going_on is not None:
            raise WrongUse("these packets are captured already", help="For more of them, call lab.capture again.")
        self._going_on = self._open.enter_context(self._capture)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        if self._going_on is not None:
            self.result = self._going_on.result
        if self.result is not None and self.result.ended in {CaptureEnd.network, CaptureEnd.interface}:
            raise NodeUnreachable(
                f"{self.place} was lost during the capture: {self.result.said or 'the network has ended'}",
                help=f"What came before is in {self.file}.",
            )

    def wait(self, seconds: float | None = None) -> Packets:
        """Wait for `seconds`, or until the capture is over by itself."""
        if self._going_on is not None:
            self._going_on.wait(seconds)
        return self

    def __len__(self) -> int:
        return self._over().packets

    def __iter__(self) -> Iterator[Packet]:
        return iter(self._read(len(self)))

    def __getitem__(self, number: int) -> Packet:
        return self._read(len(self))[number]

    def _over(self) -> Capture:
        if self.result is None:
            raise WrongUse("the packets can be read when the capture is over", help="Read them after the with block.")
        return self.result

    def _read(self, most: int) -> list[Packet]:
        self._over()
        return packets(self.file, most)

    def __repr__(self) -> str:
        if self.result is None:
            return f"a capture at {self.place}, to be used as: with lab.capture(…) as packets:"
        rows = [COLUMNS, *(cells(packet) for packet in self._read(SHOWN))]
        widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS) - 1)]
        lines = ["  ".join([*map(str.ljust, row, widths), row[-1]]) for row in rows]
        return "\n".join([*lines, self.sentence()])

    def _repr_html_(self) -> str:
        """Return the table; everything in it comes from a network and is escaped."""
        if self.result is None:
            return f"<p>{escape(repr(self))}</p>"
        head = "".join(f"<th>{name}</th>" for name in COLUMNS)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells(packet)) + "</tr>"
            for packet in self._read(SHOWN)
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>{escape(self.sentence())}</p>"

    def sentence(self) -> str:
        """Return how many packets there are, what is not shown or was lost, and where they are."""
        found = self._over()
        shown = f", the first {SHOWN} are shown" if found.packets > SHOWN else ""
        lost = f"; {found.dropped} more came faster than they could be taken" if found.dropped else ""
        full = "; the file was full" if found.ended is CaptureEnd.full else ""
        return f"{found.counted} at {found.place}{shown}{lost}{full}. For Wireshark: {self.file}"


def cells(packet: Packet) -> tuple[str, ...]:
    return (
        f"{packet.time:.6f}",
        packet.source,
        packet.destination,
        packet.protocol,
        str(packet.length),
        packet.info,
    )


class Nothing:
    """A capture where none can be made: it is over at once, and its file has no packets."""

    def __init__(self, place: str, filter: str, file: Path) -> None:
        file.write_bytes(EMPTY)
        self.result = Capture(
            place=place, filter=filter, file=file, packets=0, bytes=len(EMPTY), dropped=0, ended=CaptureEnd.asked
        )

    def wait(self, seconds: float | None = None) -> bool:  # noqa: ARG002  # as a capture has it
        return True
