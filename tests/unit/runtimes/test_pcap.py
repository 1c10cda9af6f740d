"""Packets of a pcap stream begin and end where they do, however the stream arrives."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from netdojo.runtimes import pcap

NANOSECONDS = 0xA1B23C4D


def stream(order: str = "<", magic: int = 0xA1B2C3D4) -> bytes:
    """Return a header and three packets of 0, 1 and 300 bytes, that were longer by 10 on the wire."""
    header = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 262144, 1)
    packets = (
        struct.pack(f"{order}IIII", 1000 + length, 500000, length, length + 10) + b"x" * length
        for length in (0, 1, 300)
    )
    return header + b"".join(packets)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("step", [1, 7, 24, 1000])
def test_packets_are_whole(order: str, step: int) -> None:
    """In pieces of any size, of either order of bytes: a header, then each packet with its own."""
    records = pcap.Records()
    data = stream(order)
    found = [one for at in range(0, len(data), step) for one in records.feed(data[at : at + step])]

    assert [24, 16, 17, 316] == [len(one) for one in found]
    assert data == b"".join(found)


def test_half_a_packet_waits(tmp_path: Path) -> None:
    """Of a file that was cut short, the packets before the cut are read."""
    file = tmp_path / "cut.pcap"
    file.write_bytes(stream()[:-1])

    assert [(1000.5, 10), (1001.5, 11)] == list(pcap.stamps(file))


def test_time_is_in_seconds(tmp_path: Path) -> None:
    """A file in nanoseconds is read as such."""
    file = tmp_path / "nano.pcap"
    file.write_bytes(stream(">", NANOSECONDS))

    assert [1000.0005, 1001.0005, 1300.0005] == [pytest.approx(time) for time, _ in pcap.stamps(file)]


def test_empty_file_has_no_packets(tmp_path: Path) -> None:
    """What stands for a capture of nothing is a file of its own right."""
    file = tmp_path / "empty.pcap"
    file.write_bytes(pcap.EMPTY)

    assert [] == list(pcap.stamps(file))
    assert [pcap.EMPTY] == list(pcap.Records().feed(pcap.EMPTY))
