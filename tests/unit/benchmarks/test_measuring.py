"""What benchmarks work out of what they read: the kernel's tables, spreads, tables and plots."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

import deploy
import grade
import growth
from measuring import convergence, figures, plot
from measuring.fabrics import write_fabric, write_hosts
from netdojo.content import read_topology

TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 10.0.0.1
        /32 host LOCAL
     |-- 10.0.0.9
        /32 link UNICAST
     |-- 127.0.0.1
        /32 host LOCAL
     |-- 172.20.20.5
        /32 host LOCAL
""".splitlines()
ROWS = """eth0\t001414AC\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
eth1\t0900000A\t00000000\t0007\t0\t0\t0\tFFFFFFFF\t0\t0\t0
eth0\t00000000\t011414AC\t0003\t0\t0\t0\t00000000\t0\t0\t0""".splitlines()
SPREAD = {"minimum": 1.0, "median": 2.0, "maximum": 4.0}
ONE = {
    "nodes": 6,
    "links": 8,
    "seconds": {"netdojo": dict.fromkeys(deploy.FIGURES, SPREAD), "containerlab": {"ready": SPREAD}},
    "megabytes_a_router": SPREAD,
}


def test_loopback_is_the_address_of_no_network() -> None:
    """The management address, which a container has before its router is configured, is none."""
    assert ["10.0.0.1", "172.20.20.5"] == list(convergence.own_addresses(TRIE))
    assert "10.0.0.1" == convergence.loopback_of(TRIE, ROWS)
    assert "" == convergence.loopback_of(TRIE[8:], ROWS)


def test_host_routes_are_those_of_a_whole_mask() -> None:
    """Networks and the default route are none."""
    assert {"10.0.0.9"} == convergence.host_routes(ROWS)


def test_fabric_is_what_its_name_says(tmp_path: Path) -> None:
    """Every leaf is cabled to every spine; the leaves are those with the fewest links."""
    topology = read_topology(write_fabric(tmp_path, 2, 3))

    assert (5, 6) == (len(topology.nodes), len(topology.links))
    assert ["leaf1", "leaf2", "leaf3"] == convergence.leaves(topology)


def test_hosts_are_in_racks(tmp_path: Path) -> None:
    """51 hosts are in two racks: their switches, and one more that joins them."""
    topology = read_topology(write_hosts(tmp_path, 51))

    assert (51 + 2 + 1, 51 + 2) == (len(topology.nodes), len(topology.links))


@pytest.mark.parametrize(
    ("value", "target", "at_least", "said"),
    [
        (8.1, 8.0, True, " (target: at least 8)"),
        (7.9, 8.0, True, " (target: at least 8, missed)"),
        (25.1, 25.0, False, " (target: at most 25, missed)"),
        (1.0, None, True, ""),
    ],
)
def test_target_stands_beside_the_figure(value: float, target: float | None, at_least: bool, said: str) -> None:
    """And says when it is missed."""
    assert said == figures.beside(value, target, at_least=at_least)


def test_table_has_a_row_a_side() -> None:
    """What was not measured of the peer is a dash."""
    *_, mine, peer = growth.table([ONE])

    assert "| 6 | 8 | netdojo | 2.0 (1.0 to 4.0) | 2.0 (1.0 to 4.0) | 2.0 (1.0 to 4.0) | 2.0 (1.0 to 4.0) |" == mine
    assert "| 6 | 8 | containerlab | 2.0 (1.0 to 4.0) | – | – | – |" == peer


def test_plot_is_an_svg_with_every_line() -> None:
    """A panel a figure, a line a name, told apart by its dashes."""
    drawing = ElementTree.fromstring(plot.svg("Growth", growth.panels([ONE])))
    words = {element.text for element in drawing.iter("{http://www.w3.org/2000/svg}text")}

    assert {"ready", "converged", "destroyed", "memory"} <= words
    assert 4 == len(list(drawing.iter("{http://www.w3.org/2000/svg}polyline")))


@pytest.mark.parametrize(("top", "step"), [(4.0, 1.0), (0.9, 0.2), (26.0, 10.0), (5.0, 1.0)])
def test_lines_across_are_at_round_numbers(top: float, step: float) -> None:
    """No more of them than fit."""
    assert step == pytest.approx(plot.mark(top))


@pytest.mark.parametrize(
    ("median", "times", "said"),
    [
        (
            3.0,
            1.4,
            ["grading adds 3.0 s (target: at most 4)", "nbgrader takes 1.40 times as long (target: at least 1)"],
        ),
        (
            4.5,
            0.9,
            [
                "grading adds 4.5 s (target: at most 4, missed)",
                "nbgrader takes 0.90 times as long (target: at least 1, missed)",
            ],
        ),
        (3.0, None, ["grading adds 3.0 s (target: at most 4)", "nbgrader was not measured"]),
    ],
)
def test_overhead_and_peer_have_targets(median: float, times: float | None, said: list[str]) -> None:
    """Both can be missed, and a peer that was not measured is said to be so."""
    found = {
        "seconds": {"overhead": {**SPREAD, "median": median}},
        "peer": times and {"ratio": times},
        "targets": {"overhead": 4.0, "ratio": 1.0},
    }

    assert said == list(grade.lines(found))
