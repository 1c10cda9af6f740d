"""netdojo lab capture: a file that is whole however it ends, and packets on stdout for another program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from netdojo import places, runtimes
from netdojo.content import find_course, find_lab, read_topology
from netdojo.model import Network
from netdojo.runtimes import pcap

from .conftest import Trial

COURSE = Path(__file__).parents[3]
SLUG = "netmiko-first-contact"
NETDOJO = [sys.executable, "-c", "from netdojo.cli import app; app()", "lab"]
CAPTURE = [*NETDOJO, "capture", SLUG, "leaf1:eth1"]


@pytest.fixture(scope="module", autouse=True)
def lab(session_home: Path) -> Iterator[Network]:
    """The lab's network."""
    found = find_lab(find_course(COURSE), SLUG)
    network = runtimes.deploy(read_topology(found.topology_file), name=SLUG, overlay=found.start, runtime="namespaces")
    yield network
    runtimes.destroy(network)


def whole(data: bytes) -> int:
    """Return how many packets there are, if the data ends where a packet does."""
    found = list(pcap.Records().feed(data))
    assert len(data) == sum(map(len, found))
    return len(found) - 1


def run(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*CAPTURE, *words], capture_output=True, timeout=60, check=False)


def test_nobody_else_may_read_what_was_captured(tmp_path: Path) -> None:
    """Packets hold what was typed and sent: a new file is its owner's, one that is there keeps its mode."""
    new, old = tmp_path / "new.pcap", tmp_path / "old.pcap"
    old.touch(0o644)
    for file in (new, old):
        assert 0 == run("--output", str(file), "--count", "1").returncode
    assert (0o600, 0o644) == (new.stat().st_mode & 0o777, old.stat().st_mode & 0o777)


def test_interrupt_ends_it_cleanly(tmp_path: Path, trial: Trial) -> None:
    """Ctrl-C is how a capture is meant to end: exit 0, a whole file, and what is in it."""
    file = tmp_path / "leaf1.pcap"
    with subprocess.Popen(
        [*CAPTURE, "--output", str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as going_on:
        trial.wait_until(lambda: file.exists() and file.stat().st_size > pcap.HEADER)
        going_on.send_signal(signal.SIGINT)
        out, err = going_on.communicate(timeout=20)

    assert (0, b"") == (going_on.returncode, err)
    count = whole(file.read_bytes())
    assert f"leaf1:eth1: {count} packet{'s' * (count != 1)} in {file}\n" == out.decode()


def test_terminal_shows_how_many_there_are(tmp_path: Path) -> None:
    """The count goes on while the capture does, and Ctrl-C is named."""
    words = [*CAPTURE[1:], "--output", str(tmp_path / "leaf1.pcap")]
    with pexpect.spawn(CAPTURE[0], words, timeout=30, dimensions=(24, 200)) as terminal:
        terminal.expect(r"leaf1:eth1: [1-9]\d* packets, \d+ bytes; Ctrl-C ends it")
        terminal.sendintr()
        terminal.expect(r"leaf1:eth1: [1-9]\d* packets? in ")
        terminal.expect(pexpect.EOF)
    assert 0 == terminal.exitstatus


def test_packets_go_to_another_program() -> None:
    """`--output -` is a pcap stream and nothing else; what is said goes to stderr."""
    ended = run("--output", "-", "--count", "2")

    assert (0, 2) == (ended.returncode, whole(ended.stdout))
    assert "leaf1:eth1: 2 packets\n" == ended.stderr.decode()


def test_reader_that_has_enough_ends_it() -> None:
    """A program that reads no more, as Wireshark when it is closed, ends the capture without a word."""
    with subprocess.Popen([*CAPTURE, "--output", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as going_on:
        assert going_on.stdout is not None
        assert pcap.HEADER == len(os.read(going_on.stdout.fileno(), pcap.HEADER))
        going_on.stdout.close()
        assert going_on.stderr is not None
        assert b"" == going_on.stderr.read()


def test_file_in_the_workspace_is_named() -> None:
    """Without --output each capture has a file of its own, and --json says all of it."""
    told = [json.loads(run("--json", "--count", "1", "--filter", "tcp or icmp6").stdout) for _ in range(2)]

    files = [Path(one["file"]) for one in told]
    assert {places.workspaces() / SLUG / "captures"} == {file.parent for file in files}
    first, second = (int(file.stem.removeprefix("leaf1-eth1-")) for file in files)
    assert (first + 1, ".pcap") == (second, files[1].suffix)
    assert [("leaf1:eth1", "tcp or icmp6", 1, "counted")] * 2 == [
        (one["place"], one["filter"], one["packets"], one["ended"]) for one in told
    ]


def test_seconds_and_bytes_end_it(tmp_path: Path) -> None:
    """It ends after --seconds; at --max-bytes it says so, as it does when the disk is full."""
    assert 0 == run("--seconds", "0", "--output", str(tmp_path / "a.pcap")).returncode
    assert 0 == whole((tmp_path / "a.pcap").read_bytes())
    ended = run("--max-bytes", "200", "--output", str(tmp_path / "b.pcap"))
    assert (0, True) == (ended.returncode, b"ended at --max-bytes" in ended.stderr)
    ended = run("--output", "/dev/full")
    assert (3, True) == (ended.returncode, b"cannot write /dev/full: No space left on device" in ended.stderr)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--output", "/no/such/folder/a.pcap"], "cannot use /no/such/folder/a.pcap: No such file or directory"),
        (["--output", "/"], "cannot use /: Is a directory"),
        (["--filter", "tcp prt 1"], "the filter 'tcp prt 1' cannot be used"),
        (["--output", "-", "--json"], "packets are not for a terminal, nor for --json"),
    ],
)
def test_wrong_use_is_told_before_anything_starts(words: list[str], said: str) -> None:
    """Exit 2, what is wrong, and the next step."""
    ended = run(*words)

    assert (2, b"") == (ended.returncode, ended.stdout)
    assert said in ended.stderr.decode()


def test_inventory_is_printed_or_written(tmp_path: Path) -> None:
    """Without --output it is on stdout; with it, a file that is for this user alone."""
    words = [*NETDOJO, "inventory", SLUG, "--format"]
    shown = subprocess.run([*words, "netmiko"], capture_output=True, timeout=60, check=True).stdout
    assert 6 == len(json.loads(shown))
    file = tmp_path / "ansible.yml"
    subprocess.run([*words, "ansible", "--output", str(file)], capture_output=True, timeout=60, check=True)
    assert 0o600 == file.stat().st_mode & 0o777
    assert "tier_leaf" in file.read_text()
