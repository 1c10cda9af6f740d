"""Jobs: one a lab, owned by the server, and calm when they fail."""

from __future__ import annotations

import threading
import time

import pytest

from netdojo.errors import HostNotReady
from netdojo.portal.jobs import LINES_KEPT, Busy, Job, Jobs, Outcome, Say

DEADLINE = 5.0
DONE = Outcome("good", "Done")


def over(job: Job) -> Job:
    """Return the job once it is over."""
    deadline = time.monotonic() + DEADLINE
    while job.running:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return job


def test_a_job_keeps_its_lines_and_its_outcome() -> None:
    """What a job said, and how it ended, is there for every page that asks later."""

    def work(say: Say) -> Outcome:
        say("first")
        say("first")
        say("second")
        return DONE

    jobs = Jobs()
    job = over(jobs.start("lab", "check", work))

    assert ["first", "second"] == [line for _, line in job.lines]
    assert DONE == job.outcome
    assert job is jobs.of("lab")


def test_a_lab_does_one_thing_at_a_time() -> None:
    """A second job of a lab is refused while the first runs; another lab is not kept waiting."""
    may_end = threading.Event()

    def work(_: Say) -> Outcome:
        may_end.wait(DEADLINE)
        return DONE

    jobs = Jobs()
    first = jobs.start("lab", "start", work)
    with pytest.raises(Busy, match="Starting the network is still under way"):
        jobs.start("lab", "check", work)
    other = jobs.start("other", "check", work)
    may_end.set()

    assert DONE == over(first).outcome
    assert DONE == over(other).outcome


def test_an_error_for_the_learner_becomes_what_to_do() -> None:
    """An error of netdojo's shows its message, what it means for the work, and its help."""

    def work(_: Say) -> Outcome:
        raise HostNotReady("bgpd is not installed", help="apt install frr")

    job = over(Jobs().start("lab", "start", work))

    wanted = Outcome(
        "fault", "bgpd is not installed", "Your notebook and your results are as they were.", "apt install frr"
    )
    assert wanted == job.outcome


def test_a_fault_of_our_own_shows_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """Any other exception is told calmly, with the job's number, and logged whole."""

    def work(_: Say) -> Outcome:
        raise RuntimeError("inner secret")

    job = over(Jobs().start("lab", "submit", work))

    assert job.outcome is not None
    assert "Grading your submission met a fault in netdojo itself" == job.outcome.headline
    assert "inner secret" not in f"{job.outcome}"
    assert "inner secret" in caplog.text


def test_only_the_newest_lines_are_kept() -> None:
    """A job that says a lot does not make a page grow."""
    job = Job(1, "lab", "check")
    for number in range(100):
        job.say(f"line {number}")

    assert LINES_KEPT == len(job.lines)
    assert "line 99" == job.lines[-1][1]
