"""Long work, owned by the server: one job a lab, run outside the event loop, the same for every tab that looks."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from netdojo.errors import NetdojoError, WrongUse
from netdojo.portal import words

LINES_KEPT = 12
"""Progress lines that a page shows; the newest are kept."""

Say = Callable[[str], None]
Work = Callable[[Say], "Outcome"]
log = logging.getLogger("netdojo.portal")


@dataclass(frozen=True)
class Outcome:
    """How a job ended: what happened, what it means for the learner's work, and the next step."""

    tone: str
    headline: str
    meaning: str = ""
    step: str = ""
    to_progress: bool = False


class Busy(WrongUse):
    """A lab does one thing at a time."""


@dataclass
class Job:
    """One piece of work for a lab. `began` is monotonic seconds; `outcome` is there when it is over."""

    id: int
    lab: str
    kind: str
    task: str = ""
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    lines: list[tuple[float, str]] = field(default_factory=list)
    outcome: Outcome | None = None

    @property
    def running(self) -> bool:
        return self.outcome is None

    @property
    def elapsed(self) -> float:
        """Seconds that it has run, or ran."""
        return (self.ended or time.monotonic()) - self.began

    def say(self, line: str) -> None:
        """Add a line of progress; the same line again only counts once."""
        if not self.lines or self.lines[-1][1] != line:
            self.lines = [*self.lines[1 - LINES_KEPT :], (self.elapsed, line)]


class Jobs:
    """The jobs of a server: the last one of each lab, running or over."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._threads: dict[int, threading.Thread] = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def of(self, lab: str) -> Job | None:
        """Return the lab's job that runs, or else its last one."""
        return self._jobs.get(lab)

    def start(self, lab: str, kind: str, work: Work, *, task: str = "") -> Job:
        """Run `work` in a thread of its own; raises Busy while another job of the lab runs."""
        with self._lock:
            now = self._jobs.get(lab)
            if now is not None and now.running:
                raise Busy(f"{words.VERBS[now.kind]} is still under way", help="Wait until it is over, then try again.")
            job = Job(next(self._numbers), lab, kind, task)
            self._jobs[lab] = job
            thread = threading.Thread(target=carry_out, args=(job, work), name=f"netdojo-{kind}-{lab}", daemon=True)
            self._threads[job.id] = thread
        thread.start()
        return job

    def running(self) -> list[Job]:
        """Return the jobs that are not over yet."""
        return [job for job in list(self._jobs.values()) if job.running]

    def wait(self, job: Job, seconds: float) -> None:
        """Wait until `job` is over, at most `seconds`."""
        self._threads[job.id].join(seconds)


def carry_out(job: Job, work: Work) -> None:
    """Run `work` and keep its outcome; whatever it raises becomes a calm one."""
    try:
        outcome = work(job.say)
    except NetdojoError as error:
        outcome = Outcome("fault", error.message, words.UNHARMED[job.kind], error.help)
    except Exception:
        log.exception("%s of %s failed (job %s)", job.kind, job.lab, job.id)
        outcome = unforeseen(job)
    job.ended = time.monotonic()
    job.outcome = outcome


def unforeseen(job: Job) -> Outcome:
    """Return what a learner reads when the fault is netdojo's own."""
    return Outcome(
        "fault",
        f"{words.VERBS[job.kind]} met a fault in netdojo itself",
        words.UNHARMED[job.kind],
        f"Try again. If it happens again, report it with the server's log, job {job.id}.",
    )
