"""The text of a containerlab file, as it is before anything in it is taken for YAML."""

from __future__ import annotations

import codecs
import io
import os
from pathlib import Path

from netdojo.clab_yaml.environment import Unclosed, substitute
from netdojo.errors import InvalidFiles, Problem

TEMPLATE = "{{"
LARGEST = 16 << 20
"""Bytes of a file; one of 400 nodes and 1200 links has some 200,000."""


def decoded(data: bytes) -> str:
    """Return a file's bytes as text, in UTF-8 or what its byte order mark says; ends of lines are made the same."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return io.StringIO(data.decode("utf-16" if marked else "utf-8-sig"), newline=None).read()


def text_of(file: Path, shown: str) -> str:
    """Return the file's text with its variables put in; raises InvalidFiles when it cannot be had."""
    try:
        with file.open("rb") as held:
            data = held.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise InvalidFiles([Problem(shown, "", f"must be a file of at most {LARGEST >> 20} MiB")])
        text = decoded(data)
    except FileNotFoundError:
        raise InvalidFiles([Problem(shown, "", "must be there")]) from None
    except IsADirectoryError:
        raise InvalidFiles([Problem(shown, "", "must be a file (got a folder)", "name the file in it")]) from None
    except OSError as error:
        raise InvalidFiles([Problem(shown, "", f"must be a readable text file ({error})")]) from None
    except UnicodeDecodeError as error:
        message = f"must be text in UTF-8 ({error})"
        raise InvalidFiles([Problem(shown, "", message, "save it as UTF-8")]) from None
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
