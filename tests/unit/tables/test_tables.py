"""Tables of a network: text and HTML of the same cells, within 80 columns on a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from netdojo import tables
from netdojo.cli import looking, speaking
from netdojo.model import Interface, ListedState, Listener, NetworkDetail, NetworkListed, NodeDetail, NodeState, Process

LONG = "/usr/lib/frr/bgpd -d -F datacenter -A 127.0.0.1 --log file:/var/log/frr/bgpd.log -M bmp"
LEAF = NodeDetail(
    state=NodeState.stopped,
    ended=("zebra",),
    memory=12_400_000,
    interfaces=(
        Interface(
            name="eth1",
            state="no carrier",
            mtu=9500,
            mac="aa:c1:ab:d8:58:9a",
            peer="spine1:eth1",
            addresses=("192.168.100.200/24", "fe80::a8c1:abff:fed8:589a/64"),
        ),
        Interface(name="lo", state="up", mtu=65536, mac="", addresses=()),
    ),
    ports=(Listener(protocol="tcp", address="::", port=179, program="bgpd"),),
    processes=(Process(pid=7, name="<b>\x1b[2J", command=LONG, memory=3_000_000),),
)
DETAIL = NetworkDetail(name="pair", runtime="namespaces", uptime=1, idle=1, memory=1, nodes={"leaf1": LEAF})


def listed(name: str, home: str, idle: float | None = 3.0) -> NetworkListed:
    return NetworkListed(
        name=name,
        runtime="containerlab",
        home=Path(home),
        user="root",
        state=ListedState.running,
        uptime=4000,
        idle=idle,
        memory=181_000_000,
    )


def test_nodes_row_says_what_ended_and_what_is_up() -> None:
    """State, memory, links of the topology that are up, processes, ports."""
    assert [["leaf1", "stopped: zebra ended", "12 MB", "0 of 1", "1", "tcp/179"]] == tables.of_network(DETAIL).rows


def test_text_is_in_columns() -> None:
    """A cell of several lines becomes one, and nothing stands at a line's end."""
    shown = tables.text(tables.of_node(LEAF)[0])

    assert "Interfaces\nname  state       mtu    link to      mac and addresses" in shown
    assert "aa:c1:ab:d8:58:9a, 192.168.100.200/24, fe80::a8c1:abff:fed8:589a/64" in shown
    assert all(line == line.rstrip() for line in shown.splitlines())


def test_html_is_escaped() -> None:
    """What a process calls itself is text."""
    shown = tables.html(tables.of_node(LEAF)[2])

    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown
    assert "<caption>Processes</caption>" in shown


def test_terminals_80_columns_are_enough(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every table folds into 80 columns, loses nothing, and what a process calls itself moves no cursor."""
    monkeypatch.setattr(speaking, "out", Console(width=80, highlight=False, soft_wrap=True, emoji=False))
    both = [listed("netmiko-first-contact", "/home/a"), listed("x", "/home/b", None)]
    looking.show(tables.of_network(DETAIL), *tables.of_node(LEAF), *tables.of_homes(both))
    shown = capsys.readouterr().out

    assert max(map(len, shown.splitlines())) <= 80
    assert "\x1b" not in shown
    for word in (
        "fe80::a8c1:abff:fed8:589a/64",
        "192.168.100.200/24",
        "1 h 6 min",
        "/home/b (root)",
        "bmp",
        "\\x1b[2J",
    ):
        assert word in shown, word


def test_homes_have_a_table_each() -> None:
    """A network of another home stands under that home's name; what cannot be asked has a dash."""
    found = tables.of_homes([listed("a", "/one"), listed("b", "/one"), listed("a", "/two", None)])

    assert [("/one (root)", 2), ("/two (root)", 1)] == [(table.title, len(table.rows)) for table in found]
    assert tables.DASH == found[1].rows[0][4]
