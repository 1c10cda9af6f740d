"""A badge to verify, and the entry and lab that it is issued for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from netdojo.credentials import issue_badge, issuer
from netdojo.credentials.proof import secure
from netdojo.model import Badge, Credit, Entry, EntryContent, Lab, Learner, Task

FINISHED = datetime(2026, 3, 1, 9, 5, tzinfo=timezone.utc)


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    tasks = (Task(id="sessions", title="Every leaf has a session", points=6), Task(id="ecmp", title="Both", points=4))
    return make_lab("first-lab", *tasks, title="Bring up a fabric", objectives=("bgp-unnumbered", "netmiko-config"))


@pytest.fixture
def entry(lab: Lab, content: Callable[..., EntryContent]) -> Entry:
    held = content(lab=lab.slug, objectives=lab.manifest.objectives)
    return Entry(position=7, recorded=FINISHED, content=held, prev_hash="5" * 64, row_hash="6" * 64)


@pytest.fixture
def credit() -> Credit:
    return Credit(
        entry=7,
        lab="first-lab",
        awarded=FINISHED,
        minutes=50,
        hours=0.75,
        available=0.75,
        policy="self-declared 2026.1",
    )


@pytest.fixture
def badge(own_home: Path, entry: Entry, lab: Lab, credit: Credit) -> Badge:
    """Return a badge that this home's issuer has just issued."""
    return issue_badge(entry, lab, learner=Learner(id="ada"), credit=credit)


@pytest.fixture
def resign(badge: Badge) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a function that signs a changed credential with the issuer's own key."""

    def signed(changed: dict[str, Any]) -> dict[str, Any]:
        unsigned = {key: value for key, value in changed.items() if key != "proof"}
        return secure(unsigned, issuer(), "2026-03-01T09:05:00Z")

    return signed
