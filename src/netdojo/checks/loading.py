"""Reads a lab's check files: the functions that carry the mark, in the order in which they stand."""

from __future__ import annotations

import sys
import traceback
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from netdojo.checks.vocabulary import Check
from netdojo.errors import InvalidFiles, Problem


def load_checks(file: Path, *, hidden: bool = False) -> tuple[Check, ...]:
    """Return the checks of `file`, marked hidden when asked; an absent file has none.

    Raises InvalidFiles when the file does not run, naming the line.
    """
    if not file.is_file():
        return ()
    module = run_file(file)
    marked = [value.netdojo_check for value in vars(module).values() if hasattr(value, "netdojo_check")]
    return tuple(replace(found, hidden=hidden) for found in marked if found.run.__module__ == module.__name__)


def run_file(file: Path) -> ModuleType:
    """Run a check file as a module of its own, without writing byte code beside it."""
    module = ModuleType(f"netdojo_checks_{file.parent.name.replace('-', '_')}_{file.stem}")
    module.__file__ = str(file)
    try:
        exec(compile(file.read_bytes(), str(file), "exec"), vars(module))  # noqa: S102  # the course's own code
    except Exception as error:
        raise InvalidFiles([Problem(str(file), line_of(error, file), f"does not run: {error!r}")]) from error
    return module


def line_of(error: Exception, file: Path) -> str:
    """Return "line N" of the innermost frame that lies in `file`."""
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}"
    frames = traceback.extract_tb(sys.exc_info()[2])
    lines = [frame.lineno for frame in frames if frame.filename == str(file)]
    return f"line {lines[-1]}" if lines else ""
