"""A file is written whole or not at all, with its mode from the first byte, and nothing beside it stays."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from netdojo import atomic_files

Write = Callable[..., object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder: what is in it afterwards was written by the test."""
    made = tmp_path / "written"
    made.mkdir()
    return made


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make a function of `os` fail as it does on a full disk."""

    def fail(name: str) -> None:
        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, name, full)

    return fail


def mode_of(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@pytest.mark.parametrize("write", [atomic_files.replace, atomic_files.create])
@pytest.mark.parametrize("durable", [True, False])
def test_file_is_made(folder: Path, write: Write, durable: bool) -> None:
    """A file that was not there is there, with nothing beside it."""
    write(folder / "a.json", b"new", durable=durable)

    assert [("a.json", b"new")] == [(file.name, file.read_bytes()) for file in folder.iterdir()]


def test_replace_puts_the_new_in_the_place_of_the_old(folder: Path) -> None:
    """Who has the old file open reads it to its end; who opens it now reads the new one."""
    file = folder / "a.json"
    file.write_bytes(b"old")
    with file.open("rb") as held:
        atomic_files.replace(file, b"new")

        assert (b"old", b"new") == (held.read(), file.read_bytes())


def test_create_leaves_what_is_there(folder: Path) -> None:
    """A file that is there stays, and the caller learns that it did not make it."""
    made = [atomic_files.create(folder / "key", each) for each in (b"first", b"second")]

    assert ([True, False], b"first") == (made, (folder / "key").read_bytes())
    assert ["key"] == [file.name for file in folder.iterdir()]


def test_one_creator_wins(folder: Path) -> None:
    """Of many at once exactly one makes the file, and it is that one's content, whole."""
    contents = [bytes([65 + number]) * 100_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda data: atomic_files.create(folder / "key", data), contents))

    assert 1 == made.count(True)
    assert contents[made.index(True)] == (folder / "key").read_bytes()


@pytest.mark.parametrize("fault", ["replace", "fsync"])
def test_fault_before_the_end_leaves_the_old(folder: Path, fails: Callable[[str], None], fault: str) -> None:
    """When the disk is full, or the name cannot be taken, the old content stands and the draft is gone."""
    file = folder / "a.json"
    file.write_bytes(b"old")
    fails(fault)

    with pytest.raises(OSError, match="No space left"):
        atomic_files.replace(file, b"new", durable=True)
    assert [("a.json", b"old")] == [(each.name, each.read_bytes()) for each in folder.iterdir()]


def test_fault_of_the_one_who_fills_leaves_the_old(folder: Path) -> None:
    """When the content cannot be made, the old one stands, and the error is the filler's own."""
    file = folder / "ledger.sqlite"
    file.write_bytes(b"old")

    def half_fill() -> None:
        with atomic_files.replacing(file) as draft:
            draft.write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_fill()
    assert [("ledger.sqlite", b"old")] == [(each.name, each.read_bytes()) for each in folder.iterdir()]


def test_create_that_fails_makes_nothing(folder: Path, fails: Callable[[str], None]) -> None:
    """A file that could not be put in place is not there, nor is its draft."""
    fails("link")

    with pytest.raises(OSError, match="No space left"):
        atomic_files.create(folder / "key", b"secret")
    assert [] == list(folder.iterdir())


def test_process_that_is_killed_leaves_the_old(folder: Path) -> None:
    """A writer that is killed between writing and renaming has changed nothing that a reader sees."""
    file = folder / "a.json"
    file.write_bytes(b"old")
    script = (
        "import os, pathlib, signal, sys\n"
        "from netdojo import atomic_files\n"
        "os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "atomic_files.replace(pathlib.Path(sys.argv[1]), b'new', durable=True)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(file)], check=False)

    assert (-signal.SIGKILL, b"old") == (ended.returncode, file.read_bytes())


@pytest.mark.parametrize("durable", [True, False])
def test_private_file_is_private_from_its_first_byte(folder: Path, durable: bool) -> None:
    """Nobody else can read a draft, whatever the umask and the mode of the file that it replaces."""
    file = folder / "ledger.key"
    file.touch(mode=0o644)
    before = os.umask(0)
    try:
        with atomic_files.replacing(file, mode=atomic_files.PRIVATE, durable=durable) as draft:
            modes = [mode_of(draft)]
            draft.write_bytes(b"secret")
            modes.append(mode_of(draft))
        assert atomic_files.create(folder / "new.key", b"secret", mode=atomic_files.PRIVATE)
    finally:
        os.umask(before)

    assert [0o600] * 4 == [*modes, mode_of(file), mode_of(folder / "new.key")]


def test_ordinary_file_is_as_open_as_the_umask_lets_it(folder: Path) -> None:
    """A file without a mode of its own has the one that any new file has."""
    (folder / "plain").touch()
    atomic_files.replace(folder / "replaced", b"")
    atomic_files.create(folder / "created", b"")

    assert 1 == len({mode_of(file) for file in folder.iterdir()})


def test_durable_flushes_the_file_before_its_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content is on the disk before the name leads to it, and the name is before the call returns."""
    done: list[str] = []
    fsync, rename = os.fsync, os.replace

    def flushed(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def renamed(source: Path, target: Path) -> None:
        done.append("name")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "replace", renamed)
    atomic_files.replace(folder / "a", b"new", durable=True)
    atomic_files.create(folder / "b", b"new", durable=True)

    assert ["file", "name", "folder", "file", "folder"] == done


def test_folder_that_cannot_be_flushed_is_no_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without it, the file is in place all the same."""
    fsync = os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    atomic_files.replace(folder / "a", b"new", durable=True)

    assert b"new" == (folder / "a").read_bytes()
