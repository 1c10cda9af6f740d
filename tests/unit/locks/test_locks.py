"""A lock tells whether somebody lives, and whoever asks is not taken for that somebody."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from netdojo import locks


def test_a_lock_is_held_for_as_long_as_the_block(tmp_path: Path) -> None:
    """Two who ask at once both learn the truth, before, while and after."""
    first, second = (os.open(tmp_path, locks.FOLDER) for _ in range(2))
    try:
        assert [False, False] == [locks.is_held(first), locks.is_held(second)]
        with locks.held(tmp_path):
            assert [True, True] == [locks.is_held(first), locks.is_held(second)]
        assert [False, False] == [locks.is_held(first), locks.is_held(second)]
    finally:
        os.close(first)
        os.close(second)


def test_a_file_is_made_to_be_held(tmp_path: Path) -> None:
    """The flags say so, and it is for its owner's eyes."""
    file = tmp_path / "lock"
    with locks.held(file, os.O_CREAT | os.O_RDWR):
        assert 0o600 == file.stat().st_mode & 0o777


def test_who_waits_says_so_first(tmp_path: Path) -> None:
    """What is to be said is said while another holds the lock, and not when nobody does."""
    first = os.open(tmp_path, locks.FOLDER)
    fcntl.flock(first, fcntl.LOCK_EX)
    said: list[bool] = []

    def waiting() -> None:
        said.append(locks.is_held(second))
        os.close(first)

    second = os.open(tmp_path, locks.FOLDER)
    try:
        for _ in range(2):
            with locks.held(tmp_path, waiting=waiting):
                assert [True] == said
    finally:
        os.close(second)
