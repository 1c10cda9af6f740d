"""What the progress page has of a learner."""

from __future__ import annotations

from pathlib import Path

from netdojo.portal import record


def test_a_ledger_that_was_kept_aside_is_named(home: Path) -> None:
    """Where nothing is recorded because a damaged ledger was kept aside, the page can say so, and which file it is."""
    assert () == record.record().aside
    kept = home / "ledger.damaged-20261125T184500.sqlite"
    kept.write_bytes(b"")

    found = record.record()
    assert ((), (str(kept),)) == (found.entries, found.aside)
