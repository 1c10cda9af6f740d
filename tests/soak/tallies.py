"""What became of the kills, a line for each phase and victim: for a terminal, and for the page of figures."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable, Sequence

from netdojo import page_parts, tables

from ..ordinary import ROOT
from .victims import CELLS, Outcome

PAGE = ROOT / "docs" / "reference" / "figures.md"
COLUMNS = ["phase", "victim", "kills", "left behind", "left to the next call", "half-written", "faults", "next deploy"]
"""Of the kills, in how many something was left that should not have been; in how many what nothing was left to clear
waited for the next client; in how many a killed client had begun to write what it was asked for; in how many
something was told wrongly; and after how many the next deploy worked."""


def rows(found: Sequence[Outcome]) -> list[list[str]]:
    """Return a row for each phase and victim that was tried, and one of all."""
    its = [(cell, [one for one in found if (one.phase, one.victim) == cell]) for cell in CELLS]
    return [row(*cell, outcomes) for cell, outcomes in its if outcomes] + [row("all", "", found)]


def row(phase: str, victim: str, its: Sequence[Outcome]) -> list[str]:
    counted = [count(getattr(one, kind) for one in its) for kind in ("left", "waiting", "half", "faults", "again")]
    return [phase, victim, str(len(its)), *counted]


def count(each: Iterable[object]) -> str:
    return str(sum(map(bool, each)))


def text(found: Sequence[Outcome], seed: int) -> str:
    good = sum(one.good for one in found)
    lines = tables.text(tables.Table("", COLUMNS, rows(found)))
    return f"{lines}\n{good} of {len(found)} kills left nothing, and the next deploy worked; seed {seed}."


def markdown(found: Sequence[Outcome], seed: int, command: str) -> str:
    """Return the table for a page, below the day, the kernel and the seed."""
    day, kernel = time.strftime("%Y-%m-%d"), platform.release()
    said = f"Taken on {day} with `{command}`: {len(found)} kills, {os.cpu_count()} cores, Linux {kernel}, seed {seed}."
    cells = [COLUMNS, ["---"] * len(COLUMNS), *rows(found)]
    return "\n".join([said, "", *(f"| {' | '.join(one)} |" for one in cells)])


def write(found: Sequence[Outcome], seed: int, runtime: str, command: str) -> None:
    """Put the table of a runtime into the page of figures."""
    page = PAGE.read_text(encoding="utf-8")
    filled = page_parts.filled(page, f"kills, {runtime}", markdown(found, seed, command))
    PAGE.write_text(filled, encoding="utf-8")
