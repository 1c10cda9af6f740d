"""What a device's answer, or the want of one, is to a check: the learner's doing, or nobody's."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from netdojo.checks import (
    Failed,
    ping,
    show_bgp_asn,
    show_bgp_prefixes,
    show_bgp_summary,
    show_json,
    show_kernel_route,
    show_kernel_routes,
)
from netdojo.errors import NodeUnreachable
from netdojo.model import Answer


@dataclass
class Recorded:
    """A device that gives one recorded answer."""

    answer: Answer
    name: str = "leaf1"
    labels: dict[str, str] = field(default_factory=dict)

    def ask(self, *argv: str, timeout: float = 10) -> Answer:
        return self.answer


def device(code: int = 0, stdout: str = "", stderr: str = "") -> Any:
    return Recorded(Answer(code=code, stdout=stdout, stderr=stderr))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (device(1, stderr="bgpd is not running\n"), "bgpd is not running"),
        (device(1, stderr="Exiting: failed to connect to any daemons.\n"), "bgpd is not running"),
        (device(1, stdout="% BGP instance not found\n"), "% BGP instance not found"),
        (
            device(1, stderr="vtysh_connect(/var/run/frr/ospfd.vty): Not a socket\n"),
            "vtysh_connect(/var/run/frr/ospfd.vty): Not a socket",
        ),
    ],
)
def test_a_router_whose_daemon_does_not_run_has_failed(answer: Any, told: str) -> None:
    """FRR itself says what is not there: that is the state of the learner's router."""
    with pytest.raises(Failed) as failure:
        show_bgp_summary(answer)

    assert f"leaf1 does not answer 'show bgp summary json': {told}" == failure.value.rationale


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (device(124), "leaf1 did not answer 'vtysh -d bgpd -c show bgp summary json' within 10 s"),
        (device(127, stderr="exec: vtysh: not found\n"), "vtysh could not be run beside leaf1: exec: vtysh: not found"),
        (device(32, stderr="mount: no\n"), "leaf1 gave no answer to 'show bgp summary json': mount: no"),
        (device(1), "leaf1 gave no answer to 'show bgp summary json': vtysh ended with 1"),
    ],
)
def test_no_answer_blames_nobody(answer: Any, told: str) -> None:
    """Where the judge's own program was not answered, nothing can be said of the learner."""
    with pytest.raises(NodeUnreachable) as error:
        show_bgp_summary(answer)

    assert told == error.value.message


def test_a_command_that_frr_does_not_have_is_the_checks_fault() -> None:
    """A check that asks wrongly is an error of the check."""
    with pytest.raises(ValueError, match="FRR does not take 'show nonsense json': % Unknown command"):
        show_json(device(1, "% Unknown command: show nonsense json\n"), "show nonsense json")


def test_text_where_json_was_asked_for_has_failed() -> None:
    """FRR answers some questions about what is not there with a sentence."""
    with pytest.raises(Failed, match="leaf1 answers 'show bgp neighbors eth9 json' with text"):
        show_json(device(0, "No such neighbor\n"), "show bgp neighbors eth9 json")


def test_configuration_without_bgp_has_no_as_number() -> None:
    """A router whose BGP is gone still shows its configuration."""
    assert [65011, None] == [show_bgp_asn(device(0, f"hostname leaf1\n{line}")) for line in ("router bgp 65011\n", "")]


def test_a_view_is_not_the_default_instance() -> None:
    """The AS number is that of the instance whose routes are the kernel's, wherever it stands."""
    held = "hostname leaf1\nrouter bgp 65011 view A\nexit\nrouter bgp 65099\nexit\nrouter bgp 65012 vrf B\n"
    assert 65099 == show_bgp_asn(device(0, held))


def test_a_route_that_is_not_there_is_no_error() -> None:
    """No route is an answer; a prefix that is none, or no answer, is not."""
    assert show_kernel_route(device(0, "[]"), "10.0.0.1/32") is None
    with pytest.raises(ValueError, match=r"ip does not take '10\.0\.0\.300/32'"):
        show_kernel_route(device(1, stderr="Error: any valid prefix is expected"), "10.0.0.300/32")
    with pytest.raises(NodeUnreachable):
        show_kernel_route(device(124), "10.0.0.1/32")


def test_all_routes_are_told_by_their_prefix() -> None:
    """A host route and the default route have a prefix as well; of two to one prefix the lower metric counts."""
    hops = [{"gateway": "10.1.0.1", "dev": "eth1"}, {"via": {"family": "inet6", "host": "fe80::1"}, "dev": "eth2"}]
    table = [
        {"dst": "default", "gateway": "10.1.0.9", "dev": "eth3"},
        {"dst": "10.0.0.14", "protocol": "static", "metric": 30, "dev": "eth9"},
        {"dst": "10.0.0.14", "protocol": "bgp", "metric": 20, "nexthops": hops},
        {"dst": "10.1.0.0/24", "protocol": "kernel", "dev": "eth1"},
    ]
    found = show_kernel_routes(device(0, json.dumps(table)))

    assert {"0.0.0.0/0", "10.0.0.14/32", "10.1.0.0/24"} == set(found)
    assert "bgp" == found["10.0.0.14/32"]["protocol"]
    assert [("eth1", "10.1.0.1"), ("eth2", "fe80::1")] == [
        (hop["dev"], hop["via"]) for hop in found["10.0.0.14/32"]["nexthops"]
    ]
    assert {"::/0", "2001:db8::1/128"} == set(
        show_kernel_routes(device(0, '[{"dst": "default", "dev": "eth1"}, {"dst": "2001:db8::1", "dev": "lo"}]'), 6)
    )


def test_a_kernel_without_routes_and_one_without_an_answer() -> None:
    """No routes is an answer; a kernel that tells none of them says nothing about the learner."""
    assert {} == show_kernel_routes(device(0))
    with pytest.raises(NodeUnreachable, match="the kernel of leaf1 does not tell its routes: no netlink"):
        show_kernel_routes(device(1, stderr="no netlink\n"))


def test_bgp_has_no_prefixes_without_an_instance() -> None:
    """What BGP knows is by prefix; FRR 8.4 says in a warning that there is no BGP."""
    paths = [{"path": "65000 65014"}]

    assert {"10.0.0.14/32": paths} == show_bgp_prefixes(device(0, json.dumps({"routes": {"10.0.0.14/32": paths}})))
    assert {} == show_bgp_prefixes(device(0, '{"warning": "Default BGP instance not found"}'))


def test_a_ping_that_cannot_send_received_nothing() -> None:
    """A router without a route has not failed to answer: it has no way there."""
    unsent = device(2, stderr="ping: connect: Network is unreachable\n")

    assert {"target": "10.0.0.1", "sent": 3, "received": 0} == ping(unsent, "10.0.0.1")
    with pytest.raises(NodeUnreachable):
        ping(device(124), "10.0.0.1")
