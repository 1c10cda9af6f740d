"""Variables of the environment in a topology: what hellt/envsubst 0.2.0 makes of them, as containerlab asks it to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netdojo.clab_yaml.environment import Unclosed, substitute

patiently = settings(deadline=None, max_examples=60)
ENVIRONMENT = {"SET": "set", "TWO": "two words", "EMPTY": "", "SELF": "$SELF"}
NAMES = st.from_regex(r"[A-Z][A-Z_]{0,5}", fullmatch=True)
VALUES = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.text(st.characters(exclude_characters="$", exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a $SET b", "a set b"),
        ("${SET}$TWO", "settwo words"),
        ("$NONE ${NONE}", "$NONE $NONE"),
        ("$EMPTY ${EMPTY}", "$EMPTY $EMPTY"),
        ("${NONE:-x} ${NONE:=x} ${NONE-x} ${NONE=x}", "x x x x"),
        ("${EMPTY:-x} ${EMPTY:=x} ${EMPTY-x} ${EMPTY=x}", "x x $EMPTY $EMPTY"),
        ("${SET:-x} ${SET:=x} ${SET-x} ${SET=x}", "set set set set"),
        ("${SELF:-x}", "x"),
        ("${NONE:-} ${NONE:-$SET} ${NONE:-$GONE}", "$NONE set $GONE"),
        ("${NONE:-$SET/x} ${NONE:-x/$SET}", "/x x/$SET"),
        ("${SET:+x}.${EMPTY+x}.${NONE:+x}.${NONE+x}", "x.x.."),
        ("${NONE:-http://[::1]:80/a-b}", "http://[::1]:80/a-b"),
        ("${NONE:-${SET}}", "{SET}"),
        ("$$SET $${SET} $$$SET", "$SET ${SET} $set"),
        ("$1 ${1} $ $. ${", "$1 ${1} $ $. ${"),
        ("$_ ${-x} $é", "$_ ${-x} $é"),
    ],
)
def test_variable_is_replaced_as_containerlab_replaces_it(text: str, made: str) -> None:
    """Unset and empty variables stay, defaults are one piece of text or one variable, $$ is a dollar."""
    if text.endswith("${"):
        with pytest.raises(Unclosed):
            substitute(text, ENVIRONMENT)
        text, made = text[:-2], made[:-2]
    assert made == substitute(text, ENVIRONMENT)


@pytest.mark.parametrize("text", ["${", "${SET", "${SET\n}", "a ${SET:-x\r\n} b", "${SET:}", "${SET:"])
def test_brace_must_close_on_its_line(text: str) -> None:
    """What containerlab refuses as `closing brace expected` is refused."""
    with pytest.raises(Unclosed):
        substitute(text, ENVIRONMENT)


@patiently
@given(VALUES)
def test_text_gives_text_or_is_unclosed(text: str) -> None:
    """Whatever stands in a file, there is an answer."""
    try:
        substitute(text, ENVIRONMENT)
    except Unclosed as error:
        found = error
    else:
        return
    assert "${" in text
    assert 0 <= found.position <= len(text)


@patiently
@given(PLAIN)
def test_text_without_a_dollar_stays(text: str) -> None:
    assert text == substitute(text, ENVIRONMENT)


@patiently
@given(VALUES)
def test_doubled_dollars_keep_everything(text: str) -> None:
    """Each dollar written twice, a text comes out as it was, whatever is set."""
    assert text == substitute(text.replace("$", "$$"), ENVIRONMENT)


@patiently
@given(NAMES, VALUES, PLAIN, PLAIN)
def test_value_goes_in_as_it_is(name: str, value: str, before: str, after: str) -> None:
    """A value is not read again: what looks like a variable in it stays."""
    assert f"{before}{value or f'${name}'}{after}" == substitute(f"{before}${{{name}}}{after}", {name: value})


@patiently
@given(NAMES, st.text(st.characters(exclude_characters="$}+-=:\r\n", exclude_categories=["Cs"]), min_size=1))
def test_default_stands_in_for_what_is_not_set(name: str, default: str) -> None:
    """An unset variable and an empty one are worth their default, with :- and with := alike."""
    for operator in (":-", ":="):
        for environment in ({}, {name: ""}):
            assert default == substitute(f"${{{name}{operator}{default}}}", environment)
