"""How long a network may be left alone before it ends itself, and what became of one that was."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from netdojo import durations, places
from netdojo.errors import WrongUse
from netdojo.model import Forgotten

CHOICE = "NETDOJO_FORGET_AFTER"
"""The variable that says how long networks that are deployed from now on may be left alone."""
DEFAULT = 12 * 3600.0
"""Seconds: a network outlives a lunch break and a long evening, and is not there for days."""


def chosen() -> float:
    """Return the seconds that new networks may be left alone, 0 for ever; raises WrongUse for what is no time."""
    text = os.environ.get(CHOICE, "").strip()
    after = durations.parse(text) if text else DEFAULT
    if after is None:
        raise WrongUse(
            f"{CHOICE} must be a time such as 12h, 1h30m or 90s, or 0 for never (got {text!r})",
            help=f"Correct it, or unset it for the usual {durations.spoken(DEFAULT)}: unset {CHOICE}",
        )
    return after


def word(name: str) -> Path:
    """Return the file in which the network `name` leaves word that it was forgotten."""
    return places.home() / "forgotten" / f"{name}.json"


def forgotten(name: str) -> Forgotten | None:
    """Return how the last network `name` of this home was forgotten, or None when that was not its end."""
    try:
        return Forgotten.model_validate_json(word(name).read_bytes())
    except (OSError, ValidationError):
        return None


def said(found: Forgotten, now: datetime | None = None) -> str:
    """Return the end of a forgotten network as "ended at 14:32 after 12 h without use", in this machine's time."""
    ended = found.ended.astimezone()
    today = (now or datetime.now(ended.tzinfo)).astimezone().date()
    when = f"at {ended:%H:%M}" if ended.date() == today else f"on {ended:%Y-%m-%d} at {ended:%H:%M}"
    return f"ended {when} after {durations.spoken(found.idle)} without use"
