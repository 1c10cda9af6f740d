"""A node's command line in this terminal, or without one."""

from __future__ import annotations

import os
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from netdojo.runtimes import packages
from netdojo.runtimes.serving import control
from netdojo.runtimes.supervised import Supervised


@pytest.mark.parametrize(("terminal", "option"), [(True, "-t"), (False, "-T")])
def test_terminal_is_asked_for_where_there_is_one(monkeypatch: pytest.MonkeyPatch, terminal: bool, option: str) -> None:
    """With stdin from a pipe ssh is told to do without a terminal, and does not complain."""
    run: list[list[str]] = []

    def ssh(words: list[str], **_: Any) -> SimpleNamespace:
        run.append(words)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(control, "require_node", lambda *_: None)
    monkeypatch.setattr(packages, "require", lambda _: None)
    monkeypatch.setattr(os, "isatty", lambda _: terminal)
    monkeypatch.setattr(subprocess, "run", ssh)
    network: Any = SimpleNamespace(ssh_config="ssh_config")

    assert 0 == Supervised().console(network, "r1")
    assert [["ssh", "-F", "ssh_config", option, "r1"]] == run
