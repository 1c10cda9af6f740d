"""The whole path, unattended and timed: from a deployed network to a verified badge, and a forged one refused."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netdojo.cli.speaking import progress, say
from netdojo.errors import NetdojoError, NotFound
from netdojo.model import Progress

if TYPE_CHECKING:
    from netdojo.model import Badge, Lab, Receipt

CELL_DEADLINE = 120
"""Seconds that one cell of the reference solution may take."""

Tell = Callable[[Progress], None]


@dataclass(frozen=True)
class Step:
    """A step under way: `tell` shows what it does, `found` is printed when it is over."""

    doing: str
    tell: Tell
    found: list[str]


def walk(slug: str) -> None:
    """Walk through the lab `slug`, or the course's first, in a home of its own that is removed afterwards.

    Raises NetdojoError when a step does not end as it must. However it is asked to end, nothing of it is left.
    """
    from netdojo.content import find_course, find_lab
    from netdojo.grading.stopping import stops_cleanly

    course = find_course()
    lab = find_lab(course, slug) if slug else course.labs[0]
    began = time.monotonic()
    say(f"{lab.title}: the whole path, unattended\n")
    with stops_cleanly(), own_home(), ended_network(lab):
        do_the_lab(lab)
        receipt = graded(lab)
        ledger_holds()
        badge = issued(receipt)
        badge_holds(badge)
        forgery_is_refused(badge)
    say(f"\nthe whole path took {time.monotonic() - began:.1f} s")


@contextmanager
def own_home() -> Iterator[None]:
    """Keep the demo's notebook, ledger and badge, and what its kernel writes, out of the learner's own."""
    before = {name: os.environ.get(name) for name in ("NETDOJO_HOME", "IPYTHONDIR")}
    with tempfile.TemporaryDirectory(prefix="netdojo-demo-") as folder:
        os.environ.update(NETDOJO_HOME=folder, IPYTHONDIR=f"{folder}/ipython")
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value


@contextmanager
def ended_network(lab: Lab) -> Iterator[None]:
    """End the lab's network whatever happens, one that is still coming up as well."""
    from netdojo import runtimes

    try:
        yield
    finally:
        with suppress(NotFound):
            runtimes.destroy(lab.slug)


@contextmanager
def step(name: str, doing: str) -> Iterator[Step]:
    """Say what a step does while it lasts; then print it as one line with its time and what it found."""
    began = time.monotonic()
    with progress(name) as tell:
        tell(Progress(phase=doing))
        current = Step(doing, tell, [])
        yield current
    say(f"{name:<9} {time.monotonic() - began:5.1f} s  {'; '.join(current.found)}")


def do_the_lab(lab: Lab) -> None:
    """Run the reference solution as a learner runs the notebook; its first cell deploys the network."""
    from nbclient import NotebookClient
    from traitlets.config import Config

    from netdojo import places, runtimes
    from netdojo.grading import prepare_workspace

    with step("prepare", "releasing the notebook") as current:
        folder = prepare_workspace(lab, current.tell).parent
        notebook = solution(lab)
        current.found.append(f"the notebook is released with {len(lab.tasks)} tasks, its answers hidden")
    kernel = {"ip": str(places.home() / "kernel"), "connection_file": str(places.home() / "kernel.json")}
    config = Config({"KernelManager": {"transport": "ipc", **kernel}})
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, config=config, timeout=CELL_DEADLINE, resources=resources)
    # What the kernel says of its own end, when it is interrupted, is not for the terminal.
    with (places.home() / "kernel.log").open("wb") as log, client.setup_kernel(stdout=log, stderr=log), unheard():
        cells = iter(enumerate(notebook.cells))
        with step("deploy", "deploying the network from the notebook") as current:
            run_until(client, cells, "lab.deploy()", current)
            current.found.append(f"{len(runtimes.find(lab.slug).access)} nodes take commands over SSH")
        with step("lab", "running the reference solution") as current:
            run_until(client, cells, "lab.submit()", current, including=False)
            current.found.append("the reference solution ran, cell by cell, with its checks")
    (folder / f"{lab.slug}.ipynb").write_text(written(notebook))


@contextmanager
def unheard() -> Iterator[None]:
    """Let what becomes of a cell be nobody's concern once it is broken off: the kernel's end is ours by then."""
    from jupyter_core.utils import ensure_event_loop

    try:
        yield
    except BaseException:
        ensure_event_loop().set_exception_handler(lambda *_: None)
        raise


def solution(lab: Lab) -> Any:
    """Return the reference solution's notebook."""
    import nbformat

    from netdojo.grading.states import solution_state, solved

    held = solution_state(lab, solved(lab)).contents[f"{lab.slug}.ipynb"]
    return nbformat.reads(held.decode(), as_version=4)  # type: ignore[no-untyped-call]  # nbformat ships no types


def written(notebook: Any) -> str:
    """Return a notebook as the text of its file."""
    import nbformat

    return str(nbformat.writes(notebook))  # type: ignore[no-untyped-call]  # nbformat ships no types


def run_until(
    client: Any, cells: Iterator[tuple[int, Any]], mark: str, current: Step, *, including: bool = True
) -> None:
    """Run the code cells up to the one that holds `mark`."""
    total = len(client.nb.cells)
    for number, cell in cells:
        last = cell.cell_type == "code" and mark in cell.source
        if cell.cell_type == "code" and (including or not last):
            current.tell(Progress(phase=current.doing, done=number + 1, total=total))
            client.execute_cell(cell, number)
        if last:
            return


def graded(lab: Lab) -> Receipt:
    """Submit what was done; it must pass."""
    from netdojo import grading, places

    with step("grade", "handing in the notebook") as current:
        folder = places.workspaces() / lab.slug
        receipt = grading.submit(lab, folder, learner=grading.this_learner(), tell=current.tell)
        report = receipt.report
        current.found.append(
            f"{report.points} of {report.of} points on a fresh network, judged from outside the sandbox"
        )
    if not report.passed:
        reasons = "; ".join(f"{task.id}: {task.rationale}" for task in report.tasks if task.rationale)
        raise NetdojoError(
            f"the reference solution did not pass: {reasons}", help=f"Prove it: netdojo lab prove {lab.slug}"
        )
    return receipt


def ledger_holds() -> None:
    """Check the record's chain, and say what the entry counts for."""
    from netdojo.cli.records import recorded
    from netdojo.ledger import Ledger

    with step("ledger", "checking the chain of entries") as current:
        found = Ledger().verify()
        _, counted, statement = recorded()
        current.found.append(
            f"{found.count} entry, chain holds; {sum(credit.hours for credit in counted):g} hours ({statement})"
        )


def issued(receipt: Receipt) -> Badge:
    """Return the badge of the receipt."""
    if receipt.badge is None:
        raise NetdojoError("no badge was issued for a pass")
    return receipt.badge


def badge_holds(badge: Badge) -> None:
    """Verify the badge in both of its forms, offline."""
    from netdojo.credentials import verify_badge

    with step("badge", "verifying the badge offline") as current:
        for file in (badge.json_file, badge.png_file):
            verify_badge(file).require()
        current.found.append(f"{badge.name}: JSON and PNG verify offline")


def forgery_is_refused(badge: Badge) -> None:
    """Alter one byte of the badge, and show that it is refused."""
    from netdojo.credentials import verify_badge

    with step("forgery", "altering one byte of the badge") as current:
        forged = badge.json_file.with_name("forged.json")
        shutil.copyfile(badge.json_file, forged)
        alter_one_byte(forged)
        found = verify_badge(forged)
        if found.valid:
            raise NetdojoError("an altered badge was taken for a good one")
        reason = next(one.detail for one in found.steps if one.outcome.value == "broken")
        current.found.append(f"one byte altered, refused: {reason}")


def alter_one_byte(file: Path) -> None:
    """Change one letter of the badge's name, so that the JSON stays well-formed."""
    data = bytearray(file.read_bytes())
    place = data.index(b'"name"') + len(b'"name": "') + 1
    data[place] ^= 0x01
    file.write_bytes(data)
