"""The chain: what an entry's hash covers, and where a chain breaks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netdojo.ledger.chain import GENESIS, End, Row, link, seal, to_entry, walk
from netdojo.model import EntryContent

NOW = datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=timezone.utc)


@pytest.fixture
def rows(content: Callable[..., EntryContent]) -> list[Row]:
    chain: list[Row] = []
    for name in ("ada", "grace", "linus"):
        end = End(chain[-1].position, chain[-1].row_hash) if chain else End()
        chain.append(seal(content(learner=name), end, NOW))
    return chain


def test_row_hash_is_sha256_of_the_canonical_form(rows: list[Row]) -> None:
    """The hash covers position, time, content and the hash before, in the form of RFC 8785."""
    row = rows[1]
    said = {
        "position": 2,
        "recorded": "2026-03-01T10:00:00.123456Z",
        "content": json.loads(row.content),
        "prev_hash": rows[0].row_hash,
    }

    assert hashlib.sha256(rfc8785.dumps(said)).hexdigest() == row.row_hash


def test_first_row_follows_zeros(rows: list[Row]) -> None:
    """The first entry's prev_hash is all zeros."""
    assert "0" * 64 == GENESIS == rows[0].prev_hash


def test_row_gives_its_entry_back(rows: list[Row], content: Callable[..., EntryContent]) -> None:
    """What was sealed is what is read."""
    entry = to_entry(rows[0])

    assert (1, NOW, content(learner="ada")) == (entry.position, entry.recorded, entry.content)


def test_sound_chain_has_no_break(rows: list[Row]) -> None:
    """A chain as it was written holds at every row."""
    assert [None, None, None] == [broken for _, broken in walk(rows)]


def test_two_rows_that_change_places_break_the_chain(rows: list[Row]) -> None:
    """A reordered row is found at the first place that it should not be at."""
    swapped = [rows[0], replace(rows[2], position=2), replace(rows[1], position=3)]

    assert 2 == next(broken.position for _, broken in walk(swapped) if broken)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(field=st.sampled_from(["recorded", "content", "prev_hash", "row_hash"]), data=st.data())
def test_any_altered_character_breaks_the_chain(
    content: Callable[..., EntryContent], field: str, data: st.DataObject
) -> None:
    """No single character of a row can change without notice."""
    row = seal(content(), End(), NOW)
    text = getattr(row, field)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda letter: letter != text[at]))
    altered = replace(row, **{field: text[:at] + other + text[at + 1 :]})

    assert link(altered, End()) is not None
