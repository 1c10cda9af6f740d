"""A save's folder is written whole or not at all, and a damaged one is refused with every fault of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from netdojo.errors import InvalidFiles, WrongUse
from netdojo.model import FileKind, KernelState, LinkSetting, Save, SavedFile, SavedNode, SavedTopology
from netdojo.runtimes import save_files
from netdojo.runtimes.save_files import SavedState

GOLDEN = Path(__file__).parents[2] / "errors" / "saves"
NODES = ("leaf1", "leaf2")
CONTENT = Save(
    format=1,
    network="pair",
    runtime="namespaces",
    netdojo="0.1.0",
    saved=datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
    topology=SavedTopology(name="pair", digest="a" * 64, nodes=dict.fromkeys(NODES, "b" * 64), links=("a -- b",)),
)


def state(text: str = "one") -> SavedState:
    """Return a node with a bit of everything."""
    kernel = KernelState(
        links={"eth1": LinkSetting(mtu=1400), "eth9": LinkSetting(gone=True)},
        addresses=("2001:db8::1/64 dev lo",),
        sysctls={"net/ipv4/ip_default_ttl": "7"},
    )
    files = {
        "/home/note": SavedFile(kind=FileKind.file, mode="0755"),
        "/home/link": SavedFile(kind=FileKind.link, target="/etc/../etc/hosts"),
        "/etc/motd": SavedFile(kind=FileKind.absent),
    }
    node = SavedNode(configuration=True, nftables=True, kernel=kernel, files=files)
    return SavedState(node, f"hostname {text}\n", "table inet t {\n}\n", {"/home/note": b"\0\xff"})


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    save_files.write(folder, CONTENT, dict.fromkeys(NODES, state()))
    return folder


def test_what_is_written_is_read(saved: Path) -> None:
    """Every noun, text and byte comes back."""
    assert (CONTENT, dict.fromkeys(NODES, state())) == save_files.read(saved)


def test_a_save_takes_the_place_of_an_older_one(saved: Path) -> None:
    """The new one is there whole, and nothing is left of the old one or beside it."""
    save_files.write(saved, CONTENT, {"leaf1": state("two"), "leaf2": state("two")})

    assert "hostname two\n" == (saved / "nodes" / "leaf1" / "running.conf").read_text()
    assert ["saved"] == [one.name for one in saved.parent.iterdir()]


def test_interrupted_save_leaves_what_was_there(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save that breaks off half way leaves the older one as it was, and no half folder."""

    def interrupt(folder: Path, state: SavedState) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(save_files, "_write_node", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_files.write(saved, CONTENT, {"leaf1": state("two"), "leaf2": state("two")})
    with pytest.raises(KeyboardInterrupt):
        save_files.write(saved.parent / "new", CONTENT, {"leaf1": state("two"), "leaf2": state("two")})

    assert (CONTENT, dict.fromkeys(NODES, state())) == save_files.read(saved)
    assert ["saved"] == [one.name for one in saved.parent.iterdir()]


def test_what_a_killed_save_left_goes_with_the_next(saved: Path) -> None:
    """A draft that nobody holds is removed; another folder with a dot is not."""
    for name in (".saved.0123456789abcdef", ".saved.mine"):
        (saved.parent / name / "nodes").mkdir(parents=True)
    save_files.write(saved, CONTENT, dict.fromkeys(NODES, state()))

    assert [".saved.mine", "saved"] == sorted(one.name for one in saved.parent.iterdir())


@pytest.mark.parametrize(
    "make", [Path.touch, lambda path: path.symlink_to("/tmp"), lambda path: (path / "a").mkdir(parents=True)]
)
def test_other_things_are_not_written_over(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A file, a link, and a folder of something else are left alone."""
    make(tmp_path / "mine")
    with pytest.raises(WrongUse, match="is there and is no"):
        save_files.write(tmp_path / "mine", CONTENT, {})


def test_no_folder_is_no_save(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="there is no save at"):
        save_files.read(tmp_path / "nowhere")


def replaced(name: str, *pairs: tuple[str, str]) -> Callable[[Path], None]:
    """Return what edits a file of a save."""

    def edit(folder: Path) -> None:
        text = (folder / name).read_text()
        for before, after in pairs:
            assert before in text
            text = text.replace(before, after)
        (folder / name).write_text(text)

    return edit


def lose(folder: Path) -> None:
    for name in ("nodes/leaf1/running.conf", "nodes/leaf1/files/home/note", "nodes/leaf2/state.yml"):
        (folder / name).unlink()


def link_out(folder: Path) -> None:
    (folder / "nodes/leaf1/files/home/note").unlink()
    (folder / "nodes/leaf1/files/home/note").symlink_to("/etc/shadow")
    shutil.rmtree(folder / "nodes/leaf2/files")
    (folder / "nodes/leaf2/files").symlink_to("../../..")
    os.mkfifo(folder / "nodes/pipe")


STATE = "nodes/leaf1/state.yml"
DAMAGES: dict[str, Callable[[Path], None]] = {
    "files-missing": lose,
    "links-and-pipes": link_out,
    "no-yaml": lambda folder: ((folder / "save.yml").write_text("format: [1\n"), None)[1],
    "half-a-save": lambda folder: (folder / "save.yml").unlink(),
    "paths-that-lead-out": replaced(
        STATE, ("/home/note:", "/home/../../etc/passwd:"), ("/home/link:", "home/link:"), ("/etc/motd:", "/proc/sys/x:")
    ),
    "words-that-are-none": replaced(
        STATE,
        ("2001:db8::1/64 dev lo", "1.2.3.4/32 dev lo; reboot"),
        ("net/ipv4/ip_default_ttl", "net/../kernel/core_pattern"),
        ("'0755'", "'+s'"),
        ("mtu: 1400", "mtu: -1"),
        ("eth9", "../eth9"),
    ),
    "unknown-keys": replaced("save.yml", ("format: 1", "format: 2\ncolour: red"), ("leaf1:", "../leaf1:")),
    "more-than-it-says": lambda folder: ((folder / "nodes/leaf2/files/home/more").write_text("x"), None)[1],
    "no-text": lambda folder: ((folder / "nodes/leaf2/running.conf").write_bytes(b"\xff\n"), None)[1],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_save_has_its_golden_message(damage: str, saved: Path) -> None:
    """Every fault is named with its file, and nothing is restored of such a save."""
    DAMAGES[damage](saved)
    with pytest.raises(InvalidFiles) as refused:
        save_files.read(saved)
    assert (GOLDEN / f"{damage}.txt").read_text() == f"{refused.value}\n"
