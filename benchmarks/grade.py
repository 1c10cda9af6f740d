"""Claim: a grade of a lab on a live network costs little more than the network's convergence and the notebook itself.

    python benchmarks/grade.py [--runs 5] [--lab SLUG] [--json]

Grades the reference solution of a lab several times, each on a network of its own, and prints the seconds of each
phase: prepare (read, match, load the checks), deploy, kernel (sandbox and kernel ready), notebook (the learner's
cells), judging, destroy, and whole (from the call to the report). `overhead` is whole without notebook and judging:
what grading adds to what the lab itself does.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from pathlib import Path
from typing import Any

from netdojo.content import find_course, find_lab
from netdojo.grading import grade
from netdojo.grading.states import solution_state, solved
from netdojo.model import Lab

COURSE = Path(__file__).parents[1]
PHASES = ("prepare", "deploy", "kernel", "notebook", "judging", "destroy", "overhead", "whole")


def hand_in(lab: Lab, folder: Path) -> None:
    """Write the reference solution as a learner would hand it in."""
    for name, held in solution_state(lab, solved(lab)).contents.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(held)


def measure_once(lab: Lab, folder: Path) -> dict[str, float]:
    """Grade once and return the seconds of each phase; a solution that does not pass is no measurement."""
    report = grade(lab, folder)
    if not report.passed:
        raise SystemExit(f"the solution did not pass: {[(task.id, task.rationale) for task in report.tasks]}")
    phases = dict(report.phases)
    return {**phases, "overhead": phases["whole"] - phases["notebook"] - phases["judging"]}


def spread(values: list[float]) -> dict[str, float]:
    return {"minimum": min(values), "median": statistics.median(values), "maximum": max(values)}


def measure(lab: Lab, runs: int) -> dict[str, Any]:
    """Return the spread of each phase over several gradings."""
    with tempfile.TemporaryDirectory(prefix="netdojo-benchmark-") as home:
        os.environ["NETDOJO_HOME"] = home
        folder = Path(home) / "submission"
        hand_in(lab, folder)
        found = [measure_once(lab, folder) for _ in range(runs)]
    seconds = {phase: spread([run[phase] for run in found]) for phase in PHASES}
    return {"lab": lab.slug, "runs": runs, "cores": os.cpu_count(), "seconds": seconds}


def print_table(found: dict[str, Any]) -> None:
    print(f"{found['lab']}: the solution, {found['runs']} runs, {found['cores']} cores")
    print(f"{'':12}{'minimum':>10}{'median':>10}{'maximum':>10}  s")
    for phase, figures in found["seconds"].items():
        print(f"{phase:12}" + "".join(f"{figures[name]:10.2f}" for name in ("minimum", "median", "maximum")))


def main() -> None:
    parser = argparse.ArgumentParser(description="How long grading a lab takes, by phases.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--lab", default="", help="the lab's folder name; the course's first lab by default")
    parser.add_argument("--json", action="store_true", help="print one object")
    given = parser.parse_args()
    course = find_course(COURSE)
    found = measure(find_lab(course, given.lab or course.labs[0].slug), given.runs)
    if given.json:
        print(json.dumps(found))
    else:
        print_table(found)


if __name__ == "__main__":
    main()
