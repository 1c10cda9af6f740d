"""Runs nbgrader in a process of its own: it takes seconds to import, changes the working folder and logs at will."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

from netdojo import places
from netdojo.errors import NetdojoError

ANSWERS = 120.0
"""Seconds that nbgrader may take for one request, its import included."""
STOPS = 5.0
"""Seconds that the process may take to end once it has nothing more to do."""


class Bookkeeper:
    """A process that holds nbgrader ready; made early, it has imported by the time that it is asked."""

    def __init__(self) -> None:
        places.nbgrader().mkdir(parents=True, exist_ok=True)
        self.process = process = subprocess.Popen(
            [sys.executable, "-m", "netdojo.grading.bookkeeping"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=places.nbgrader(),
            env=with_programs(),
            start_new_session=True,
            text=True,
        )
        self.requests, self.answers = cast(IO[str], process.stdin), cast(IO[str], process.stdout)

    def __enter__(self) -> Bookkeeper:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def generate(self, slug: str) -> None:
        """Make release/<slug> from source/<slug>; raises NetdojoError with what nbgrader said."""
        self.ask({"do": "generate", "assignment": slug}, f"nbgrader cannot make the notebook of {slug}")

    def autograde(self, slug: str, student: str, report: Path) -> None:
        """Record submitted/<student>/<slug> with the verdicts of `report`; raises NetdojoError as `generate` does."""
        wanted = {"do": "autograde", "assignment": slug, "student": student, "report": str(report)}
        self.ask(wanted, f"nbgrader could not record the grade of {slug}")

    def ask(self, wanted: dict[str, Any], refusal: str) -> None:
        """Send one request and wait for its answer."""
        try:
            self.requests.write(json.dumps(wanted) + "\n")
            self.requests.flush()
        except BrokenPipeError:
            raise NetdojoError(refusal, help=NOT_THERE) from None
        timer = threading.Timer(ANSWERS, self.process.kill)
        timer.start()
        line = self.answers.readline()
        timer.cancel()
        answer: dict[str, Any] = json.loads(line) if line else {"ok": False, "log": NOT_THERE}
        if not answer["ok"]:
            raise NetdojoError(refusal, help=last_lines(answer["log"]))

    def close(self) -> None:
        """End the process; what it was doing is finished first."""
        with suppress(BrokenPipeError):
            self.requests.close()
        try:
            self.process.wait(STOPS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.answers.close()


NOT_THERE = f"nbgrader did not start, or did not answer within {ANSWERS:.0f} s; `netdojo doctor` shows what is missing."


def with_programs() -> dict[str, str]:
    """Return the environment with this Python's programs on PATH: nbgrader calls alembic by name."""
    own = str(Path(sys.prefix) / "bin")
    return {**os.environ, "PATH": os.pathsep.join([own, os.environ.get("PATH", "")])}


def last_lines(log: str, count: int = 6) -> str:
    """Return the end of nbgrader's log, where it says what went wrong."""
    return "\n  ".join(log.strip().splitlines()[-count:])
