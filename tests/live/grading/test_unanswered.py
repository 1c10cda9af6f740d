"""A router that the learner broke has failed, one that cannot be asked at all is errored; a stray file harms nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.checks import Failed, load_checks, run_task, show_bgp_asn, show_running_config
from netdojo.content import find_course, find_lab, read_topology
from netdojo.model import Verdict
from netdojo.runtimes.fabric import LiveFabric


def test_a_daemon_that_was_ended_has_failed_and_a_network_that_is_gone_is_errored(course: Path, home: Path) -> None:
    """A killed bgpd is the learner's doing, and said so; the end of the whole network is nobody's."""
    lab = find_lab(find_course(course), "saved")
    checks = load_checks(lab.folder / "checks.py")
    network = runtimes.deploy(read_topology(lab.topology_file), name="broken")
    try:
        runtimes.execute(network, "r1", ["pkill", "-9", "bgpd"])
        broken = run_task("session", checks, fabric=LiveFabric(network))[0]
    finally:
        runtimes.destroy(network)
    gone = run_task("session", checks, fabric=LiveFabric(network))[0]

    assert (Verdict.failed, "r1 does not answer 'show bgp summary json': bgpd is not running") == (
        broken.verdict,
        broken.rationale,
    )
    assert (Verdict.errored, "network 'broken' is not running") == (gone.verdict, gone.rationale)


def test_a_file_beside_the_daemons_sockets_hinders_no_question_about_bgp(course: Path, home: Path) -> None:
    """vtysh can write a file where another daemon would have its socket: bgpd is asked all the same."""
    lab = find_lab(find_course(course), "saved")
    checks = load_checks(lab.folder / "checks.py")
    network = runtimes.deploy(read_topology(lab.topology_file), name="stray")
    try:
        runtimes.execute(network, "r1", ["vtysh", "-c", "output file /run/frr/ospfd.vty"])
        judged = run_task("session", checks, fabric=LiveFabric(network))
        router = LiveFabric(network).device("r1")
        number = show_bgp_asn(router)
        with pytest.raises(Failed, match=r"ospfd\.vty\): Not a socket"):
            show_running_config(router)
    finally:
        runtimes.destroy(network)

    assert {Verdict.passed} == {result.verdict for result in judged}, judged
    assert 65001 == number
