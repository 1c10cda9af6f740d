"""In the grader's sandbox a notebook that captures packets goes on, with none."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from netdojo.content import find_course, find_lab, read_topology
from netdojo.model import Network, NodeAccess
from netdojo.notebook.attached import AttachedSession
from netdojo.runtimes import pcap

COURSE = Path(__file__).parents[3]


@pytest.fixture
def session(tmp_path: Path) -> AttachedSession:
    lab = find_lab(find_course(COURSE), "netmiko-first-contact")
    topology = read_topology(lab.topology_file)
    network = Network(
        name=lab.slug,
        runtime="namespaces",
        topology=topology,
        started=datetime(2026, 1, 1, tzinfo=timezone.utc),
        pid=0,
        folder=tmp_path,
        username="admin",
        password="secret",
        access=tuple(NodeAccess(name=node.name, host="127.0.0.1", port=4000) for node in topology.nodes),
    )
    return AttachedSession(lab, tmp_path, network)


def test_capture_is_empty(session: AttachedSession) -> None:
    """It can be entered, left, counted, shown and read as any other, and its file is a pcap file."""
    with session.capture("leaf1:eth1", "icmp") as packets:
        pass

    assert (0, [], "captures") == (len(packets), list(packets), packets.file.parent.name)
    assert pcap.EMPTY == packets.file.read_bytes()
    assert "0 packets at leaf1:eth1" in repr(packets)
    assert "0 packets at leaf1:eth1" in repr(session.capture("leaf1:eth1", seconds=600))


def test_inventory_is_as_in_the_lab(session: AttachedSession) -> None:
    """The tools find the nodes in the sandbox too."""
    assert "leaf4" in session.inventory("ansible").read_text()
