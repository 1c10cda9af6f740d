"""What is worked out before anything starts: lines for ip, files for OpenSSH, copies of binds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netdojo.model import Bind, Node, Topology
from netdojo.runtimes import staging
from netdojo.runtimes.namespaces import wiring
from netdojo.runtimes.serving import front, impairing


def test_link_is_one_line_between_two_namespaces() -> None:
    """A link is made with its names, its mtu and no stop in between."""
    link = {"a": ("leaf1", "eth1"), "b": ("spine1", "eth4"), "mtu": 9000, "macs": ("", "")}
    wanted = "link add eth1 netns 11 mtu 9000 type veth peer name eth4 netns 12 mtu 9000"
    assert wanted == wiring.line_for(link, {"leaf1": 11, "spine1": 12})


def test_link_without_mtu_leaves_it_to_the_kernel() -> None:
    link = {"a": ("a", "eth1"), "b": ("b", "eth1"), "mtu": None, "macs": ("", "")}
    assert "link add eth1 netns 1 type veth peer name eth1 netns 2" == wiring.line_for(link, {"a": 1, "b": 2})


def test_end_has_the_address_that_it_is_given() -> None:
    """An address goes to its own end of the link."""
    link = {"a": ("a", "eth1"), "b": ("b", "eth1"), "mtu": None, "macs": ("02:00:00:00:00:01", "")}
    wanted = "link add eth1 netns 1 address 02:00:00:00:00:01 type veth peer name eth1 netns 2"
    assert wanted == wiring.line_for(link, {"a": 1, "b": 2})


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


def test_ssh_config_survives_odd_paths() -> None:
    """Spaces and percent signs of the home do not break the file."""
    text = front.ssh_config({"folder": "/a b/100%", "username": "admin"}, {"leaf1": 4022})
    assert "Host leaf1\n  HostName 127.0.0.1\n  Port 4022\n" in text
    assert '  IdentityFile "/a b/100%%/id_ed25519"\n' in text
    assert "  StrictHostKeyChecking yes\n" in text


def test_passwords_are_compared_whole() -> None:
    assert front.same("grün", "grün")
    assert not front.same("grün", "gr")


def test_overlay_wins_file_by_file(tmp_path: Path) -> None:
    """A bound folder is the topology's, with the overlay's files over it; the originals are only copied."""
    course, overlay, images = tmp_path / "course", tmp_path / "start", tmp_path / "images"
    for folder in (course / "conf", overlay / "conf", images / "frr", tmp_path / "network"):
        folder.mkdir(parents=True)
    (course / "conf/a").write_text("course a")
    (course / "conf/b").write_text("course b")
    (course / "single").write_text("course single")
    (overlay / "conf/b").write_text("overlay b")
    (overlay / "single").write_text("overlay single")
    (overlay / "single").chmod(0o711)
    binds = (Bind(source="conf", target="/etc/frr"), Bind(source="single", target="/single", read_only=True))
    node = Node(name="leaf1", kind="linux", image="frr", binds=binds)
    topology = Topology(name="t", file=course / "t.clab.yml", images=images, nodes=(node,), links=())

    (staged,) = staging.stage(topology, overlay, tmp_path / "network")

    by_target = {bind["target"]: bind for bind in staged["binds"]}
    folder, single = Path(by_target["/etc/frr"]["source"]), Path(by_target["/single"]["source"])
    assert ["course a", "overlay b"] == [(folder / name).read_text() for name in ("a", "b")]
    assert "overlay single" == single.read_text()
    assert 0o755 == single.stat().st_mode & 0o777, "a program stays one, and others than root read it"
    assert [False, True] == [by_target[name]["read_only"] for name in ("/etc/frr", "/single")]
    single.write_text("changed in the node")
    assert "overlay single" == (overlay / "single").read_text()
