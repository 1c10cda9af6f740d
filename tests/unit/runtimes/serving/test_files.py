"""A node's files are seen and put back from outside, and never beyond the node."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from netdojo.runtimes.serving import files


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """Give the root of a node with a few files."""
    root = tmp_path / "node"
    for name in ("etc/frr", "root", "home", "tmp", "run", "var/log", "usr/bin"):
        (root / name).mkdir(parents=True)
    for name in ("etc/motd", "etc/hosts", "usr/bin/tool"):
        (root / name).write_text(f"{name}\n")
    return root


@pytest.fixture
def root(node: Path) -> Iterator[int]:
    descriptor = os.open(node, os.O_RDONLY | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


def mounts(*shared: str) -> files.Mounts:
    """Return the places to keep out of, but for those of this machine."""
    found = files.Mounts(os.getpid(), shared)
    found.apart = {*files.NOT_A_PERSONS, *shared}
    return found


def wanted(path: str, kind: str = "file", data: bytes = b"new\n", target: str = "") -> dict[str, Any]:
    return {"path": path, "kind": kind, "mode": 0o640, "target": target, "data": base64.b64encode(data).decode()}


def changed(root: int, start: dict[str, files.Seen], *shared: str) -> dict[str, tuple[Any, Any]]:
    """Return path → what was there and what is, by kind."""
    found = files.changes(root, mounts(*shared), start)
    return {one["path"]: tuple(side and side["kind"] for side in (one["was"], one["now"])) for one in found}


def test_what_a_person_did_is_a_change(node: Path, root: int) -> None:
    """New, changed, deleted, chmod, another kind: each is told with what was and what is."""
    start = files.look_and_keep(root, mounts())
    (node / "home/new").write_text("new")
    (node / "home/folder").mkdir()
    (node / "home/link").symlink_to("/etc/motd")
    (node / "etc/motd").unlink()
    (node / "etc/hosts").chmod(0o600)
    (node / "usr/bin/tool").write_text("another\n")
    os.mkfifo(node / "home/pipe")

    assert {
        "/etc/hosts": ("file", "file"),
        "/etc/motd": ("file", None),
        "/home/folder": (None, "folder"),
        "/home/link": (None, "link"),
        "/home/new": (None, "file"),
        "/home/pipe": (None, "other"),
        "/usr/bin/tool": ("file", "file"),
    } == changed(root, start)


def test_what_runs_is_no_change(node: Path, root: int) -> None:
    """Runtime folders, logs, histories, backups and pid files are nobody's; what is written as it was is no change."""
    start = files.look_and_keep(root, mounts())
    for name in ("run/a", "tmp/a", "var/log/a", "root/.bash_history", "etc/frr/frr.conf.sav", "etc/a.pid"):
        (node / name).write_text("a")
    (node / "etc/motd").write_text("etc/motd\n")
    os.utime(node / "etc/motd", ns=(1, 1))

    assert {} == changed(root, start)


def test_what_is_mounted_over_is_no_deletion(node: Path, root: int) -> None:
    """A place to keep out of is neither looked at nor missed."""
    start = files.look_and_keep(root, mounts())
    (node / "etc/motd").unlink()

    assert {} == changed(root, start, "/etc")


def test_bytes_of_a_large_file_are_left_out(node: Path, root: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the size is told of a file above the limit, and of what is more than a node may have."""
    start = files.look_and_keep(root, mounts())
    monkeypatch.setattr(files, "FILE_LIMIT", 10)
    monkeypatch.setattr(files, "NODE_LIMIT", 12)
    for name, size in (("a", 10), ("b", 11), ("c", 3)):
        (node / "home" / name).write_bytes(b"x" * size)

    found = {one["path"]: one["now"] for one in files.changes(root, mounts(), start)}
    assert [(10, True), (11, False), (3, False)] == [(one["size"], one["data"] is not None) for one in found.values()]


def test_links_are_not_followed(node: Path, root: int, tmp_path: Path) -> None:
    """A link to a folder outside is a link, and what is behind it is not the node's."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text("secret")
    start = files.look_and_keep(root, mounts())
    (node / "home/out").symlink_to(tmp_path / "outside")

    assert {"/home/out": (None, "link")} == changed(root, start)


def test_files_are_put_back(node: Path, root: int) -> None:
    """A file with its folders and mode, a link, a deletion; a file in place, since it may be bound into the node."""
    number = (node / "etc/motd").stat().st_ino
    (node / "etc/old").mkdir()
    (node / "etc/old/inner").write_text("x")
    wishes = [
        wanted("/srv/a/b"),
        wanted("/etc/motd", data=b"changed\n"),
        wanted("/etc/old", "absent"),
        wanted("/etc/never", "absent"),
        wanted("/nowhere/at/all", "absent"),
        wanted("/home/link", "link", target="../etc/motd"),
        wanted("/home/folder", "folder"),
    ]

    assert [] == files.place(root, mounts(), wishes)
    assert ("new\n", 0o640) == ((node / "srv/a/b").read_text(), (node / "srv/a/b").stat().st_mode & 0o777)
    assert ("changed\n", number) == ((node / "etc/motd").read_text(), (node / "etc/motd").stat().st_ino)
    assert not (node / "etc/old").exists()
    assert not (node / "nowhere").exists()
    assert "../etc/motd" == os.readlink(node / "home/link")
    assert 0o640 == (node / "home/folder").stat().st_mode & 0o777


@pytest.mark.parametrize(
    "path", ["/../out", "/home/../../out", "out", "/proc/sys/kernel/x", "/shared/x", "//out", "/home/./x"]
)
def test_places_beyond_the_node_are_refused(path: str, node: Path, root: int, tmp_path: Path) -> None:
    """No path leads out of the node, into what runs, or into what it shares with the machine."""
    before = sorted(tmp_path.rglob("*"))

    assert [f"{path} is no place of the node's own"] == files.place(root, mounts("/shared"), [wanted(path)])
    assert before == sorted(tmp_path.rglob("*"))


@pytest.mark.parametrize("kind", ["file", "absent", "link", "folder"])
def test_nothing_is_written_through_a_link(kind: str, node: Path, root: int, tmp_path: Path) -> None:
    """A link on the way ends it; a link at the place is taken away, and what it leads to stays."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/kept").write_text("kept")
    (node / "home/way").symlink_to(tmp_path / "outside")
    (node / "home/leaf").symlink_to(tmp_path / "outside/kept")

    assert ["/home/way/kept: Not a directory"] == files.place(root, mounts(), [wanted("/home/way/kept", kind)])
    assert [] == files.place(root, mounts(), [wanted("/home/leaf", kind, target="x")])
    assert "kept" == (tmp_path / "outside/kept").read_text()
    assert ["kept"] == [one.name for one in (tmp_path / "outside").iterdir()]
