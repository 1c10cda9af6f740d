"""The judge is tested on recorded answers, without a device."""

from __future__ import annotations

from typing import Any

import pytest

from netdojo.checks import Failed, expect_established, expect_next_hops, expect_reachable
from netdojo.checks.showing import normalised, ping_counts
from netdojo.model import Answer

SUMMARY = {
    "ipv4Unicast": {
        "as": 65001,
        "peers": {"eth1": {"state": "Established", "remoteAs": 65000}, "eth2": {"state": "Active", "remoteAs": 65000}},
    }
}
ECMP: dict[str, Any] = {
    "dst": "10.0.0.14",
    "protocol": "bgp",
    "metric": 20,
    "flags": [],
    "nexthops": [
        {"via": {"family": "inet6", "host": "fe80::1"}, "dev": "eth1", "weight": 1, "flags": []},
        {"via": {"family": "inet6", "host": "fe80::2"}, "dev": "eth2", "weight": 1, "flags": []},
    ],
}


def test_every_session_that_is_down_is_named() -> None:
    """The rationale counts, and names each neighbour with its state."""
    with pytest.raises(Failed) as failure:
        expect_established(SUMMARY, interfaces=["eth1", "eth2", "eth3"])

    assert "1 of 3 sessions are established: eth2 is Active, eth3 is not configured" == failure.value.rationale
    assert {"eth1": "Established", "eth2": "Active", "eth3": "not configured"} == failure.value.actual


def test_established_sessions_pass() -> None:
    """Nothing is raised when each neighbour is established."""
    expect_established(SUMMARY, interfaces=["eth1"])


def test_a_neighbour_with_an_address_is_named_by_it() -> None:
    """What FRR calls the neighbour is what is given: an interface, or an address."""
    peers = {"eth1": {"state": "Established"}, "192.0.2.1": {"state": "Established"}, "2001:db8::1": {"state": "Idle"}}
    with pytest.raises(Failed) as failure:
        expect_established({"ipv4Unicast": {"peers": peers}}, interfaces=list(peers))

    assert "2 of 3 sessions are established: 2001:db8::1 is Idle" == failure.value.rationale


@pytest.mark.parametrize("summary", [{}, {"ipv4Unicast": {}}, {"ipv4Unicast": {"peers": None}}, {"warning": "none"}])
def test_summary_without_peers_is_not_established(summary: dict[str, Any]) -> None:
    """A router without neighbours has none that is established."""
    with pytest.raises(Failed, match="0 of 1 sessions"):
        expect_established(summary, interfaces=["eth1"])


def test_both_shapes_of_a_kernel_route_read_alike() -> None:
    """A route over one next hop has the same shape as one over two."""
    single = {"dst": "10.0.0.14", "dev": "eth1", "via": {"family": "inet6", "host": "fe80::1"}, "protocol": "bgp"}

    assert [{"dev": "eth1", "via": "fe80::1"}] == normalised(single)["nexthops"]
    assert ["eth1", "eth2"] == [hop["dev"] for hop in normalised(ECMP)["nexthops"]]


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        (None, "the kernel has no route to leaf4"),
        ({**ECMP, "protocol": "static"}, "the route to 10.0.0.14 is static, not bgp"),
        ({**ECMP, "nexthops": ECMP["nexthops"][:1]}, "leaves by eth1, and must leave by eth1 and eth2"),
        ({**ECMP, "nexthops": []}, "leaves by no interface"),
    ],
)
def test_wrong_route_says_why(route: dict[str, Any] | None, reason: str) -> None:
    """A missing route, another protocol's, and a missing next hop are told apart."""
    judged = {**route, "nexthops": [{"dev": hop["dev"], "via": ""} for hop in route["nexthops"]]} if route else None
    with pytest.raises(Failed, match=reason):
        expect_next_hops(judged, ["eth1", "eth2"], prefix="leaf4")


def test_lost_packets_fail() -> None:
    """One lost packet is too many, and no packet sent is no proof."""
    with pytest.raises(Failed, match="2 of 3 packets to leaf4 were answered"):
        expect_reachable({"target": "leaf4", "sent": 3, "received": 2})
    with pytest.raises(Failed, match="0 of 0 packets"):
        expect_reachable({"target": "leaf4", "sent": 0, "received": 0})


def test_ping_that_could_not_send_received_nothing() -> None:
    """A ping without a route prints no counts: nothing was answered."""
    refused = Answer(code=2, stdout="", stderr="ping: connect: Network is unreachable")
    answered = Answer(code=0, stdout="3 packets transmitted, 3 received, 0% packet loss, time 402ms", stderr="")

    assert {"sent": 3, "received": 0} == ping_counts(refused, 3)
    assert {"sent": 3, "received": 3} == ping_counts(answered, 3)
