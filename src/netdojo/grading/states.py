"""The states of a lab that prove its grader: the start as released, the solution, and each wrong answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from netdojo.errors import InvalidFiles, Problem, suggestion
from netdojo.grading.assignment import build_notebook, load_master, master_digest
from netdojo.grading.digests import contents_of
from netdojo.grading.master import Master, grader_of, read_answers, to_notebook, with_answers
from netdojo.model import Lab, Noun, Slug, Verdict
from netdojo.yaml_files import parse, read_yaml

CANARY = re.compile(r"netdojo-canary: *[\w-]+")
REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
NOT_PASSED = frozenset({Verdict.failed, Verdict.skipped})
FEWEST_MUTANTS = 2


class MutantManifest(Noun):
    """The content of graders/<slug>/mutants/<name>/mutant.yml; `reason` must occur in a failed result's rationale."""

    story: str = Field(min_length=1)
    expect: dict[Slug, Verdict] = Field(min_length=1)
    reason: str = Field(min_length=1)


@dataclass(frozen=True)
class State:
    """A submission whose verdicts are known: what each task may come to, and what a failure must say."""

    name: str
    story: str
    contents: dict[str, bytes]
    expect: dict[str, frozenset[Verdict]]
    reason: str = ""


def states_of(lab: Lab) -> list[State]:
    """Return the lab's states; raises InvalidFiles with every fault of its mutants."""
    solution = solved(lab)
    faults: list[Problem] = []
    mutants: list[State] = []
    folders = sorted(file.parent for file in (grader_of(lab) / "mutants").glob("*/mutant.yml"))
    if len(folders) < FEWEST_MUTANTS:
        must = f"must hold {FEWEST_MUTANTS} wrong answers or more (got {len(folders)})"
        faults.append(Problem(f"graders/{lab.slug}/mutants", "", must))
    for folder in folders:
        try:
            mutants.append(mutant(lab, folder, solution))
        except InvalidFiles as error:
            faults += error.problems
    if faults:
        raise InvalidFiles(faults)
    return [start(lab), solution_state(lab, solution), *mutants]


def start(lab: Lab) -> State:
    """Return the notebook as it is handed out: a task waits for another or fails, and none passes."""
    contents = files_of(lab.start, lab) | {f"{lab.slug}.ipynb": build_notebook(lab).read_bytes()}
    expect = {task.id: NOT_PASSED if task.needs else frozenset({Verdict.failed}) for task in lab.tasks}
    return State("start", "What a learner gets, untouched.", contents, expect)


def solved(lab: Lab) -> Master:
    """Return the master with the answers of solution/ in place of its own, if there are any."""
    master = load_master(lab)
    file = grader_of(lab) / "solution" / "notebook.py"
    shown = f"graders/{lab.slug}/solution/notebook.py"
    return with_answers(master, read_answers(file, lab, shown)) if file.is_file() else master


def solution_state(lab: Lab, solution: Master) -> State:
    """Return the reference solution: every task passes."""
    files = files_of(lab.start, lab) | files_of(grader_of(lab) / "solution", lab)
    expect = {task.id: frozenset({Verdict.passed}) for task in lab.tasks}
    return State("solution", "The reference solution.", {**files, **notebook_of(solution, lab)}, expect)


def mutant(lab: Lab, folder: Path, solution: Master) -> State:
    """Return a wrong answer: the solution with the task cells and files that its folder holds."""
    shown = f"graders/{lab.slug}/mutants/{folder.name}"
    manifest = parse(read_yaml(folder / "mutant.yml", f"{shown}/mutant.yml"), MutantManifest, f"{shown}/mutant.yml")
    faults = list(misfits(manifest, lab, f"{shown}/mutant.yml"))
    if faults:
        raise InvalidFiles(faults)
    file = folder / "notebook.py"
    answers = read_answers(file, lab, f"{shown}/notebook.py") if file.is_file() else {}
    files = files_of(lab.start, lab) | files_of(grader_of(lab) / "solution", lab) | files_of(folder, lab)
    expect = {task: frozenset({verdict}) for task, verdict in manifest.expect.items()}
    contents = {**files, **notebook_of(with_answers(solution, answers), lab)}
    return State(folder.name, manifest.story, contents, expect, manifest.reason)


def misfits(manifest: MutantManifest, lab: Lab, shown: str) -> Iterator[Problem]:
    """Yield a problem for each task that is expected wrongly or not at all, and when no failure is expected."""
    known = [task.id for task in lab.tasks]
    for task in manifest.expect:
        if task not in known:
            yield Problem(shown, f"expect.{task}", "must be a task of lab.yml", suggestion(task, known, "task"))
    for task in known:
        if task not in manifest.expect:
            yield Problem(shown, f"expect.{task}", "must be given: what does this task come to?")
    if Verdict.failed not in manifest.expect.values():
        yield Problem(shown, "expect", "must have a task that failed, for the named reason")


def files_of(folder: Path, lab: Lab) -> dict[str, bytes]:
    """Return those files of `folder` that lab.yml names as handed in."""
    named = [folder / name for name in lab.manifest.files]
    found = [file for given in named for file in ([given] if given.is_file() else sorted(given.rglob("*")))]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found if file.is_file()}


def notebook_of(master: Master, lab: Lab) -> dict[str, bytes]:
    """Return the submission's notebook that holds the answers of `master`."""
    notebook: dict[str, Any] = to_notebook(master, lab, master_digest(lab))
    return {f"{lab.slug}.ipynb": json.dumps(notebook).encode()}


def leaks_of(lab: Lab) -> tuple[str, ...]:
    """Return a sentence for each thing of graders/ that the released notebook holds, and each file without a canary."""
    released = build_notebook(lab).read_text(encoding="utf-8")
    cells = "\n".join("".join(cell["source"]) for cell in json.loads(released)["cells"])
    found: list[str] = []
    for path, content in contents_of(grader_of(lab)).items():
        name, held = f"graders/{lab.slug}/{path}", content.decode("utf-8", "replace")
        canaries = CANARY.findall(held)
        if not canaries:
            found.append(f"{name} has no canary")
        found += [f"the released notebook holds the canary of {name}" for one in set(canaries) if one in released]
        if any(region.strip() and region.strip() in cells for region in REGION.findall(held)):
            found.append(f"the released notebook holds an answer of {name}")
    return tuple(found)
