"""What a learner of the lab of saved configurations may ask."""

from netdojo.checks import Device, check, expect_established, show_bgp_summary

SETTLED = 8.0
"""Seconds: connect timer 1 s, hold timer 3 s, and more."""


@check("session", nodes="r*", within=SETTLED)
def the_session_is_up(node: Device) -> None:
    """Each router has an established session to the other."""
    expect_established(show_bgp_summary(node), interfaces=["eth1"])
