"""The command line: what it prints, what it exits with, and what wrong use gets."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from netdojo import __version__
from netdojo.cli import app

COURSE = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def course(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command on our own course."""
    monkeypatch.setenv("NETDOJO_COURSE", str(COURSE))
    monkeypatch.setenv("COLUMNS", "200")


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Run `netdojo` with `words` and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["netdojo", *words])
    with pytest.raises(SystemExit) as ended:
        app()
    return int(ended.value.code or 0)


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """--version prints the version alone."""
    assert 0 == run(monkeypatch, "--version")
    assert f"netdojo {__version__}\n" == capsys.readouterr().out


def test_course_list_names_the_lab(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The list shows each lab with what it takes; --json is one document."""
    assert 0 == run(monkeypatch, "course", "list")
    assert "netmiko-first-contact" in capsys.readouterr().out
    assert 0 == run(monkeypatch, "course", "list", "--json")
    assert ["netmiko-first-contact"] == [lab["slug"] for lab in json.loads(capsys.readouterr().out)["labs"]]


@pytest.mark.parametrize(
    "words",
    [
        ["lab", "status", "netmiko-first-contct"],
        ["lab", "deploy", "netmiko-first-contct"],
        ["lab", "prove", "netmiko-first-contct"],
        ["grade", "netmiko-first-contct", "--submission", "."],
    ],
)
def test_typo_in_a_slug_suggests_the_near_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """A slug that is not there ends with 2 and names the one that was meant."""
    assert 2 == run(monkeypatch, *words)
    said = capsys.readouterr()
    assert "netdojo: no lab named 'netmiko-first-contct'\n  did you mean 'netmiko-first-contact'?\n" == said.err
    assert "" == said.out


def test_network_that_is_not_deployed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Commands on a network that is not there say how to get it."""
    for command in ("status", "destroy", "check"):
        assert 2 == run(monkeypatch, "lab", command, "netmiko-first-contact")
        assert "Deploy it: netdojo lab deploy netmiko-first-contact" in capsys.readouterr().err


def test_unknown_option_is_wrong_use(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What typer refuses ends with 2 as well."""
    assert 2 == run(monkeypatch, "course", "list", "--frob")
    assert "--frob" in capsys.readouterr().err


def test_progress_before_anything_is_recorded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty record says what comes first; --json is empty, not absent."""
    assert 0 == run(monkeypatch, "progress")
    assert "Nothing is recorded yet" in capsys.readouterr().out
    assert 0 == run(monkeypatch, "progress", "--json")
    found = json.loads(capsys.readouterr().out)
    assert ([], 0, []) == (found["entries"], found["hours"], found["badges"])


def test_doctor_says_the_command_that_mends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With no program to be found, doctor names each need that is missing and one line for it, and exits with 3."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert 3 == run(monkeypatch, "doctor", "--json")
    needs = json.loads(capsys.readouterr().out)
    missing = {need["name"]: need["remedy"] for need in needs if not need["ok"]}
    assert any("bubblewrap" in remedy for remedy in missing.values())
    assert all(missing.values())


def test_doctor_is_content_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a machine that is set up every need is met."""
    assert 0 == run(monkeypatch, "doctor"), capsys.readouterr().out


def test_ledger_that_is_not_there_holds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Verifying before anything is recorded finds no entry, and makes no file."""
    assert 0 == run(monkeypatch, "ledger", "verify")
    assert "0 entries hold" in capsys.readouterr().out
    assert not Path(os.environ["NETDOJO_HOME"]).exists()


def test_badge_that_is_not_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there is wrong use, not a bad badge."""
    assert 2 == run(monkeypatch, "badge", "verify", "nowhere.png")
    assert "nowhere.png" in capsys.readouterr().err
