"""Figures of several runs: minimum, median, maximum, and the ratio of a peer's to ours, run by run."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

Spread = dict[str, float]
SPREAD = ("minimum", "median", "maximum")


def spread(values: Sequence[float]) -> Spread:
    return {"minimum": min(values), "median": statistics.median(values), "maximum": max(values)}


def ratio(theirs: Spread, ours: Spread) -> float:
    """Return how many times as much a peer takes, by the medians."""
    return theirs["median"] / ours["median"]


def print_spreads(rows: Iterable[tuple[str, str, Spread]], unit: str, digits: int = 3) -> None:
    """Print a line for each (who, what, figures)."""
    print(f"{'':14}{'':14}" + "".join(f"{name:>10}" for name in SPREAD) + f"  {unit}")
    for who, what, values in rows:
        print(f"{who:14}{what:14}" + "".join(f"{values[name]:10.{digits}f}" for name in SPREAD))


def beside(value: float, target: float | None, *, at_least: bool) -> str:
    """Return the target in words, and whether it is missed."""
    if target is None:
        return ""
    missed = value < target if at_least else value > target
    return f" (target: {'at least' if at_least else 'at most'} {target:g}{', missed' if missed else ''})"
