"""The table of packets is safe to show, whatever the packets hold, and never longer than a page."""

from __future__ import annotations

import struct
from contextlib import nullcontext
from pathlib import Path

from netdojo.notebook import packets as shown
from netdojo.notebook.packets import Nothing, Packets

REQUEST = b"GET /<script>alert(1)</script> HTTP/1.1\r\n\r\n"


def captured(folder: Path, count: int) -> Packets:
    """Return packets as after a capture: HTTP requests of somebody who means no good."""
    segment = struct.pack("!HHIIBBHHH", 5000, 80, 1, 1, 0x50, 0x18, 100, 0, 0) + REQUEST
    packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 1, 0, 64, 6, 0, b"\x0a\0\0\1", b"\x0a\0\0\2")
    frame = bytes(12) + b"\x08\0" + packet + segment
    file = folder / "requests.pcap"
    over = Nothing("leaf1:eth1", "", file)
    over.result = over.result.model_copy(update={"packets": count, "dropped": 7})
    with file.open("ab") as opened:
        opened.write(count * (struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame))
    with Packets("leaf1:eth1", file, nullcontext(over)) as found:
        return found


def test_table_holds_no_markup_of_the_network(tmp_path: Path) -> None:
    """A packet's content is text in HTML."""
    found = captured(tmp_path, 1)

    assert "&lt;script&gt;" in found._repr_html_()
    assert "<script>" not in found._repr_html_()
    assert "HTTP" == found[0].protocol


def test_long_captures_are_cut(tmp_path: Path) -> None:
    """The first packets are shown; how many there are, and what was lost, is said; a loop sees all of them."""
    found = captured(tmp_path, shown.SHOWN + 1)

    assert shown.SHOWN == found._repr_html_().count("<tr><td>")
    assert f"{shown.SHOWN + 1} packets at leaf1:eth1, the first {shown.SHOWN} are shown; 7 more came" in repr(found)
    assert shown.SHOWN + 1 == len(list(found)) == found[-1].number
