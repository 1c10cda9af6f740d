"""A path that cannot be used ends every command with what it is and the next step, never with a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import COURSE, run

LAB = "netmiko-first-contact"
NO_FOLDERS = ("/dev/null/x", "/dev/null", f"/tmp/{'x' * 300}", "/proc/x")
RIGHTS = "-dac_override,-dac_read_search"
"""What lets root pass over a file's mode."""


@pytest.mark.parametrize("folder", NO_FOLDERS, ids=["in a file", "a file", "too long", "no room for it"])
@pytest.mark.parametrize(
    "words",
    [["progress"], ["serve"], ["lab", "deploy", LAB], ["grade", LAB, "--submission", ".", "--record"]],
    ids=lambda words: words[0],
)
def test_home_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: str, words: list[str]
) -> None:
    """Whatever needs the folder says that it cannot be used, and how to name another; exit code 2."""
    monkeypatch.setenv("NETDOJO_HOME", folder)

    assert 2 == run(monkeypatch, *words)
    said = capsys.readouterr().err
    assert said.startswith(f"netdojo: cannot use {folder}")
    assert said.endswith("\n  Name a folder of your own: export NETDOJO_HOME=~/netdojo\n")
    assert 2 == said.count("\n")


@pytest.mark.parametrize("folder", NO_FOLDERS, ids=["in a file", "a file", "too long", "no room for it"])
def test_doctor_finds_that_the_home_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    """Its own need is shown as missing, with what the system said and the remedy."""
    monkeypatch.setenv("NETDOJO_HOME", folder)

    assert 3 == run(monkeypatch, "doctor", "--json")
    own = {need["name"]: need for need in json.loads(capsys.readouterr().out)}["own folder"]
    assert (False, "Name a folder of your own: export NETDOJO_HOME=~/netdojo") == (own["ok"], own["remedy"])
    assert own["detail"].startswith(f"{folder} cannot be used: ")


def test_doctor_leaves_nothing_in_a_home_that_can(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It tries the folder by making it, and takes away what it made."""
    monkeypatch.setenv("NETDOJO_HOME", str(tmp_path / "a" / "b"))
    run(monkeypatch, "doctor", "--json")
    details = {need["name"]: need["detail"] for need in json.loads(capsys.readouterr().out)}

    assert f"{tmp_path / 'a' / 'b'} can be written" == details["own folder"]
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ["doctor"],
        ["progress"],
        ["serve"],
        ["lab", "list"],
        ["grade", LAB, "--submission", "{closed}/x"],
        ["--course", "{closed}/x", "course", "list"],
        ["badge", "verify", "{closed}/badge.png"],
    ],
    ids=" ".join,
)
def test_folder_of_somebody_else(tmp_path: Path, words: list[str]) -> None:
    """A folder whose mode shuts the person out is named with "Permission denied", as a user without root's rights."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    own = words[0] in {"doctor", "progress", "serve", "lab"}
    home = closed / "x" if own else tmp_path / "home"
    ended = as_ordinary(*(word.format(closed=closed) for word in words), home=home)
    closed.chmod(0o700)

    assert (3 if words == ["doctor"] else 2) == ended.returncode, ended
    assert "Permission denied" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert not own or "export NETDOJO_HOME=~/netdojo" in ended.stdout + ended.stderr


def as_ordinary(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run `netdojo` as somebody whom a file's mode binds; root gives up what lets it pass over modes."""
    bound = ["setpriv", f"--bounding-set={RIGHTS}", f"--inh-caps={RIGHTS}"] if os.geteuid() == 0 else []
    return subprocess.run(
        [*bound, sys.executable, "-m", "netdojo.cli", *words],
        env={**os.environ, "NETDOJO_HOME": str(home), "NETDOJO_COURSE": str(COURSE), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("port", ["99999", "65536", "-1", "x"])
def test_port_that_is_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str) -> None:
    """A port that cannot be is wrong use, before anything is made or printed."""
    assert 2 == run(monkeypatch, "serve", "--port", port)
    said = capsys.readouterr()
    assert "--port" in said.err
    assert "" == said.out
