"""`netdojo grade` as a CI job runs it: a process, its report, and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.live.grading.conftest import Workbench

DEADLINE = 120


def test_solution_ends_with_0(bench: Workbench, course: Path, home: Path) -> None:
    """All passed: exit code 0, the report alone on stdout, and no network left."""
    folder = bench.hand_in(bench.notebook())
    words = ["--course", str(course), "grade", "tiny", "--submission", str(folder), "--format", "json"]
    found = subprocess.run(
        [sys.executable, "-m", "netdojo.cli", *words],
        env={**os.environ, "NETDOJO_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )

    assert 0 == found.returncode, found.stderr
    assert {"number": "passed", "double": "passed", "address": "passed"} == {
        task["id"]: task["verdict"] for task in json.loads(found.stdout)["tasks"]
    }
    assert [] == list((home / "networks").iterdir())
