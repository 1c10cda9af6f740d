"""Any packet has its line in the table, and none of them can do anything to who reads it."""

from __future__ import annotations

import socket
import struct
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from netdojo.model import Packet
from netdojo.runtimes.packets import LONGEST, packets, printable

GOLDEN = Path(__file__).parent / "golden" / "packets.txt"


def ethernet(kind: int, payload: bytes) -> bytes:
    return b"\x01\x80\xc2\0\0\0" + b"\2\0\0\0\0\1" + struct.pack("!H", kind) + payload


def ipv4(protocol: int, payload: bytes) -> bytes:
    ends = (socket.inet_aton("10.0.0.1"), socket.inet_aton("10.0.0.2"))
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0, *ends) + payload


def udp(source: int, destination: int, payload: bytes) -> bytes:
    return struct.pack("!HHHH", source, destination, 8 + len(payload), 0) + payload


def tcp(destination: int, payload: bytes) -> bytes:
    return struct.pack("!HHIIBBHHH", 5000, destination, 1, 1, 0x50, 0x18, 100, 0, 0) + payload


PING = ipv4(1, b"\x08\0\0\0\0\1\0\1")
QUESTION = struct.pack("!HHHHHH", 1, 0x100, 1, 0, 0, 0) + b"\x03foo\x03bar\0\0\1\0\1"
WHO_HAS = struct.pack("!HHBBH6s4s6s4s", 1, 0x800, 6, 4, 1, b"\2\0\0\0\0\1", b"\x0a\0\0\1", b"\0" * 6, b"\x0a\0\0\2")
BRIDGE = b"\x80\0\2\0\0\0\0\1"
SPANNING_TREE = b"\x42\x42\x03" + bytes(5) + BRIDGE + bytes(4) + BRIDGE + b"\x80\1" + b"\0\0\x14\0\2\0\x0f\0"
KEEPALIVE = b"\xff" * 16 + b"\0\x13\4"
PACKETS = [
    ethernet(0x0800, PING),
    ethernet(0x0800, ipv4(17, udp(4000, 53, QUESTION))),
    ethernet(0x0800, ipv4(17, udp(4000, 4789, b"\x08\0\0\0\0\0\x64\0" + ethernet(0x0800, PING)))),
    ethernet(0x0800, ipv4(6, tcp(179, KEEPALIVE))),
    ethernet(0x0800, ipv4(6, tcp(80, b"GET /<b> HTTP/1.1\r\nHost: \x1b[31mx\r\n\r\n"))),
    ethernet(0x0800, ipv4(89, b"\2\1\0\x2c" + bytes(40))),
    ethernet(0x86DD, b"\x60\0\0\0\0\x08\x11\x40" + bytes(15) + b"\1" + bytes(15) + b"\2" + udp(1, 2, b"")),
    ethernet(0x0806, WHO_HAS),
    ethernet(0x8100, struct.pack("!HH", 10, 0x0800) + PING),
    ethernet(0x8100, struct.pack("!HHHH", 10, 0x8100, 20, 0x0806) + WHO_HAS),
    ethernet(0x8847, struct.pack("!I", (16 << 12) | (1 << 8) | 64) + PING),
    ethernet(len(SPANNING_TREE), SPANNING_TREE),
    ethernet(0x88CC, b"\x02\x07\x04\2\0\0\0\0\1\x04\x05\x05eth1\x06\x02\0\x78\x0a\x05leaf1\0\0"),
    ethernet(0x1234, b"<script>alert(1)</script>"),
    ethernet(0x0800, b"\x45"),
    b"\1\2",
]


def write(file: Path, contents: list[bytes]) -> Path:
    """Write a pcap file of Ethernet, a packet a second."""
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    records = (struct.pack("<IIII", 100 + at, 5, len(one), len(one)) + one for at, one in enumerate(contents))
    file.write_bytes(header + b"".join(records))
    return file


def line(packet: Packet) -> str:
    return " | ".join(str(value) for value in dict(packet).values())


CUT_HEADER = "[length 1 < 20] (invalid)"
"""What tcpdump 4.99.5 says of a header that was cut, where 4.99.3 says [|ip]."""


def test_packets_in_short(tmp_path: Path) -> None:
    """Addresses, protocol and tcpdump's words, for packets of many kinds and for broken ones."""
    found = packets(write(tmp_path / "many.pcap", PACKETS), 1000)

    told = "".join(f"{line(packet)}\n" for packet in found)
    assert GOLDEN.read_text() == told.replace(CUT_HEADER, "[|ip]")


def test_first_packets_alone(tmp_path: Path) -> None:
    """No more than are asked for are read."""
    found = packets(write(tmp_path / "many.pcap", PACKETS), 2)

    assert [(1, 0.0), (2, 1.0)] == [(packet.number, packet.time) for packet in found]


@settings(max_examples=20, deadline=None)
@given(contents=st.lists(st.binary(max_size=200) | st.binary(max_size=200).map(PACKETS[0].__add__), max_size=30))
def test_any_packet_has_its_line(contents: list[bytes]) -> None:
    """Whatever the bytes, each packet is there with its length, and what is said of it is printable."""
    with tempfile.TemporaryDirectory() as folder:
        found = packets(write(Path(folder) / "any.pcap", contents), 1000)

    assert [len(one) for one in contents] == [packet.length for packet in found]
    assert all(text.isprintable() for one in found for text in (one.source, one.destination, one.protocol, one.info))
    assert all(len(packet.info) <= LONGEST for packet in found)


def test_terminal_is_told_nothing() -> None:
    """What a terminal would take for a command is shown as what it is."""
    assert "\\x1b[31m\\u202eäß" == printable("\x1b[31m\u202eäß")
