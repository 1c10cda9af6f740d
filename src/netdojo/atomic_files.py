"""Writes a file whole or not at all: whoever reads it, or ends in between, finds what was there or what is new."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ORDINARY = 0o666
"""The mode of a file that the umask alone narrows."""
PRIVATE = 0o600
"""The mode of a file for its owner's eyes."""


def replace(file: Path, data: bytes, *, mode: int = ORDINARY, durable: bool = False) -> None:
    """Put a file of `data` in the place of `file`, which may be there or not, in one step.

    It has `mode`, less the umask, from its first byte. `durable` waits until the disk has the file and its name.
    Raises OSError; then `file` is as it was. Of several processes at once the last one wins.
    """
    with replacing(file, mode=mode, durable=durable) as draft:
        draft.write_bytes(data)


def create(file: Path, data: bytes, *, mode: int = ORDINARY, durable: bool = False) -> bool:
    """Make `file` of `data` unless it is there, and tell whether it was made; `mode` and `durable` are as in `replace`.

    Of several processes at once the first one wins, and the others leave what it made.
    """
    with _draft(file, mode) as draft:
        draft.write_bytes(data)
        if durable:
            _flush(draft)
        try:
            os.link(draft, file)
        except FileExistsError:
            return False
    if durable:
        _flush_folder(file.parent)
    return True


@contextmanager
def replacing(file: Path, *, mode: int = ORDINARY, durable: bool = False) -> Iterator[Path]:
    """Give an empty file beside `file` to be filled, which takes its place at the end; `replace` in two halves.

    When the filling raises, or the file cannot be put in place, it goes and `file` is as it was.
    """
    with _draft(file, mode) as draft:
        yield draft
        if durable:
            _flush(draft)
        os.replace(draft, file)
    if durable:
        _flush_folder(file.parent)


@contextmanager
def _draft(file: Path, mode: int) -> Iterator[Path]:
    """Give an empty file beside `file` that is no other process's, and take its name away afterwards."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode))
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    with suppress(OSError):  # the file is in place: a file system that cannot flush a folder has no more to give
        _flush(folder)
