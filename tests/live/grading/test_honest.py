"""What learners hand in who mean well."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from netdojo import runtimes
from netdojo.grading import grade
from netdojo.model import Verdict

if TYPE_CHECKING:
    from tests.live.grading.conftest import Workbench

PASSED, FAILED, SKIPPED = Verdict.passed, Verdict.failed, Verdict.skipped


def test_the_solution_passes_every_task(bench: Workbench) -> None:
    """The reference solution gets all points, and its network is gone afterwards."""
    report = bench.graded()

    assert {"number": PASSED, "double": PASSED, "address": PASSED} == bench.verdicts(report)
    assert (10, 10, 0) == (report.points, report.of, report.exit_code)
    assert () == report.notes
    assert {"prepare", "deploy", "kernel", "notebook", "judging", "destroy", "whole"} == set(report.phases)
    assert [] == [network.name for network in runtimes.networks() if network.name.startswith("grade-")]


def test_an_exception_is_told_with_its_line_and_the_rest_goes_on(bench: Workbench) -> None:
    """A cell that breaks off fails its task with the exception and the line; the other tasks are judged."""
    report = bench.graded(number="\n\nnumber = forty_two")

    assert {"number": FAILED, "double": PASSED, "address": SKIPPED} == bench.verdicts(report)
    assert "NameError: name 'forty_two' is not defined (in line 3 of the cell of task 'number')" == (
        report.tasks[0].rationale
    )


def test_an_exception_that_harms_no_task_is_a_note(bench: Workbench) -> None:
    """A cell that breaks off after its work was done does not fail the task."""
    report = bench.graded(number="number = 42\nprint(nothing)")

    assert PASSED == report.tasks[0].verdict
    assert ("NameError: name 'nothing' is not defined (in line 2 of the cell of task 'number')",) == report.notes


def test_what_follows_an_error_is_run_however_soon(bench: Workbench) -> None:
    """Each cell is run, and each variable found, right after a cell that raised."""
    notebook = bench.notebook(number="number = count - 100\n1 / 0")
    for source in ["count = 0", *["count += 1\n1 / 0"] * 142][::-1]:
        notebook["cells"].insert(0, {"id": f"own{len(notebook['cells'])}", "cell_type": "code", "source": source})
        notebook["cells"][0].update(metadata={}, outputs=[], execution_count=None)
    report = grade(bench.lab, bench.hand_in(notebook))

    assert PASSED == report.tasks[0].verdict, report.tasks[0].results


def test_output_of_every_kind_hurts_nobody(bench: Workbench) -> None:
    """stderr, warnings, magics, displays, top-level await and Windows line ends leave the verdict alone."""
    noisy = (
        "import sys, warnings, asyncio\r\nprint('x', file=sys.stderr)\r\nwarnings.warn('y')\r\n"
        "%time number = 42\r\nawait asyncio.sleep(0)\r\n'großes Ω'"
    )
    report = bench.graded(number=noisy)

    assert PASSED == report.tasks[0].verdict
    assert () == report.notes


def test_input_is_refused_with_words(bench: Workbench) -> None:
    """A cell that asks for input fails with an exception that says so, and does not wait."""
    report = bench.graded(number="number = int(input())")

    assert "input" in report.tasks[0].rationale


def test_the_same_submission_has_the_same_digests(bench: Workbench) -> None:
    """Lab, submission and notebook have digests that do not change from grading to grading."""
    first, second = bench.graded(), bench.graded()

    assert (first.lab_digest, first.submission_digest, first.notebook_digest) == (
        second.lab_digest,
        second.submission_digest,
        second.notebook_digest,
    )


def test_a_missing_cell_fails_its_task_alone(bench: Workbench) -> None:
    """A task whose cell was deleted failed; locked cells come back from the master, and the report says so."""
    notebook = bench.notebook()
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in {"double", "cell-02"}]
    from netdojo.grading import grade

    report = grade(bench.lab, bench.hand_in(notebook))

    assert {"number": PASSED, "double": FAILED, "address": PASSED} == bench.verdicts(report)
    assert "the cell of task 'double' is missing" == report.tasks[1].rationale
    assert "the locked cell 'cell-02' was missing; it was put back" in report.notes


def test_a_report_is_json(bench: Workbench) -> None:
    """The JSON of a report holds what a script wants without computing it."""
    from netdojo.grading import write_json

    held = json.loads(write_json(bench.graded(number="number = 41")))

    assert (1, False, 3) == (held["exit_code"], held["passed"], held["points"])
