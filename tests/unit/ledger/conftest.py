"""A ledger with three entries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from netdojo import places
from netdojo.ledger import Ledger
from netdojo.model import EntryContent

Write = Callable[..., EntryContent]


@pytest.fixture
def ledger(own_home: Path, content: Write) -> Ledger:
    """Return a ledger of three entries, in a home of its own."""
    made = Ledger(deadline=5)
    for passed in (False, True, True):
        made.append(content(passed=passed))
    return made


@pytest.fixture
def file(ledger: Ledger) -> Path:
    return places.ledger_file()
