"""Claim: a grade of a lab on a live network costs little more than the network's convergence and the notebook itself.

    python benchmarks/grade.py [--runs 5] [--peer-runs 5] [--lab SLUG] [--json]

Grades the reference solution of a lab several times, each on a network of its own, and prints the seconds of each
phase: prepare (read, match, load the checks), deploy, kernel (sandbox and kernel ready), notebook (the learner's
cells), judging, destroy, and whole (from the call to the report). `overhead` is whole without notebook and judging:
what grading adds to what the lab itself does.

The peer is nbgrader's own autograde of the same notebook, turn by turn with the command `netdojo grade`. Its kernel has
no sandbox; the public checks are asked in it, by the notebook's own `lab.check`, and the hidden ones by nobody. It has
no networks, so the lab's is deployed for it beforehand and destroyed afterwards, which counts as well: `deploy`,
`autograde`, `destroy` and their sum `whole`. Both sides include the start of their programs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring.figures import beside, print_spreads, ratio, spread
from netdojo import places
from netdojo.content import find_course, find_lab
from netdojo.grading import grade
from netdojo.grading.assignment import write_source
from netdojo.grading.bookkeeper import with_programs
from netdojo.grading.states import solution_state, solved
from netdojo.model import Lab

COURSE = Path(__file__).parents[1]
PHASES = ("prepare", "deploy", "kernel", "notebook", "judging", "destroy", "overhead", "whole")
PEER_PHASES = ("deploy", "autograde", "destroy", "whole")
OVERHEAD = {"netmiko-first-contact": 4.0}
"""Seconds that grading may add, the median, by the lab: six routers deployed, a kernel started, the end of both."""
NO_SUBMIT = "lab.submit = lambda: None"
"""Keeps the peer's notebook, whose last cell submits, from being graded by us as well."""
CELL = 120
"""Seconds that the peer's cells may take each."""
RATIO = 1.0
"""How many times as long the peer is to take: isolation and a judge outside are to cost nothing on the whole."""


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


def command(*words: str, folder: Path) -> float:
    """Run a program of this Python and return its seconds; one that fails is no measurement."""
    began = time.monotonic()
    done = subprocess.run(words, cwd=folder, env=with_programs(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return time.monotonic() - began


def netdojo(*words: str) -> float:
    return command(sys.executable, "-m", "netdojo.cli", "--course", str(COURSE), *words, folder=places.home())


def nbgrader(*words: str) -> float:
    """Run nbgrader in the course folder, where no configuration of ours is: its own execution."""
    return command("nbgrader", *words, folder=places.nbgrader())


def prepare_peer(lab: Lab) -> None:
    """Make the assignment known to nbgrader, and hand in the solution."""
    write_source(lab)
    nbgrader("generate_assignment", lab.slug)
    folder = places.nbgrader() / "submitted" / "solver" / lab.slug
    hand_in(lab, folder)
    file = folder / f"{lab.slug}.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    leaves_out: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": NO_SUBMIT,
    }
    notebook["cells"].insert(-1, {**leaves_out, "id": "no-submit"})
    file.write_text(json.dumps(notebook), encoding="utf-8")


def measure_peer(lab: Lab) -> dict[str, float]:
    """Let nbgrader run the notebook on a network of its own; a cell that raised is no measurement."""
    seconds = {"deploy": netdojo("lab", "deploy", lab.slug)}
    try:
        seconds["autograde"] = nbgrader("autograde", lab.slug, "--force", f"--Execute.timeout={CELL}")
    finally:
        seconds["destroy"] = netdojo("lab", "destroy", lab.slug)
    file = places.nbgrader() / "autograded" / "solver" / lab.slug / f"{lab.slug}.ipynb"
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    if not outputs or any(output["output_type"] == "error" for output in outputs):
        raise SystemExit(f"nbgrader could not run the notebook: {outputs}")
    if places.submissions().exists():
        raise SystemExit("the notebook was submitted while nbgrader ran it, which is a grading of ours")
    return {**seconds, "whole": sum(seconds.values())}


def measure_beside(lab: Lab, folder: Path, runs: int) -> dict[str, Any]:
    """Return the spreads of both sides' commands, turn by turn, and how many times as long the peer takes."""
    prepare_peer(lab)
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(netdojo("grade", lab.slug, "--submission", str(folder)))
        theirs.append(measure_peer(lab))
    peer = {phase: spread([run[phase] for run in theirs]) for phase in PEER_PHASES}
    return {"netdojo grade": {"whole": spread(ours)}, "nbgrader": peer, "ratio": ratio(peer["whole"], spread(ours))}


def measure(lab: Lab, runs: int, peer_runs: int) -> dict[str, Any]:
    """Return the spread of each phase over several gradings, and both sides' commands beside each other."""
    with tempfile.TemporaryDirectory(prefix="netdojo-benchmark-") as home:
        os.environ.update(NETDOJO_HOME=home, NETDOJO_COURSE=str(COURSE))
        folder = Path(home) / "submission"
        hand_in(lab, folder)
        found = [measure_once(lab, folder) for _ in range(runs)]
        besides = measure_beside(lab, folder, peer_runs) if peer_runs else None
    seconds = {phase: spread([run[phase] for run in found]) for phase in PHASES}
    return {
        "lab": lab.slug,
        "runs": runs,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "seconds": seconds,
        "peer": besides,
        "targets": {"overhead": OVERHEAD.get(lab.slug), "ratio": RATIO},
    }


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield what is said of the overhead and the ratio, with their targets."""
    overhead, targets = found["seconds"]["overhead"]["median"], found["targets"]
    yield f"grading adds {overhead:.1f} s" + beside(overhead, targets["overhead"], at_least=False)
    if found["peer"]:
        times = found["peer"]["ratio"]
        yield f"nbgrader takes {times:.2f} times as long" + beside(times, targets["ratio"], at_least=True)
    else:
        yield "nbgrader was not measured"


def print_table(found: dict[str, Any]) -> None:
    print(f"{found['lab']}: the solution, {found['runs']} runs, {found['cores']} cores, load {found['load']:.1f}")
    print_spreads(((phase, "", figures) for phase, figures in found["seconds"].items()), "s", digits=2)
    if found["peer"]:
        sides = ((side, found["peer"][side]) for side in ("netdojo grade", "nbgrader"))
        print_spreads(((side, what, figures) for side, done in sides for what, figures in done.items()), "s", digits=2)
    print("\n".join(lines(found)))


def main() -> None:
    parser = argparse.ArgumentParser(description="How long grading a lab takes, by phases.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--lab", default="", help="the lab's folder name; the course's first lab by default")
    parser.add_argument("--peer-runs", type=int, help="of nbgrader, when not as many; 0 for none")
    parser.add_argument("--json", action="store_true", help="print one object")
    given = parser.parse_args()
    course = find_course(COURSE)
    peer_runs = given.runs if given.peer_runs is None else given.peer_runs
    found = measure(find_lab(course, given.lab or course.labs[0].slug), given.runs, peer_runs)
    if given.json:
        print(json.dumps(found))
    else:
        print_table(found)


if __name__ == "__main__":
    main()
