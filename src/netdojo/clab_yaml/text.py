"""The text of a containerlab file, as it is before anything in it is taken for YAML."""

from __future__ import annotations

import os
from pathlib import Path

from netdojo.clab_yaml.environment import Unclosed, substitute
from netdojo.errors import InvalidFiles, Problem

TEMPLATE = "{{"


def text_of(file: Path, shown: str) -> str:
    """Return the file's text with its variables put in; raises InvalidFiles when it cannot be had."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InvalidFiles([Problem(shown, "", "must be there")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFiles([Problem(shown, "", f"must be a readable text file ({error})")]) from None
    if TEMPLATE in text:
        line = text[: text.index(TEMPLATE)].count("\n") + 1
        message = f"must be a plain containerlab file (got the template action {TEMPLATE!r})"
        raise InvalidFiles([Problem(f"{shown}:{line}", "", message, "write out what the template would make")])
    try:
        return substitute(text, os.environ)
    except Unclosed as error:
        line = text[: error.position].count("\n") + 1
        message = "must close each '${' with '}' on the same line"
        raise InvalidFiles([Problem(f"{shown}:{line}", "", message, "a dollar that is meant is written $$")]) from None
