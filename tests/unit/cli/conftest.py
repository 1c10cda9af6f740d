"""The command line, run in this process."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from netdojo.cli import app

COURSE = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def own_course(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command on our own course."""
    monkeypatch.setenv("NETDOJO_COURSE", str(COURSE))


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """Run `netdojo` with `words` and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["netdojo", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        app()
    return int(ended.value.code or 0)
