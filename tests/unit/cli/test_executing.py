"""What `netdojo lab exec` takes from its own stdin."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import IO

import pytest

from netdojo.cli import executing
from netdojo.errors import WrongUse

from .conftest import run


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> Iterator[IO[bytes]]:
    """Stdin is a pipe; return its other end."""
    theirs, ours = os.pipe()
    with os.fdopen(theirs) as reading, os.fdopen(ours, "wb", buffering=0) as end:
        monkeypatch.setattr(sys, "stdin", reading)
        yield end


def test_all_of_stdin_is_given(writing: IO[bytes]) -> None:
    """What comes before the end is given on, byte for byte."""
    writing.write(b"\x00\xffline\n")
    writing.close()

    assert b"\x00\xffline\n" == executing.given(5)


def test_stdin_without_an_end_is_refused(writing: IO[bytes]) -> None:
    """Half of what was meant is never run; the next step is told."""
    writing.write(b"half")
    with pytest.raises(WrongUse, match=r"did not end within 0\.05 s, so nothing was run") as refused:
        executing.given(0.05)

    assert "< /dev/null" in refused.value.help


def test_more_than_goes_in_one_piece_is_refused(writing: IO[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the limit is refused, not cut."""
    monkeypatch.setattr(executing, "STDIN_CAP", 3)
    writing.write(b"four")
    with pytest.raises(WrongUse, match="stdin gave more than"):
        executing.given(5)


def test_terminal_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal nothing is waited for."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        assert b"" == executing.given(5)
    os.close(ours)


def test_help_is_wrapped_to_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A paragraph's lines are the terminal's, not those of the source."""
    monkeypatch.setenv("COLUMNS", "300")

    assert 0 == run(monkeypatch, "lab", "exec", "--help")
    told = [line for line in capsys.readouterr().out.splitlines() if "It gets what this command is given" in line]
    assert "ended at its limit. A shell is lab console." in told[0]
