"""What is said when the system refuses a path: whose choice it was, and the next step."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from netdojo import places
from netdojo.errors import HostNotReady, WrongUse

OF_A_CHOSEN_PATH = [*sorted(places.SHUT), *sorted(places.AMISS)]


def refused(number: int, path: Path | None = None) -> OSError:
    """Return the error that the system would raise."""
    return OSError(number, os.strerror(number), *([str(path)] if path else []))


@pytest.mark.parametrize("number", OF_A_CHOSEN_PATH, ids=errno.errorcode.get)
def test_path_that_was_given_is_wrong_use(tmp_path: Path, number: int) -> None:
    """A path on the command line, or below one, is the person's to change."""
    error = places.refusal(refused(number, tmp_path / "lab.yml"), given=["--frob", str(tmp_path)])

    assert (WrongUse, 2) == (type(error), error.code if error else None)
    assert f"cannot use {tmp_path / 'lab.yml'}: {os.strerror(number)}\n  Name another, or make it yours." == str(error)


def test_home_that_was_named_is_wrong_use(home: Path) -> None:
    """NETDOJO_HOME is the person's choice, and the next step is another one."""
    error = places.refusal(refused(errno.EACCES, home / "ledger.sqlite"))

    assert WrongUse is type(error)
    assert "NETDOJO_HOME" in str(error)


def test_home_that_nobody_named_is_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform's own data folder that cannot be used is no wrong use."""
    monkeypatch.delenv("NETDOJO_HOME")
    error = places.refusal(refused(errno.ENOTDIR, places.home() / "work"))

    assert HostNotReady is type(error)
    assert "NETDOJO_HOME" in str(error)


@pytest.mark.parametrize("number", sorted(places.NO_ROOM), ids=errno.errorcode.get)
@pytest.mark.parametrize("named", [True, False])
def test_full_disk_is_the_machines(tmp_path: Path, number: int, named: bool) -> None:
    """No room is no wrong use, also where the system does not say which file it was about."""
    error = places.refusal(refused(number, tmp_path if named else None), given=[str(tmp_path)])

    assert HostNotReady is type(error)
    assert f"cannot write {tmp_path if named else places.home()}: " in str(error)


def test_file_of_ours_that_is_missing_is_a_fault(tmp_path: Path) -> None:
    """A path that nobody chose and that is not there is a fault of netdojo's own, to be seen as one."""
    assert None is places.refusal(refused(errno.ENOENT, tmp_path), given=["doctor"])
    assert None is places.refusal(refused(errno.EBADF))


def test_reading_only_is_told_anywhere(tmp_path: Path) -> None:
    """A file system that cannot be written is the machine's, whoever chose the path."""
    assert HostNotReady is type(places.refusal(refused(errno.EROFS, tmp_path)))
