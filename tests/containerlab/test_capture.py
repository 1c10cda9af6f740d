"""Packets of a link are captured alike in both runtimes: none is lost, and they are as on a wire."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.errors import NodeUnreachable, WrongUse
from netdojo.model import CaptureEnd, Network, Topology
from netdojo.runtimes import pcap, plugins
from netdojo.runtimes.packets import packets
from netdojo.runtimes.serving import sniffing
from netdojo.runtimes.serving.processes import all_pids
from netdojo.runtimes.serving.streaming import OUT

from .conftest import Trial

GOLDEN = Path(__file__).parents[1] / "errors" / "captures"
MTU = 1500
SENT = 300_000
"""Bytes that are sent over TCP: some hundred segments."""
GIVE = (
    "import socket\nwith socket.create_server(('::', 5001), family=socket.AF_INET6) as server:\n"
    f"    server.accept()[0].sendall(bytes({SENT}))"
)
TAKE = "import socket, sys\nat = socket.create_connection((sys.argv[1], 5001), 10)\nwhile at.recv(65536):\n    pass"
BAD: dict[str, tuple[str, str]] = {
    "no-interface": ("left", ""),
    "another-interface": ("left:eth9", ""),
    "another-node": ("lefd:eth1", ""),
    "filter": ("left:eth1", "tcp prt 179"),
    "filter-of-options": ("left:eth1", "-w /tmp/x"),
    "filter-of-names": ("left:eth1", "tcp port nonsense"),
}


def frames(file: Path) -> Iterator[bytes]:
    """Yield each frame of a pcap file."""
    for record in list(pcap.Records().feed(file.read_bytes()))[1:]:
        yield record[pcap.RECORD :]


def checksum(frame: bytes) -> int:
    """Return the sum that TCP over IPv6 is checked by: 0xffff when it is right."""
    (length,) = struct.unpack("!H", frame[18:20])
    summed = frame[22:54] + struct.pack("!II", length, 6) + frame[54 : 54 + length] + bytes(length % 2)
    total: int = sum(struct.unpack(f"!{len(summed) // 2}H", summed))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def running(word: bytes) -> set[int]:
    """Return the processes that have `word` in their command line."""
    found = set()
    for pid in all_pids():
        with suppress(OSError):
            if word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                found.add(pid)
    return found


def sniffers() -> set[int]:
    """Return the processes that capture for these tests."""
    return running(os.fsencode(sniffing.__file__))


def test_every_packet_is_there(network: Network, tmp_path: Path) -> None:
    """What is sent between entering and leaving is in the file, each time, and what the filter leaves out is not."""
    for count in (1, 1, 1, 50):
        with runtimes.capture(network, "left:lo", "icmp", to=tmp_path / "lo.pcap") as going_on:
            assert runtimes.execute(network, "left", ["ping", "-q", "-i0.01", f"-c{count}", "10.0.0.1"]).ok

        found = packets(tmp_path / "lo.pcap", 1000)
        assert (2 * count, 0, CaptureEnd.asked) == (len(found), going_on.result.dropped, going_on.result.ended)
        assert len(found) == going_on.result.packets
        assert (tmp_path / "lo.pcap").stat().st_size == going_on.result.bytes
        assert {("10.0.0.1", "ICMP")} == {(packet.source, packet.protocol) for packet in found}


def test_packets_are_those_of_a_wire(network: Network, tmp_path: Path, trial: Trial) -> None:
    """No segment is larger than the link lets through, and every checksum is there and right."""
    shown = runtimes.ask(network, "right", ["ip", "-6", "-o", "addr", "show", "eth2", "scope", "link"]).stdout
    (address,) = re.findall(r"fe80\S+(?=/)", shown)

    def taken() -> bool:
        return runtimes.ask(network, "left", ["python3", "-c", TAKE, f"{address}%eth2"]).ok

    with ThreadPoolExecutor() as pool:
        with runtimes.capture(network, "left:eth2", "tcp port 5001", to=tmp_path / "wire.pcap"):
            giving = pool.submit(runtimes.ask, network, "right", ["python3", "-c", GIVE])
            trial.wait_until(taken)
        assert giving.result().ok

    found = list(frames(tmp_path / "wire.pcap"))
    assert SENT < sum(map(len, found))
    assert MTU + 14 == max(map(len, found))
    assert {0xFFFF} == set(map(checksum, found))


@pytest.mark.parametrize("name", BAD)
def test_bad_capture_has_its_golden_message(network: Network, tmp_path: Path, name: str) -> None:
    """A place or filter that is none is told in full, and neither file nor process is left."""
    place, wanted = BAD[name]
    before = sniffers()
    with pytest.raises(WrongUse) as error, runtimes.capture(network, place, wanted, to=tmp_path / "no.pcap"):
        pass

    assert (GOLDEN / f"{name}.txt").read_text() == f"{error.value}\n"
    assert [] == list(tmp_path.iterdir())
    assert before == sniffers()


def test_refused_capture_leaves_the_file_that_is_there(network: Network, tmp_path: Path) -> None:
    """A file from before is written over only by a capture that listens."""
    file = tmp_path / "old.pcap"
    file.write_text("old " * 1000)
    with pytest.raises(WrongUse, match="syntax error"), runtimes.capture(network, "left:eth1", "tcp prt", to=file):
        pass
    assert "old " * 1000 == file.read_text()
    with runtimes.capture(network, "left:lo", "icmp", to=file):
        pass
    assert [pcap.HEADER] == [len(one) for one in pcap.Records().feed(file.read_bytes())]


def test_limits_end_a_capture(network: Network, tmp_path: Path) -> None:
    """After so many packets, or before the file is longer, it is over by itself, and the file is whole."""
    most = 1000
    file = tmp_path / "some.pcap"
    counted = runtimes.capture(network, "left:eth1", to=file, count=3)
    full = runtimes.capture(network, "left:eth1", to=file, most=most)
    for capture, wanted in ((counted, CaptureEnd.counted), (full, CaptureEnd.full)):
        with capture as going_on:
            assert going_on.wait(30)

        assert wanted is going_on.result.ended
        whole = list(pcap.Records().feed(file.read_bytes()))
        assert file.stat().st_size == sum(map(len, whole))
        assert going_on.result.packets == len(whole) - 1
        assert len(whole) == 4 or wanted is CaptureEnd.full
        assert sum(map(len, whole)) <= most


def test_capture_of_a_client_that_was_killed_ends(network: Network, tmp_path: Path, trial: Trial) -> None:
    """Nothing goes on for a client that has gone, and what it had until then is whole."""
    before = sniffers()
    code = (
        "import sys; from pathlib import Path; from netdojo import runtimes\n"
        "with runtimes.capture(runtimes.find(sys.argv[1]), 'left:eth1', to=Path(sys.argv[2])) as going_on:\n"
        "    going_on.wait()"
    )
    file = tmp_path / "killed.pcap"
    with subprocess.Popen([sys.executable, "-c", code, network.name, str(file)]) as client:
        trial.wait_until(lambda: file.exists() and file.stat().st_size > pcap.HEADER)
        assert sniffers() - before
        client.kill()
    trial.wait_until(lambda: sniffers() == before)

    assert file.stat().st_size == sum(map(len, pcap.Records().feed(file.read_bytes())))


def test_program_that_heeds_nobody_ends_with_its_client(network: Network, trial: Trial) -> None:
    """A stream whose program does not end with its stdin is ended when the client has gone; what it said has come."""
    words = ["sh", "-c", "echo begun; exec sleep 978.5"]
    stream = plugins.runtime(network.runtime).stream(network, "left", words)
    assert (OUT, b"begun\n") == next(iter(stream))
    trial.wait_until(lambda: bool(running(b"978.5")))
    stream.close()
    stream.release()
    trial.wait_until(lambda: not running(b"978.5"))


def test_lost_link_is_told(topology: Topology, runtime: str, tmp_path: Path, trial: Trial) -> None:
    """A link that is taken down, an interface that goes, and a network that ends: what came before is kept."""
    deployed = runtimes.deploy(topology, runtime=runtime)
    file = tmp_path / "lost.pcap"
    try:
        assert runtimes.execute(deployed, "left", ["ip", "link", "set", "eth2", "down"]).ok
        with (
            pytest.raises(NodeUnreachable, match="That device is not up"),
            runtimes.capture(deployed, "left:eth2", to=file),
        ):
            pass
        with runtimes.capture(deployed, "left:eth1", to=file) as going_on:
            assert runtimes.execute(deployed, "left", ["ip", "link", "del", "eth1"]).ok
            assert going_on.wait(30)
        assert (CaptureEnd.interface, "The interface disappeared") == (going_on.result.ended, going_on.result.said)
        with runtimes.capture(deployed, "left:lo", "icmp", to=file) as going_on:
            assert runtimes.execute(deployed, "left", ["ping", "-c1", "10.0.0.1"]).ok
            trial.wait_until(lambda: going_on.packets == 2)
            runtimes.destroy(deployed)
            assert going_on.wait(30)
        assert (CaptureEnd.network, 2) == (going_on.result.ended, len(packets(file, 10)))
    finally:
        runtimes.destroy(deployed)
