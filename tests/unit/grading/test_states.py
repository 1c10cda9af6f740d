"""The states that prove a lab's grader, and what of the grader would reach a learner."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from netdojo.errors import InvalidFiles
from netdojo.grading import states
from netdojo.model import Lab, Verdict

CANARY = "# netdojo-canary: graders-small-4f"
MASTER = f"""\
# %% task="first"
### BEGIN SOLUTION
{CANARY}
a = 1
### END SOLUTION

# %% task="second"
### BEGIN SOLUTION
{CANARY}
b = 2
### END SOLUTION
"""
MUTANT = f"{CANARY}\nstory: Wrong.\nexpect: {{first: failed, second: passed}}\nreason: a is 3\n"


def write(folder: Path | None, **files: str) -> None:
    """Write files below a folder; a name's __ stands for a / and its _ for a dot."""
    assert folder is not None
    for name, text in files.items():
        file = folder / name.replace("__", "/").replace("_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.fixture
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give what sets the cells of the notebook that a learner gets, without nbgrader."""
    file = tmp_path / "released.ipynb"

    def write_cells(*sources: str) -> None:
        cells = [{"source": source.splitlines(keepends=True)} for source in sources]
        file.write_text(json.dumps({"cells": cells}), encoding="utf-8")

    write_cells("# YOUR CODE HERE")
    monkeypatch.setattr(states, "build_notebook", lambda _: file)
    return write_cells


def test_nothing_leaks_from_a_notebook_without_answers(lab: Lab, released: Callable[..., None]) -> None:
    """A released notebook that holds no word of the grader, whose every file has its canary, is no leak."""
    write(lab.grader, notebook_py=MASTER, mutants__half__mutant_yml=MUTANT)

    assert () == states.leaks_of(lab)


def test_an_answer_that_is_handed_out_is_a_leak(lab: Lab, released: Callable[..., None]) -> None:
    """The text of an answer's region is found in the notebook, also when its canary was cut out of both."""
    write(lab.grader, notebook_py=f"{CANARY}\n### BEGIN SOLUTION\na = 1\nb = 2\n### END SOLUTION\n")
    released("import json", "# YOUR CODE HERE\na = 1\nb = 2\n")

    assert ("the released notebook holds an answer of graders/small/notebook.py",) == states.leaks_of(lab)


def test_an_empty_answer_is_no_leak(lab: Lab, released: Callable[..., None]) -> None:
    """A region without a word is in every notebook."""
    write(lab.grader, notebook_py=f"{CANARY}\n### BEGIN SOLUTION\n\n### END SOLUTION\n")

    assert () == states.leaks_of(lab)


def test_a_canary_that_is_handed_out_is_a_leak(lab: Lab, released: Callable[..., None]) -> None:
    """A canary is found wherever it stands in the notebook, and its file is named, once."""
    write(lab.grader, hidden_py=f"{CANARY}\n{CANARY}\n")
    released(f"x = 1  {CANARY}")

    assert ("the released notebook holds the canary of graders/small/hidden.py",) == states.leaks_of(lab)


def test_a_file_without_a_canary_is_told(lab: Lab, released: Callable[..., None]) -> None:
    """A file of the grader that could be given away unnoticed is as bad as one that was."""
    write(lab.grader, hidden_py="SECRET = 3\n", notebook_py=MASTER)

    assert ("graders/small/hidden.py has no canary",) == states.leaks_of(lab)


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_wrong_answers_prove_nothing(lab: Lab, count: int) -> None:
    """A grader that was tried on one wrong answer or none is refused, with what it must have."""
    write(lab.grader, notebook_py=MASTER, **{f"mutants__m{number}__mutant_yml": MUTANT for number in range(count)})
    with pytest.raises(InvalidFiles) as told:
        states.states_of(lab)

    assert [f"graders/small/mutants: must hold 2 wrong answers or more (got {count})"] == list(
        map(str, told.value.problems)
    )


def test_a_lab_has_its_start_its_solution_and_each_wrong_answer(lab: Lab, released: Callable[..., None]) -> None:
    """Two wrong answers are enough; the states come in the order in which they are told."""
    write(lab.grader, notebook_py=MASTER, mutants__b__mutant_yml=MUTANT, mutants__a__mutant_yml=MUTANT)

    assert ["start", "solution", "a", "b"] == [state.name for state in states.states_of(lab)]


def test_the_start_passes_nothing_and_the_solution_everything(lab: Lab, released: Callable[..., None]) -> None:
    """As handed out, a task fails, or waits where it needs another; with the answers, each passes."""
    write(lab.grader, notebook_py=MASTER)
    tasks = (lab.tasks[0], lab.tasks[1].model_copy(update={"needs": ("first",)}))
    waiting = lab.model_copy(update={"manifest": lab.manifest.model_copy(update={"tasks": tasks})})

    failed = frozenset({Verdict.failed})
    assert {"first": failed, "second": failed | {Verdict.skipped}} == states.start(waiting).expect
    solution = states.solution_state(waiting, states.solved(waiting))
    assert {"first": frozenset({Verdict.passed}), "second": frozenset({Verdict.passed})} == solution.expect


def test_a_wrong_answer_is_the_solution_but_for_what_its_folder_holds(lab: Lab) -> None:
    """A mutant's cells and files stand in the place of the solution's; the rest is right."""
    write(lab.start, plan_json="start", configs__r1_conf="start", configs__r2_conf="start")
    write(lab.grader, notebook_py=MASTER, solution__configs__r1_conf="solved", solution__configs__r2_conf="solved")
    write(lab.grader, mutants__a__mutant_yml=MUTANT, mutants__a__configs__r2_conf="wrong")
    write(lab.grader, mutants__a__notebook_py='# %% task="first"\na = 3\n')
    assert lab.grader is not None
    made = states.mutant(lab, lab.grader / "mutants" / "a", states.solved(lab))
    cells = {cell["id"]: cell["source"] for cell in json.loads(made.contents["small.ipynb"])["cells"]}

    assert "a = 3" == cells["first"]
    assert "b = 2" in cells["second"]
    files = {name: held.decode() for name, held in made.contents.items() if name != "small.ipynb"}
    assert {"plan.json": "start", "configs/r1.conf": "solved", "configs/r2.conf": "wrong"} == files
    assert ("a is 3", frozenset({Verdict.failed})) == (made.reason, made.expect["first"])


def test_the_faults_of_a_wrong_answer_are_told_at_once(lab: Lab) -> None:
    """A task that is none, one that is left out, and a mutant that is not wrong are each a sentence."""
    write(
        lab.grader,
        notebook_py=MASTER,
        mutants__a__mutant_yml="story: S\nexpect: {frist: passed}\nreason: R\n",
        mutants__b__mutant_yml=MUTANT,
    )
    with pytest.raises(InvalidFiles) as told:
        states.states_of(lab)

    fields = [(problem.field, problem.message) for problem in told.value.problems]
    assert [
        ("expect.frist", "must be a task of lab.yml"),
        ("expect.first", "must be given: what does this task come to?"),
        ("expect.second", "must be given: what does this task come to?"),
        ("expect", "must have a task that failed, for the named reason"),
    ] == fields
    assert "first" in told.value.problems[0].hint


def test_only_files_that_the_lab_names_are_handed_in(lab: Lab) -> None:
    """What lies beside plan.json and configs/ in a folder is no part of a submission."""
    write(lab.start, plan_json="{}", configs__r1_conf="!", notes_txt="mine", other__x_txt="x")

    assert {"plan.json": b"{}", "configs/r1.conf": b"!"} == states.files_of(lab.start, lab)
