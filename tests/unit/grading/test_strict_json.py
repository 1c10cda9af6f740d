"""What comes out of the sandbox is parsed within limits."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdojo.grading.strict_json import NotStrict, depth_of, parse

SCALARS = st.none() | st.booleans() | st.integers(-(10**300), 10**300) | st.text()
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**300), 10**300)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN)
def test_plain_data_comes_through(value: object) -> None:
    """Whatever JSON can say within the limits is parsed as json does."""
    assert value == parse(json.dumps(value))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("NaN", "holds NaN"),
        ("-Infinity", "holds -Infinity"),
        ("1e999", "number that is too large"),
        ("9" * 401, "more than 400 digits"),
        ("0." + "9" * 401, "more than 400 digits"),
        ("[" * 65 + "]" * 65, "nested deeper than 64"),
        ("[" * 900_000, "nested deeper than 64"),
        ('"' + "x" * 1_000_000 + '"', "larger than 1000000"),
        ('{"a": 1, "a": 2}', "names a key twice"),
        ("{'a': 1}", "is not JSON"),
        ("__import__('os')", "is not JSON"),
        ("", "is not JSON"),
    ],
)
def test_what_is_no_plain_data_is_refused(text: str, why: str) -> None:
    """Each limit is told by name."""
    with pytest.raises(NotStrict, match=why):
        parse(text)


def test_brackets_in_strings_are_no_depth() -> None:
    """Depth counts what nests, not what is written; an escaped quote does not end a string."""
    assert 1 == depth_of(json.dumps(["[[[" * 50, '"[{\\"[' * 30]))


@pytest.mark.parametrize("text", ['"' + '\\"' * 500_000, '"\\' * 500_000, '"' * 500_000, '{"a": "[[['])
def test_strings_that_do_not_end_are_looked_through_once(text: str) -> None:
    """Whatever stands in them is no depth, and half a million characters take no longer than any others."""
    assert depth_of(text) <= 1


def test_the_digit_limit_is_below_the_interpreters_own() -> None:
    """No number that passes ours meets the interpreter's limit on digits."""
    assert sys.get_int_max_str_digits() > 400
