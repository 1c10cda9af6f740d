"""When a network counts as forgotten, how that is set, and what is said of one that was."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.errors import WrongUse
from netdojo.model import Forgotten, Topology
from netdojo.runtimes import forgetting
from netdojo.runtimes.serving import using

GOLDEN = Path(__file__).parents[2] / "errors" / "forgetting"


def test_default_and_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a day unless NETDOJO_FORGET_AFTER says otherwise; 0 is never."""
    monkeypatch.delenv(forgetting.CHOICE, raising=False)
    assert 12 * 3600 == forgetting.chosen()
    monkeypatch.setenv(forgetting.CHOICE, "1h30m")
    assert 5400 == forgetting.chosen()
    monkeypatch.setenv(forgetting.CHOICE, "0")
    assert 0 == forgetting.chosen()


@pytest.mark.parametrize("text", ["soon", "12"])
def test_bad_choice_is_refused_before_anything_starts(
    text: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what is expected and what was found, and no folder is made."""
    monkeypatch.setenv(forgetting.CHOICE, text)
    topology = Topology(name="pair", file=tmp_path / "pair.clab.yml", images=tmp_path, nodes=(), links=())
    for call in (runtimes.deploy, runtimes.check):
        with pytest.raises(WrongUse) as refused:
            call(topology)
        assert (GOLDEN / f"{text}.txt").read_text() == f"{refused.value}\n"
    assert not home.exists()


def test_word_of_the_end_is_found_until_it_is_no_word(home: Path) -> None:
    """What a supervisor leaves is read back; what others leave there is not taken for it."""
    assert forgetting.forgotten("lab") is None
    using.remember({"name": "lab", "word": str(forgetting.word("lab"))}, 7.5)
    found = forgetting.forgotten("lab")
    assert found is not None
    assert ("lab", 7.5) == (found.name, found.idle)
    assert 0o600 == forgetting.word("lab").stat().st_mode & 0o777
    forgetting.word("lab").write_text("{")
    assert forgetting.forgotten("lab") is None


def test_old_words_go(home: Path) -> None:
    """Word of a network that was forgotten more than a month ago goes with the next."""
    using.remember({"name": "old", "word": str(forgetting.word("old"))}, 1)
    long_ago = forgetting.word("old").stat().st_mtime - using.KEPT - 60
    os.utime(forgetting.word("old"), (long_ago, long_ago))
    using.remember({"name": "new", "word": str(forgetting.word("new"))}, 1)
    assert ["new.json"] == [one.name for one in forgetting.word("new").parent.iterdir()]


def test_end_is_said_with_its_day_when_that_is_not_today() -> None:
    """The time alone is for today; the time without use has its units."""
    ended = datetime(2026, 3, 1, 14, 32).astimezone()
    found = Forgotten(name="lab", ended=ended.astimezone(timezone.utc), idle=12 * 3600 + 0.2)
    assert "ended at 14:32 after 12 h without use" == forgetting.said(found, ended + timedelta(minutes=5))
    assert "ended on 2026-03-01 at 14:32 after 12 h without use" == forgetting.said(found, ended + timedelta(days=1))


def test_use_holds_forgetting_off() -> None:
    """While anybody is there it is not forgotten; the time begins anew when the last one goes."""

    async def watch() -> list[bool]:
        use = using.Use(0.01)
        forgotten = asyncio.ensure_future(use.forgotten())
        use.begin()
        with use.lasting():
            pass
        await asyncio.wait([forgotten], timeout=0.1)
        seen = [forgotten.done(), use.idle == 0]
        use.end()
        await asyncio.wait_for(forgotten, 10)
        return [*seen, use.idle >= 0.01]

    assert [False, True, True] == asyncio.run(watch())


def test_never_is_never() -> None:
    """With no limit, a network without users is not forgotten."""

    async def watch() -> bool:
        forgotten = asyncio.ensure_future(using.Use(0).forgotten())
        await asyncio.wait([forgotten], timeout=0.1)
        done = forgotten.done()
        forgotten.cancel()
        return done

    assert not asyncio.run(watch())
