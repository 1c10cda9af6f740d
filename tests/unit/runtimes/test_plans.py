"""What is worked out before anything starts: lines for ip, files for OpenSSH, copies of binds."""

from __future__ import annotations

from pathlib import Path

from netdojo.model import Bind, Node, Topology
from netdojo.runtimes.namespaces import front, staging, wiring


def test_link_is_one_line_between_two_namespaces() -> None:
    """A link is made with its names, its mtu and no stop in between."""
    link = {"a": ("leaf1", "eth1"), "b": ("spine1", "eth4"), "mtu": 9000}
    wanted = "link add eth1 netns 11 mtu 9000 type veth peer name eth4 netns 12 mtu 9000"
    assert wanted == wiring.line_for(link, {"leaf1": 11, "spine1": 12})


def test_link_without_mtu_leaves_it_to_the_kernel() -> None:
    link = {"a": ("a", "eth1"), "b": ("b", "eth1"), "mtu": None}
    assert "link add eth1 netns 1 type veth peer name eth1 netns 2" == wiring.line_for(link, {"a": 1, "b": 2})


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
    binds = (Bind(source="conf", target="/etc/frr"), Bind(source="single", target="/single", read_only=True))
    node = Node(name="leaf1", kind="linux", image="frr", binds=binds)
    topology = Topology(name="t", file=course / "t.clab.yml", images=images, nodes=(node,), links=())

    (staged,) = staging.stage(topology, overlay, tmp_path / "network")

    by_target = {bind["target"]: bind for bind in staged["binds"]}
    folder, single = Path(by_target["/etc/frr"]["source"]), Path(by_target["/single"]["source"])
    assert ["course a", "overlay b"] == [(folder / name).read_text() for name in ("a", "b")]
    assert "overlay single" == single.read_text()
    assert [False, True] == [by_target[name]["read_only"] for name in ("/etc/frr", "/single")]
    single.write_text("changed in the node")
    assert "overlay single" == (overlay / "single").read_text()
