"""What is written is read as what it was: by the reader, after variables and as YAML, and so by containerlab."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netdojo.clab_yaml import Mapping, Scalar, Sequence, read_document, write_document
from netdojo.clab_yaml.environment import substitute

patiently = settings(deadline=None, max_examples=100)
WRITTEN = [
    "1.10",
    "012",
    "0x10",
    "1_000",
    "True",
    "yes",
    "1e3",
    "+5",
    "-1",
    ".5",
    "off",
    "0b11",
    "99999999999999999999",
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=12)
PIECES = st.sampled_from(
    ["$HOME", "${X:-y}", "$$", "${", "{{ .Name }}", "{{{", "<<", "~", "012", "yes", "\\", '"', "#"]
)
HELD = st.recursive(
    st.none() | TEXTS | PIECES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | PIECES, inner, max_size=3),
    max_leaves=12,
)


def read_back(text: str) -> Mapping:
    """Return what containerlab has of a file that it is given."""
    assert "{{" not in text
    held, faults = read_document(substitute(text, {"HOME": "/elsewhere", "X": "x"}), "file")
    assert [] == faults
    return held


def kinds(held: Any) -> Any:
    """Return a part of a file with each scalar as its kind and text, keys as well."""
    if isinstance(held, Mapping):
        return [(kinds(key), kinds(value)) for key, value in held.items()]
    if isinstance(held, Sequence):
        return [kinds(value) for value in held]
    return (held.kind, str(held)) if isinstance(held, Scalar) else held


@pytest.mark.parametrize("word", WRITTEN)
def test_scalar_stays_as_it_was_written(word: str) -> None:
    """Values, keys and entries keep their letters, and stay what they were with and without quotes."""
    text = (
        f'plain: {word}\nquoted: "{word}"\n{word}: key\nlist: [{word}, "{word}"]\nmade: {{"{word}!": {{{word}: 1}}}}\n'
    )
    held, _ = read_document(text, "file")

    assert kinds(held) == kinds(read_back(write_document(held)))
    assert held["plain"].kind != held["quoted"].kind == "text"


def test_nothing_stays_nothing() -> None:
    """A key with nothing behind it, an empty text, and a key that is nothing are told apart."""
    held, _ = read_document('a:\nb: ""\nc: ~\n~: d\ne: {}\nf: []\n', "file")
    assert kinds(held) == kinds(read_back(write_document(held)))


def test_what_stood_for_another_part_is_written_out() -> None:
    """Anchors and merge keys are filled in; a quoted `<<` is a key like any other."""
    held, _ = read_document('a: &a {x: 012}\nb: {<<: *a, y: 1}\nc: *a\nd: {"<<": 1}\n', "file")
    assert kinds(held) == kinds(read_back(write_document(held)))


def test_own_values_are_plain() -> None:
    """Numbers and switches that netdojo puts in itself are numbers and switches."""
    held = read_back(write_document({"mtu": 1500, "access": False}))
    assert [("whole", "1500"), ("false", "false")] == [kinds(held["mtu"]), kinds(held["access"])]


@patiently
@given(st.dictionaries(TEXTS | PIECES, HELD, max_size=4))
def test_any_text_is_read_back(document: dict[str, Any]) -> None:
    """Dollars, braces, quotes and signs that YAML, Go's templates or variables would take for theirs are kept."""
    assert document == read_back(write_document(document))
