"""Lines for ip that make the links."""

from __future__ import annotations

from netdojo.runtimes.namespaces import wiring


def test_link_is_one_line_between_two_namespaces() -> None:
    """A link is made with its names, its mtu and no stop in between."""
    link = {"a": ("leaf1", "eth1"), "b": ("spine1", "eth4"), "mtu": 9000, "macs": ("", "")}
    wanted = "link add name eth1 netns 11 mtu 9000 type veth peer name eth4 netns 12 mtu 9000"
    assert wanted == wiring.line_for(link, {"leaf1": 11, "spine1": 12})


def test_link_without_mtu_leaves_it_to_the_kernel() -> None:
    link = {"a": ("a", "eth1"), "b": ("b", "eth1"), "mtu": None, "macs": ("", "")}
    assert "link add name eth1 netns 1 type veth peer name eth1 netns 2" == wiring.line_for(link, {"a": 1, "b": 2})


def test_end_has_the_address_that_it_is_given() -> None:
    """An address goes to its own end of the link."""
    link = {"a": ("a", "eth1"), "b": ("b", "eth1"), "mtu": None, "macs": ("02:00:00:00:00:01", "")}
    wanted = "link add name eth1 netns 1 address 02:00:00:00:00:01 type veth peer name eth1 netns 2"
    assert wanted == wiring.line_for(link, {"a": 1, "b": 2})
