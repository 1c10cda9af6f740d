"""Stretches of time are read as people write them and said in two units."""

from __future__ import annotations

import pytest

from netdojo import durations


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("90s", 90), ("30m", 1800), ("12h", 43200), ("1h30m", 5400), ("2d", 172800)]
)
def test_written_time_is_read(text: str, seconds: float) -> None:
    """Numbers with units, the larger ones first; 0 needs none."""
    assert seconds == durations.parse(text)


@pytest.mark.parametrize("text", ["", "soon", "12", "-1h", "1.5h", "30m1h", "1h ", "h", "12 h", "9999999d", "١h\n"])
def test_other_text_is_no_time(text: str) -> None:
    """A number without its unit, a sign, a fraction or the wrong order is no time."""
    assert durations.parse(text) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.9, "0 s"), (59.9, "59 s"), (125, "2 min 5 s"), (43200, "12 h"), (3605, "1 h"), (176400, "2 d 1 h")],
)
def test_time_is_said_in_its_two_largest_units(seconds: float, text: str) -> None:
    """What is smaller is left out."""
    assert text == durations.spoken(seconds)
