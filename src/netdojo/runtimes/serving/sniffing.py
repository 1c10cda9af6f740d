"""A program by itself: writes what passes an interface to stdout, as a pcap file, until its stdin ends.

    sniffing.py INTERFACE FILTER COUNT

It is run on a node's network. libpcap does the work, by the same calls as in tcpdump, which itself may leave packets
unread when it is told to end. Each thing it has to say is a JSON object on a line of stderr: `listening` when no packet
will be missed any more, `refused` with libpcap's own words when it cannot begin or go on, `dropped` at the end. When
stdin ends, what came until then is written before it ends too.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
from typing import Any, NoReturn

LIBRARIES = ("libpcap.so.0.8", "libpcap.so.1", "libpcap.so")
SNAPSHOT = 262144
"""Bytes kept of a packet, which is all of it."""
RING = 32 * 1024 * 1024
"""Bytes of packets that may wait in the kernel."""
NETMASK_UNKNOWN = 0xFFFFFFFF


class Program(ctypes.Structure):
    """A compiled filter: `struct bpf_program`."""

    _fields_ = (("length", ctypes.c_uint), ("instructions", ctypes.c_void_p))


class Counts(ctypes.Structure):
    """What passed the filter, and what of it was lost: `struct pcap_stat`."""

    _fields_ = (("received", ctypes.c_uint), ("dropped", ctypes.c_uint), ("dropped_by_interface", ctypes.c_uint))


class Time(ctypes.Structure):
    """`struct timeval`."""

    _fields_ = (("seconds", ctypes.c_long), ("microseconds", ctypes.c_long))


def say(**message: Any) -> None:
    os.write(2, json.dumps(message).encode() + b"\n")


def refuse(what: str, said: bytes) -> NoReturn:
    """Say what cannot be used, in libpcap's words, and end."""
    say(refused=what, said=said.decode(errors="replace"))
    sys.exit(1)


RESULTS = {
    "create": ctypes.c_void_p,
    "dump_open": ctypes.c_void_p,
    "geterr": ctypes.c_char_p,
    "statustostr": ctypes.c_char_p,
    "get_required_select_timeout": ctypes.POINTER(Time),
}
"""What those calls return that do not return a number."""


def library() -> ctypes.CDLL:
    for name in LIBRARIES:
        try:
            found = ctypes.CDLL(name)
        except OSError:
            continue
        for call, gives in RESULTS.items():
            getattr(found, f"pcap_{call}").restype = gives
        return found
    refuse("library", b"libpcap is not installed")


class Sniffer:
    """An interface that is listened on; raises nothing, but ends the program when it cannot be."""

    def __init__(self, interface: str, filter: str) -> None:
        self.pcap = library()
        said = ctypes.create_string_buffer(256)
        self.handle = ctypes.c_void_p(self.pcap.pcap_create(os.fsencode(interface), said))
        if not self.handle:
            refuse("interface", said.value)
        for setting, value in (("snaplen", SNAPSHOT), ("promisc", 1), ("immediate_mode", 1), ("buffer_size", RING)):
            getattr(self.pcap, f"pcap_set_{setting}")(self.handle, value)
        status = self.pcap.pcap_activate(self.handle)
        if status < 0:
            refuse("interface", self.words() or self.pcap.pcap_statustostr(status))
        self.choose(filter)
        self.pcap.pcap_setnonblock(self.handle, 1, said)
        self.file = ctypes.c_void_p(self.pcap.pcap_dump_open(self.handle, b"-"))
        self.pcap.pcap_dump_flush(self.file)

    def words(self) -> bytes:
        return bytes(self.pcap.pcap_geterr(self.handle))

    def choose(self, filter: str) -> None:
        """Let only those packets in that `filter` names."""
        program = Program()
        compiled = self.pcap.pcap_compile(
            self.handle, ctypes.byref(program), os.fsencode(filter), 1, ctypes.c_uint(NETMASK_UNKNOWN)
        )
        if compiled < 0 or self.pcap.pcap_setfilter(self.handle, ctypes.byref(program)) < 0:
            refuse("filter", self.words())

    def write(self, most: int) -> int:
        """Write the packets that wait, at most `most` unless that is 0; return how many there were."""
        written = self.pcap.pcap_dispatch(self.handle, most or -1, self.pcap.pcap_dump, self.file)
        self.pcap.pcap_dump_flush(self.file)
        if written < 0:
            refuse("interface", self.words())
        return int(written)

    def run(self, count: int) -> None:
        """Write packets as they come, until stdin ends or there have been `count` of them, unless that is 0."""
        source = self.pcap.pcap_get_selectable_fd(self.handle)
        written, ending = 0, False
        while not (count and written >= count):
            ready = select.select([source, 0], [], [], 0 if ending else self.patience())[0]
            ending = ending or 0 in ready
            now = self.write(count - written if count else 0)
            written += now
            if ending and not now:
                break

    def patience(self) -> float | None:
        """Return after how many seconds libpcap wants to look by itself: at an interface that is down, for instance."""
        wanted = self.pcap.pcap_get_required_select_timeout(self.handle)
        return wanted.contents.seconds + wanted.contents.microseconds / 1e6 if wanted else None

    def dropped(self) -> int:
        counts = Counts()
        self.pcap.pcap_stats(self.handle, ctypes.byref(counts))
        return int(counts.dropped)


def main() -> None:
    interface, wanted, count = sys.argv[1:]
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sniffer = Sniffer(interface, wanted)
    say(listening=True)
    sniffer.run(int(count))
    say(dropped=sniffer.dropped())


if __name__ == "__main__":
    main()
