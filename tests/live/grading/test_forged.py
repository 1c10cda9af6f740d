"""A sandbox that floods, falls silent or stops what speaks for it: the grader ends in time, whatever comes out."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from netdojo.checks.running import RATIONALE_CAP
from netdojo.grading import Limits, write_json, write_text
from netdojo.grading.confined import Confined
from netdojo.grading.kernel import NotebookKernel
from netdojo.model import Verdict

if TYPE_CHECKING:
    from tests.live.grading.conftest import Workbench

PASSED, FAILED, SKIPPED = Verdict.passed, Verdict.failed, Verdict.skipped
QUICK = Limits(cell=2, call=1)
ENDS = 30.0
"""Seconds for a whole grading of a notebook that is cut at its limits."""
EVERYBODY = "[int(pid) for pid in os.listdir('/proc') if pid.isdigit() and int(pid) != os.getpid()]"
READY = "import json, os, sys, time\nos.dup2(int(os.environ['NETDOJO_ANSWERS']), 1)\nprint(json.dumps({'id': 0}))\n"


def speaking(source: str) -> Confined:
    """Return a sandbox in which a program of ours stands in the relay's place."""
    options = ["--ro-bind", "/", "/", "--proc", "/proc", "--unshare-pid", "--die-with-parent"]
    return Confined(["env"], options, [sys.executable, "-I", "-u", "-c", READY + source], QUICK)


@pytest.mark.parametrize(
    "source",
    [
        "while True: print(json.dumps({'id': -1}))",
        "while True: print()",
        "while True: os.write(1, bytes(2**16))",
        "while True: os.write(1, b'[' * 2**15 + bytes([10]))",
        "while True: os.write(2, bytes(2**16))",
        "os.closerange(1, 99); time.sleep(60)",
        "time.sleep(60)",
        "import signal; os.kill(os.getpid(), signal.SIGSTOP)",
    ],
)
def test_a_flood_or_silence_is_cut_at_the_limit(source: str) -> None:
    """Lines that answer nothing, half a line, noise on stderr, or nothing at all: the request ends at its limit."""
    with speaking(source) as confined:
        kernel = NotebookKernel(confined, QUICK)
        kernel.wait_until_ready()
        began = time.monotonic()
        outcome = kernel.run("1 + 1", "the cell")

    assert "the cell was stopped" in outcome.trouble
    assert time.monotonic() - began < 10
    assert confined.ended


def test_what_reads_nothing_is_ended() -> None:
    """A request that is larger than a pipe, to a sandbox that does not read, does not hold the grader."""
    with speaking("time.sleep(60)") as confined:
        kernel = NotebookKernel(confined, QUICK)
        kernel.wait_until_ready()
        began = time.monotonic()
        kernel.run("x" * 2**20, "the cell")

    assert time.monotonic() - began < 15
    assert confined.ended.startswith("it read nothing")


@pytest.mark.parametrize("way", ["SIGSTOP", "SIGKILL"])
def test_a_relay_that_is_stopped_holds_nobody(bench: Workbench, way: str) -> None:
    """A notebook that stops, or ends, all that it sees fails what it did not do, and the grading ends in time."""
    stops = f"import os, signal\nfor pid in {EVERYBODY}:\n    os.kill(pid, signal.{way})"
    began = time.monotonic()
    report = bench.graded(Limits(cell=10), double=stops)

    assert {"number": PASSED, "double": FAILED, "address": FAILED} == bench.verdicts(report)
    assert "was stopped" in report.tasks[1].rationale
    assert time.monotonic() - began < ENDS


def test_a_rationale_is_capped_in_every_report(bench: Workbench) -> None:
    """A megabyte of the learner's in an answer or an exception is a line or two of the report."""
    report = bench.graded(number="number = 'x' * 900_000", double="def double(x):\n    raise ValueError('y' * 900_000)")

    assert {FAILED} == {report.tasks[0].verdict, report.tasks[1].verdict}
    longest = max(len(result.rationale) for task in report.tasks for result in task.results)
    assert longest < RATIONALE_CAP + 50
    assert len(write_text(report)) < 10_000
    assert len(write_json(report)) < 50_000


def test_nobody_speaks_in_the_relays_place(bench: Workbench) -> None:
    """No pipe that the notebook can find leads to the grader: what is written there is no answer."""
    forges = (
        "import os\n"
        "written = []\n"
        'forged = b\'{"id": 1, "status": "dead", "code": 7}\' + bytes([10])\n'
        f"for pid in {EVERYBODY}:\n"
        "    for file in (f'/proc/{pid}/fd/{number}' for number in range(1, 64)):\n"
        "        try:\n"
        "            if 'pipe' in os.readlink(file):\n"
        "                os.write(os.open(file, os.O_WRONLY | os.O_NONBLOCK), forged)\n"
        "                written.append(pid)\n"
        "        except OSError:\n"
        "            pass\n"
        "number = 42 if set(written) <= {1} else str(written)"
    )
    report = bench.graded(number=forges)

    assert {"number": PASSED, "double": PASSED, "address": PASSED} == bench.verdicts(report), write_text(report)


def test_the_graders_environment_is_nowhere_in_the_sandbox(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token of whoever grades is in no process that the notebook sees, its first one included."""
    monkeypatch.setenv("FORGE_TOKEN", "s3cret-of-the-grader")
    looks = (
        "import os\n"
        "seen = [str(dict(os.environ))]\n"
        "for pid in os.listdir('/proc'):\n"
        "    for file in ('environ', 'cmdline'):\n"
        "        try:\n"
        "            seen.append(open(f'/proc/{pid}/{file}').read())\n"
        "        except OSError:\n"
        "            pass\n"
        "number = 42 if len(seen) > 3 and not any('s3cret' in text for text in seen) else 'found'"
    )

    assert PASSED == bench.graded(number=looks).tasks[0].verdict
