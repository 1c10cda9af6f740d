"""Lines for tc that hold packets back."""

from __future__ import annotations

from typing import Any

from netdojo.runtimes.serving import impairing


def asked(**given: float) -> dict[str, float]:
    return {"rate": 0, "delay": 0, "jitter": 0, "loss": 0, **given}


def test_link_is_held_at_both_of_its_ends() -> None:
    """A node gets the lines of all its ends, and one without such a link gets none."""
    slow, plain = asked(rate=10_000_000), None
    links: list[dict[str, Any]] = [
        {"a": ("a", "eth1"), "b": ("b", "eth7"), "mtu": None, "impairment": slow},
        {"a": ("a", "eth2"), "b": ("c", "eth1"), "mtu": None, "impairment": plain},
        {"a": ("b", "eth2"), "b": ("a", "eth3"), "mtu": 9000, "impairment": slow},
    ]
    limit = "tbf rate 10000000bit burst 7500 limit 82500"
    jumbo = "tbf rate 10000000bit burst 45000 limit 495000"
    assert {
        "a": [f"qdisc add dev eth1 root handle 1: {limit}", f"qdisc add dev eth3 root handle 1: {jumbo}"],
        "b": [f"qdisc add dev eth7 root handle 1: {limit}", f"qdisc add dev eth2 root handle 1: {jumbo}"],
    } == impairing.by_node(links)


def test_rate_comes_after_what_is_late_or_lost() -> None:
    """netem holds packets back or drops them, and those that are left go at the rate."""
    assert [
        "qdisc add dev eth1 root handle 1: netem limit 50000 delay 5000us 1000us loss 0.5%",
        "qdisc add dev eth1 parent 1:1 handle 10: tbf rate 1000000000bit burst 625000 limit 6875000",
    ] == impairing.lines("eth1", asked(rate=10**9, delay=5000, jitter=1000, loss=0.5), 1500)
    loss = "qdisc add dev eth1 root handle 1: netem limit 50000 loss 100%"
    assert [loss] == impairing.lines("eth1", asked(loss=100), 1500)


def test_fastest_rate_fits_into_the_kernels_numbers() -> None:
    """A queue's length is 32 bits of bytes."""
    assert int(impairing.rate(400 * 10**9, 9500).split()[-1]) < 2**32
