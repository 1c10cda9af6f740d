"""Whose children a process has, whether the kernel lists them or not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from netdojo.runtimes.serving import kinship


@pytest.fixture
def child() -> Iterator[int]:
    process = subprocess.Popen(["sleep", "600"])
    yield process.pid
    process.kill()
    process.wait()


def test_children_are_told(child: int) -> None:
    """A process that has none, and one that is gone, have an entry too."""
    found = kinship.children_of([os.getpid(), child, 2**22 + 1])

    assert child in found[os.getpid()]
    assert ([], []) == (found[child], found[2**22 + 1])


def test_children_are_found_where_the_kernel_does_not_list_them(child: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a kernel was built without CONFIG_PROC_CHILDREN."""

    def missing(pid: int) -> list[int]:
        raise FileNotFoundError(pid)

    monkeypatch.setattr(kinship, "_told_children", missing)
    found = kinship.children_of([os.getpid(), child])

    assert child in found[os.getpid()]
    assert [] == found[child]
