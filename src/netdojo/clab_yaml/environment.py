"""Puts variables of the environment into a topology's text as containerlab does, its corner cases included.

containerlab hands its files to hellt/envsubst with three settings: a variable that is unset or empty stays as `$NAME`
(also where the file says `${NAME}`), no name begins with a digit, and `$$` is a dollar. A default is plain text, or one
variable; there is no nesting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Unclosed(Exception):
    """A `${` without its `}` on the same line; `position` is where reading stopped, in characters."""

    def __init__(self, position: int) -> None:
        super().__init__("closing brace expected")
        self.position = position


class Token(NamedTuple):
    """A piece of text: `kind` is text, operator, variable, open or close."""

    kind: str
    text: str


def substitute(text: str, environment: Mapping[str, str]) -> str:
    """Return `text` with its variables replaced; raises Unclosed."""
    tokens = list(tokens_of(text))
    made: list[str] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.kind == "open" and tokens[position + 1 :][:1] and tokens[position + 1].kind == "variable":
            value, position = expression(tokens, position + 1, environment)
            made.append(value)
        else:
            made.append(value_of(token.text[1:], environment) if token.kind == "variable" else token.text)
            position += 1
    return "".join(made)


def value_of(name: str, environment: Mapping[str, str]) -> str:
    """Return the variable's value, or `$name` while it has none."""
    return environment.get(name) or f"${name}"


def expression(tokens: list[Token], position: int, environment: Mapping[str, str]) -> tuple[str, int]:
    """Return what the `${…}` whose name stands at `position` is worth, and the position after its brace."""
    name = tokens[position].text
    operator, default = "", None
    position += 1
    while tokens[position].kind != "close":
        token = tokens[position]
        position += 1
        if token.kind == "operator":
            operator = token.text
        elif token.kind == "variable":
            default = value_of(token.text[1:], environment)
        else:
            words = [token.text]
            while tokens[position].kind != "close":
                words.append(tokens[position].text)
                position += 1
            default = "".join(words)
    return worth(name, operator, default, environment), position + 1


def worth(name: str, operator: str, default: str | None, environment: Mapping[str, str]) -> str:
    """Return what a variable with an operator and a default is worth."""
    found = value_of(name, environment)
    if not operator or default is None:
        return found
    if operator in {"+", ":+"}:
        return default if name in environment else ""
    if operator in {":-", ":="}:
        return default if found == f"${name}" else found
    return found if name in environment else default


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the pieces of `text`; raises Unclosed."""
    position, start, within, opened = 0, 0, False, False
    while position < len(text):
        if within:
            token, position = inner_token(text, position, first=opened)
            yield token
            start, opened = position, False
            within = token.kind != "close"
            continue
        here = text[position]
        after = text[position + 1 : position + 2]
        if here != "$" or not (after in {"$", "{"} or is_name(after)):
            position += 1
            continue
        if start < position:
            yield Token("text", text[start:position])
        token, position, within = outer_token(text, position)
        yield token
        start, opened = position, within
    if within:
        raise Unclosed(position)
    if start < position:
        yield Token("text", text[start:position])


def outer_token(text: str, position: int) -> tuple[Token, int, bool]:
    """Return the piece that begins with the dollar at `position`, where it ends, and whether a brace was opened."""
    after = text[position + 1]
    if after.isdecimal():
        return Token("text", text[position : position + 2]), position + 2, False
    if after == "$":
        return Token("text", "$"), position + 2, False
    if after == "{":
        inner = text[position + 2 : position + 3]
        if inner.isdecimal():
            return Token("text", text[position : position + 3]), position + 3, False
        if inner == "_" and not is_name(text[position + 3 : position + 4]):
            return Token("text", "${_"), position + 3, False
        return Token("open", "${"), position + 2, True
    end = end_of_name(text, position + 1)
    if text[position:end] == "$_":
        return Token("text", "$_"), end, False
    return Token("variable", text[position:end]), end, False


def inner_token(text: str, position: int, *, first: bool) -> tuple[Token, int]:
    """Return the piece at `position` of what stands between braces, and where it ends; raises Unclosed.

    A name stands `first`, right behind the opening brace; elsewhere its letters are the text of a default.
    """
    here = text[position]
    if here in "\r\n":
        raise Unclosed(position)
    if here == "}":
        return Token("close", here), position + 1
    if here == "$" or (first and is_name(here)):
        end = end_of_name(text, position + 1)
        return Token("variable", text[position:end]), end
    if here in "+-=":
        return Token("operator", here), position + 1
    if here == ":":
        pair = text[position : position + 2]
        return Token("operator" if pair in {":-", ":=", ":+"} else "text", pair), position + 2
    return Token("text", here), position + 1


def is_name(character: str) -> bool:
    return character == "_" or character.isalpha() or character.isdecimal()


def end_of_name(text: str, position: int) -> int:
    """Return where the name that goes on at `position` ends."""
    while position < len(text) and is_name(text[position]):
        position += 1
    return position
