"""What an instructor does with a recorded grade: looks at it in formgrader, and makes the learner's feedback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from netdojo import places
from netdojo.grading import submit, this_learner

from ...conftest import processes_of

if TYPE_CHECKING:
    from tests.live.grading.conftest import Workbench

GRADERS = Path(__file__).parents[3] / "graders"
TOKEN = "a-token-of-the-tests"
STARTS = 60.0
"""Seconds for JupyterLab to answer, on a machine that does other work as well."""
ENDS = 30.0
"""Seconds for it to end."""


@pytest.fixture
def graders(course: Path, home: Path, tmp_path: Path) -> Path:
    """Return the graders/ of a course of its own, with the two files that instructors use."""
    folder = tmp_path / "course" / "graders"
    shutil.copytree(course, folder.parent)
    for file in GRADERS.glob("*_config.py"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """Return an environment in which Jupyter finds nothing of the person's own, nor this Python's programs on PATH."""
    folders = {f"JUPYTER_{kind}_DIR": str(home / "jupyter" / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    return {**os.environ, **folders, "PATH": os.defpath, "PYTHONWARNINGS": "ignore"}


@pytest.fixture
def recorded(bench: Workbench, home: Path) -> str:
    """Record a grade of 7 points out of 10 and return the learner's name."""
    receipt = submit(bench.lab, bench.hand_in(bench.notebook(double="def double(x): return 4")), learner=this_learner())
    assert (7, 10) == (receipt.report.points, receipt.report.of)
    return this_learner().id


def program(name: str) -> str:
    return str(Path(sys.prefix) / "bin" / name)


@contextmanager
def lab_server(graders: Path, environment: dict[str, str]) -> Iterator[str]:
    """Start JupyterLab as the instructor does, at any free port, and yield its address; it has ended afterwards."""
    words = ["--config=jupyter_server_config.py", "--no-browser", "--allow-root"]
    here = ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--IdentityProvider.token={TOKEN}"]
    with (graders.parent / "server.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [program("jupyter-lab"), *words, *here],
            cwd=graders,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            told = Path(environment["JUPYTER_RUNTIME_DIR"]) / f"jpserver-{process.pid}.json"
            yield address(process, told, Path(log.name))
            process.terminate()
            process.wait(ENDS)
        finally:
            process.kill()
            process.wait()
    assert not told.exists()


def address(process: subprocess.Popen[bytes], told: Path, log: Path) -> str:
    """Return where the server answers, once it has written that down."""
    deadline = time.monotonic() + STARTS
    while time.monotonic() < deadline and process.poll() is None:
        if told.exists() and (held := told.read_text(encoding="utf-8")).endswith("}"):
            return str(json.loads(held)["url"])
        time.sleep(0.05)
    pytest.fail(f"no address within {STARTS:g} s: {log.read_text(encoding='utf-8')}")


def asked(url: str) -> Any:
    """Return the JSON that the server gives at `url`."""
    request = urllib.request.Request(url, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_formgrader_shows_a_recorded_grade(
    recorded: str, graders: Path, environment: dict[str, str], home: Path
) -> None:
    """JupyterLab, started in graders/ with its configuration, shows the assignment and the grade, and ends whole."""
    with lab_server(graders, environment) as server:
        assignments = asked(f"{server}formgrader/api/assignments")
        grade = asked(f"{server}formgrader/api/submission/tiny/{recorded}")

    tiny = next(held for held in assignments if held["name"] == "tiny")
    assert ("source/tiny", 1, 7.0) == (tiny["source_path"], tiny["num_submissions"], tiny["average_score"])
    assert (7.0, 10.0, True) == (grade["score"], grade["max_score"], grade["autograded"])
    assert "is not a subdirectory" not in (graders.parent / "server.log").read_text(encoding="utf-8")
    assert [] == processes_of(home)


def test_feedback_tells_the_grade(recorded: str, graders: Path, environment: dict[str, str]) -> None:
    """`nbgrader generate_feedback` in graders/ writes a page with the points, and why a task has none."""
    words = [program("nbgrader"), "generate_feedback", "tiny"]
    done = subprocess.run(words, cwd=graders, env=environment, capture_output=True, text=True, check=False)

    assert 0 == done.returncode, done.stderr
    page = (places.nbgrader() / "feedback" / recorded / "tiny" / "tiny.html").read_text(encoding="utf-8")
    assert "tiny (Score: 7.0 / 10.0)" in page
    assert "failed   double: Write" in page
    assert "double is not right for a number that is not 2" in page
