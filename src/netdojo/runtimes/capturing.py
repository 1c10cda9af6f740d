"""Captures the packets of a link: a program beside the node sees them, and this side writes the file."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from netdojo import atomic_files, places
from netdojo.errors import HostNotReady, NodeUnreachable, NotFound, WrongUse
from netdojo.model import Capture, CaptureEnd, Network
from netdojo.runtimes import ask, packages, pcap, plugins
from netdojo.runtimes.serving import sniffing
from netdojo.runtimes.serving.control import Stream, require_node
from netdojo.runtimes.serving.streaming import CODE, OUT

DEADLINE = 10.0
"""Seconds that a capture may take to listen, and to end once it is asked to."""
EVERYWHERE = "any"
"""The name by which all interfaces of a node are listened on at once."""
EXAMPLES = "for example: 'icmp', 'tcp port 179', 'host 10.0.0.1 and not arp'; all of it: man pcap-filter"


@contextmanager
def capture(
    network: Network, place: str, filter: str, to: Path | int, count: int | None, most: int
) -> Iterator[Capturing]:
    """Listen at `place` and write to the file or descriptor `to`; as `netdojo.runtimes.capture`."""
    packages.require(packages.FOR_CAPTURES)
    node, interface = parse(place)
    require_node(network, node)
    require_interface(network, node, interface)
    with opened(to) as descriptor:
        # Without `site` and the user's paths: the program needs the standard library alone, and starts sooner.
        words = [sys.executable, "-I", "-S", sniffing.__file__, interface, filter, str(count or 0)]
        stream = plugins.runtime(network.runtime).stream(network, node, words)
        capturing = Capturing(stream, descriptor, most)
        try:
            capturing.begin()
            if not capturing.listens:
                raise not_begun(network, place, filter, capturing)
            yield capturing
        finally:
            capturing.end()
            capturing.result = capturing.so_far(place, filter, to if isinstance(to, Path) else None, count)
            if capturing.error:
                raise not_written(capturing.error, to)


def not_begun(network: Network, place: str, filter: str, capturing: Capturing) -> Exception:
    """Return the error of a capture that does not listen, in the words of what refused it."""
    node, interface = parse(place)
    if capturing.refused == "filter":
        return WrongUse(f"the filter {filter!r} cannot be used: {capturing.said}", help=EXAMPLES)
    return NodeUnreachable(
        f"{place} cannot be captured: {capturing.said}",
        help=f"look at it with `netdojo lab exec {network.name} {node} -- ip link show {interface}`",
    )


def not_written(error: OSError, to: Path | int) -> Exception:
    """Return the error of a file that took no more."""
    if isinstance(to, int):
        return error
    error.filename = str(to)
    if error.errno in places.NO_ROOM:
        return HostNotReady(f"cannot write {to}: {error.strerror}", help="Free some room, or name another file.")
    return places.refusal(error, [str(to)]) or error


def parse(place: str) -> tuple[str, str]:
    """Return the node and interface of `leaf1:eth1`; raises WrongUse."""
    node, colon, interface = place.partition(":")
    if not (node and colon and interface):
        raise WrongUse(f"a place must be NODE:INTERFACE (got {place!r})", help="for example: leaf1:eth1")
    return node, interface


def require_interface(network: Network, node: str, interface: str) -> None:
    """Raise NotFound, with the near name, unless `node` has `interface`."""
    names = [one["ifname"] for one in json.loads(ask(network, node, ["ip", "-j", "link"]).stdout or "[]")]
    if interface not in (*names, EVERYWHERE):
        raise NotFound(f"interface of {node}", interface, [*names, EVERYWHERE])


@contextmanager
def opened(to: Path | int) -> Iterator[int]:
    """Give a descriptor to write to. A file that is there is emptied by the first word that is written.

    Raises what says that the file cannot be written. When the capture cannot begin, nothing is left of a new file.
    """
    if isinstance(to, int):
        yield to
        return
    new = not to.exists()
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, atomic_files.PRIVATE)
        if new and not os.geteuid():
            around = to.absolute().parent.stat()
            os.fchown(descriptor, around.st_uid, around.st_gid)
    except OSError as error:
        raise places.refusal(error, [str(to)]) or error from error
    try:
        yield descriptor
    finally:
        empty = new and not os.fstat(descriptor).st_size
        os.close(descriptor)
        if empty:
            to.unlink(missing_ok=True)


class Capturing:
    """A capture that goes on: `packets` and `bytes` are what it has so far; `result` what it had when it was over."""

    result: Capture

    def __init__(self, stream: Stream, descriptor: int, most: int) -> None:
        self.packets = 0
        self.bytes = 0
        self.error: OSError | None = None
        self._stream = stream
        self._descriptor = descriptor
        self._most = most
        self._full = False
        self._records = pcap.Records()
        self._heard = b""
        self._said: dict[str, Any] = {}
        self._code: int | None = None
        self._begun = threading.Event()
        self._over = threading.Event()
        self._reader = threading.Thread(target=self._read, name="capture", daemon=True)

    @property
    def listens(self) -> bool:
        return "listening" in self._said

    @property
    def refused(self) -> str:
        """What could not be used: filter, interface or library."""
        return str(self._said.get("refused", ""))

    @property
    def said(self) -> str:
        """Why the capture could not begin, or not go on."""
        rest = self._heard.decode(errors="replace").strip()
        return self._said.get("said") or rest or f"it does not listen after {DEADLINE:.0f} s"

    def begin(self) -> None:
        """Return when no packet will be missed any more, or when it is clear that this cannot be."""
        self._reader.start()
        self._begun.wait(DEADLINE)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the capture is over by itself, `seconds` at most; return whether it is."""
        return self._over.wait(seconds)

    def end(self) -> None:
        """Return when all that has been seen until now is written; who takes no more of it is not waited for."""
        self._stream.finish()
        self._over.wait(DEADLINE)
        self._stream.close()
        self._reader.join(DEADLINE)
        if not self._reader.is_alive():
            self._stream.release()

    def so_far(self, place: str, filter: str, file: Path | None, count: int | None) -> Capture:
        return Capture(
            place=place,
            filter=filter,
            file=file,
            packets=self.packets,
            bytes=self.bytes,
            dropped=self._said.get("dropped", 0),
            ended=self._reason(count),
            said=self.said if self._code else "",
        )

    def _reason(self, count: int | None) -> CaptureEnd:
        if self._full:
            return CaptureEnd.full
        if self._code is None and self.error is None:
            return CaptureEnd.network
        if self._code:
            return CaptureEnd.interface
        return CaptureEnd.counted if count and self.packets >= count else CaptureEnd.asked

    def _read(self) -> None:
        """Take what the program says until it ends, or until what it says cannot be written."""
        try:
            for kind, data in self._stream:
                if kind == OUT:
                    self._keep(data)
                elif kind == CODE:
                    self._code = int(data)
                else:
                    self._hear(data)
        except OSError as error:
            self.error = error
            self._stream.finish()
        finally:
            self._begun.set()
            self._over.set()

    def _hear(self, data: bytes) -> None:
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            with suppress(ValueError):
                self._said.update(json.loads(line))
        if self.listens:
            self._begun.set()

    def _keep(self, data: bytes) -> None:
        """Write the packets that are whole, up to the limit of bytes."""
        kept = []
        room = self._most - self.bytes
        for record in self._records.feed(data):
            room -= len(record)
            self._full = self._full or room < 0
            if self._full:
                self._stream.finish()
                break
            kept.append(record)
        if not kept:
            return
        whole = b"".join(kept)
        if not self.bytes:
            with suppress(OSError):  # a pipe has nothing to be emptied of
                os.ftruncate(self._descriptor, 0)
        self._write(whole)
        self.packets += len(kept) - (not self.bytes)
        self.bytes += len(whole)

    def _write(self, whole: bytes) -> None:
        """Write all of it, or nothing of it: a file that ends in half a packet is no good to anybody."""
        left = memoryview(whole)
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self.bytes)
            raise
