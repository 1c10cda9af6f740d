"""Copies of what a topology binds."""

from __future__ import annotations

from pathlib import Path

from netdojo.model import Bind, Node, Topology
from netdojo.runtimes import staging


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
