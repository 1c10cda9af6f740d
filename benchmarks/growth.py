"""Claim: time and memory grow with the number of routers, and no faster.

    python benchmarks/growth.py [--runs 3] [--sizes 6 12 24 40 64] [--peer] [--json] [--write]

Deploys leaf-spine fabrics of each size several times, as benchmarks/deploy.py does, and prints minimum, median and
maximum of the seconds until ready, converged and destroyed, and of the megabytes a router. `--peer` measures
containerlab beside the smallest and the largest, once each. `--write` puts the table into docs/reference/figures.md and
the plot into docs/images/growth.svg.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import deploy
from measuring.fabrics import COURSE
from measuring.figures import Spread
from measuring.plot import Panel, svg
from netdojo import page_parts

SHAPES = {6: (2, 4), 12: (4, 8), 24: (4, 20), 40: (8, 32), 64: (8, 56)}
"""Routers → spines and leaves."""
FIGURES = {
    "ready": "ready, s",
    "converged": "converged, s",
    "destroyed": "destroyed, s",
    "megabytes": "a router, MB (PSS)",
}
PAGE = COURSE / "docs" / "reference" / "figures.md"
PLOT = COURSE / "docs" / "images" / "growth.svg"


def measure(sizes: Sequence[int], runs: int, *, peer: bool) -> list[dict[str, Any]]:
    """Return what deploy.py finds of each size."""
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="netdojo-") as folder:
            os.environ["NETDOJO_HOME"] = f"{folder}/home"
            topology = deploy.written(Path(folder), *SHAPES[size])
            beside = 1 if peer and size in {min(sizes), max(sizes)} else 0
            found.append(deploy.measure(topology, runs, beside))
    return found


def figures(one: dict[str, Any], side: str) -> dict[str, Spread]:
    """Return the spreads of a side's figures; what the peer takes of the memory is not measured."""
    megabytes = {"megabytes": one["megabytes_a_router"]} if side == "netdojo" else {}
    return {**one["seconds"][side], **megabytes}


def table(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of a Markdown table: median, and minimum to maximum where there are several runs."""
    yield f"| routers | links | | {' | '.join(FIGURES.values())} |"
    yield "|---|---|---|" + "---|" * len(FIGURES)
    for one in found:
        for side in one["seconds"]:
            cells = [cell(figures(one, side).get(name)) for name in FIGURES]
            yield f"| {one['nodes']} | {one['links']} | {side} | " + " | ".join(cells) + " |"


def cell(values: Spread | None) -> str:
    if values is None:
        return "–"
    low, median, high = (f"{values[name]:.1f}" for name in ("minimum", "median", "maximum"))
    return median if low == high else f"{median} ({low} to {high})"


def panels(found: Sequence[dict[str, Any]]) -> list[Panel]:
    """Return seconds and memory over the number of routers."""
    ours = {name: [(one["nodes"], figures(one, "netdojo")[name]) for one in found] for name in FIGURES}
    return [
        Panel("Seconds", "routers", {name: ours[name] for name in deploy.FIGURES}),
        Panel("Megabytes a router, proportional set size", "routers", {"memory": ours["megabytes"]}),
    ]


def machine(found: Sequence[dict[str, Any]]) -> str:
    """Return the day, the machine and how busy it was, in a sentence."""
    low, high = min(one["load"][0] for one in found), max(one["load"][1] for one in found)
    day = time.strftime("%Y-%m-%d")
    return (
        f"Measured on {day}: {os.cpu_count()} cores ({processor()}), Linux {platform.release()}, "
        f"{found[0]['runs']} runs of each size, load average {low:.1f} to {high:.1f}, ours included."
    )


def processor() -> str:
    rows = Path("/proc/cpuinfo").read_text().splitlines()
    return next((row.partition(": ")[2] for row in rows if row.startswith("model name")), platform.machine())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--peer", action="store_true", help="measure containerlab beside the smallest and the largest")
    parser.add_argument("--write", action="store_true", help="write the table and the plot into docs/")
    parser.add_argument("--json", action="store_true", help="print one object")
    given = parser.parse_args()
    found = measure(given.sizes, given.runs, peer=given.peer)
    lines = [machine(found), "", *table(found)]
    print(json.dumps({"sizes": found})) if given.json else print("\n".join(lines))
    if given.write:
        PAGE.write_text(page_parts.filled(PAGE.read_text(), "growth", "\n".join(lines)))
        PLOT.write_text(svg("Time and memory by the number of routers", panels(found)))


if __name__ == "__main__":
    main()
