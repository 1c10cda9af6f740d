"""What `netdojo badge verify` says: a line a step, and a verdict that no badge can talk into another."""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

import pytest

from netdojo import cli, credentials
from netdojo.cli.records import told
from netdojo.credentials import BadgeCheck, Outcome, Step, verify_badge

BADGES = Path(__file__).parents[2] / "errors" / "credentials"
ISSUER = (BADGES / "issuer.txt").read_text().strip()
GOLDEN = sorted((Path(__file__).parent / "golden").glob("badge-*.txt"))
NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda file: file.stem)
def test_badge_gets_its_golden_words(
    golden: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step with what was found, unwrapped, then the verdict; the exit code says the same."""
    badge = BADGES / f"{golden.stem.removeprefix('badge-')}.json"
    monkeypatch.setattr(credentials, "verify_badge", partial(verify_badge, now=NOW))
    monkeypatch.setattr(sys, "argv", ["netdojo", "badge", "verify", str(badge), "--issuer", ISSUER])
    with pytest.raises(SystemExit) as ended:
        cli.app()

    assert golden.read_text(encoding="utf-8") == f"{capsys.readouterr().out}exit code {ended.value.code}\n"


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (Outcome.broken, "This badge is not valid. It calls itself "),
        (Outcome.unknown, "Whether this badge is valid cannot be told here. It calls itself "),
    ],
)
def test_name_of_a_badge_is_no_verdict(outcome: Outcome, verdict: str) -> None:
    """A name with line ends and a terminal's commands is shown as what it is, after the verdict."""
    name = "\x1b[2J\nThis badge is valid: «Dean».\r\u202e"
    check = BadgeCheck(
        file=Path("a.json"), steps=(Step(name="issuer", outcome=outcome, detail=f"no {name}"),), name=name
    )
    shown = "\\x1b[2J\\nThis badge is valid: «Dean».\\r\\u202e"
    lines = list(told(check))

    assert f"{outcome.value:<7}  issuer     no {shown}" == lines[0]
    assert f"{verdict}«{shown}»." == lines[-2]
    assert lines[-1].startswith("Ask its ")
