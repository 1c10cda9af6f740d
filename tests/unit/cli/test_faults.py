"""A fault of netdojo's own is told as one, and is nobody's grade."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from netdojo import grading
from netdojo.cli import app

COURSE = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "fault", [KeyError("peers"), RecursionError(), MemoryError(), OSError(9, "Bad file descriptor")]
)
@pytest.mark.parametrize("more", [[], ["--format", "json"], ["--record"]])
def test_a_fault_of_our_own_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: Exception, more: list[str]
) -> None:
    """`netdojo grade` ends with 3, never 1, prints no report, and says that nothing was scored."""

    def breaks(*_: Any, **__: Any) -> None:
        raise fault

    monkeypatch.setenv("NETDOJO_COURSE", str(COURSE))
    monkeypatch.setattr(grading, "grade", breaks)
    monkeypatch.setattr(grading, "submit", breaks)
    monkeypatch.setattr(sys, "argv", ["netdojo", "grade", "netmiko-first-contact", "--submission", ".", *more])
    with pytest.raises(SystemExit) as ended:
        app()

    assert 3 == ended.value.code
    said = capsys.readouterr()
    assert "" == said.out
    assert "a fault of netdojo itself; nothing was scored" in " ".join(said.err.split())
