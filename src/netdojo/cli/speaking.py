"""How the command line speaks: results on stdout, progress and errors on stderr, no colour without a terminal."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table

from netdojo.errors import NetdojoError
from netdojo.model import Progress

out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def say(text: str = "") -> None:
    """Print a line of the result as it stands; nothing in it is taken for markup."""
    out.print(text, markup=False)


def say_json(value: Any) -> None:
    """Print `value` as one JSON document."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print rows under named columns."""
    made = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(cell.replace("[", "\\[") for cell in row))
    out.print(made)


def complain(error: NetdojoError) -> None:
    """Print an error for the person who must act."""
    err.print(f"netdojo: {printable(str(error))}", markup=False)


def printable(text: str) -> str:
    """Return `text` with what a terminal would take for a command made visible."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def one_line(text: str) -> str:
    """Return `text` as `printable` does, on one line."""
    return printable(text).replace("\n", "\\n")


@contextmanager
def progress(title: str, *, quiet: bool = False) -> Iterator[Callable[[Progress], None]]:
    """Show long work: a line that moves on a terminal, one line a phase elsewhere."""
    began = time.monotonic()
    if quiet:
        yield lambda _: None
    elif err.is_terminal:
        with err.status(title) as status:
            yield lambda step: status.update(f"{title}: {described(step, began)}")
    else:
        yield lines(title, began)


def lines(title: str, began: float) -> Callable[[Progress], None]:
    """Return a teller that prints a line whenever the phase changes."""
    last = [""]

    def tell(step: Progress) -> None:
        if step.phase != last[0]:
            last[0] = step.phase
            err.print(f"{title}: {described(step, began)}", markup=False)

    return tell


def described(step: Progress, began: float) -> str:
    """Return a step as "starting leaf1 3 of 6 (0.8 s)", with the time of the whole work."""
    return f"{step.line} ({time.monotonic() - began:.1f} s)"
