"""`netdojo badge`: the badges of this home, and a verdict on a baked one, good and altered."""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

import pytest

from netdojo import cli, credentials, places
from netdojo.credentials import verify_badge

BADGES = Path(__file__).parents[2] / "errors" / "credentials"
ISSUER = (BADGES / "issuer.txt").read_text(encoding="utf-8").strip()
NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)


def badge(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Run `netdojo badge` with `words` and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["netdojo", "badge", *words])
    with pytest.raises(SystemExit) as ended:
        cli.app()
    return int(ended.value.code or 0)


def test_badges_are_listed_oldest_first(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is a file that can be shown to somebody; --json is the same list; none is said in words."""
    assert 0 == badge(monkeypatch, "list")
    assert "No badge yet: a badge comes with the first lab that you pass.\n" == capsys.readouterr().out
    files = [places.badges() / name for name in ("second.png", "first.png")]
    places.badges().mkdir(parents=True)
    for age, file in enumerate(files):
        shutil.copyfile(BADGES / "good.png", file)
        os.utime(file, (1000 - age, 1000 - age))

    assert 0 == badge(monkeypatch, "list")
    assert [str(files[1]), str(files[0])] == capsys.readouterr().out.splitlines()
    assert 0 == badge(monkeypatch, "list", "--json")
    assert [str(files[1]), str(files[0])] == json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("name", "code", "valid", "words"),
    [
        ("good.png", 0, True, "This badge is valid: «"),
        ("altered-byte-in-png.png", 1, False, "This badge is not valid."),
        ("altered-name.json", 1, False, "This badge is not valid."),
    ],
)
def test_badge_is_verified_in_both_of_its_forms(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    code: int,
    valid: bool,
    words: str,
) -> None:
    """A good one is valid with 0, one with an altered byte is not with 1, in words and in JSON."""
    monkeypatch.setattr(credentials, "verify_badge", partial(verify_badge, now=NOW))
    given = ["verify", str(BADGES / name), "--issuer", ISSUER]

    assert code == badge(monkeypatch, *given)
    lines = capsys.readouterr().out.splitlines()
    assert [words] == [words for line in lines[-2:] if line.startswith(words)]
    assert code == badge(monkeypatch, *given, "--json")
    assert valid is json.loads(capsys.readouterr().out)["valid"]
