"""What a page says when something is wrong, beside the bad input in tests/errors/portal."""

from __future__ import annotations

from pathlib import Path

import pytest
from tornado.web import HTTPError

from netdojo import errors
from netdojo.errors import NotFound, Problem
from netdojo.portal.answering import trouble_of

CASES = Path(__file__).parents[2] / "errors" / "portal"
RAISED = {
    "lab-with-a-typo": NotFound("lab", "netmiko-frist-contact", ["netmiko-first-contact", "bgp-unnumbered"]),
    "page-that-is-not-there": HTTPError(404),
    "task-that-is-not-there": HTTPError(404, "no task named 'sesions'"),
    "network-not-running": errors.WrongUse("The network is not running", help="Start the network, then check again."),
    "ledger-locked": errors.LedgerLocked("the ledger is in use by another process", help="let that process end"),
    "course-with-faults": errors.InvalidFiles(
        [
            Problem("labs/a/lab.yml", "minutes", "must be a whole number (got 'soon')"),
            Problem("labs/a/lab.yml", "module", "must name a module (got 'bpg')", "did you mean 'bgp'?"),
        ]
    ),
    "form-of-another-site": HTTPError(403, "XSRF cookie does not match POST argument"),
    "fault-of-our-own": ZeroDivisionError("division by zero"),
}


@pytest.mark.parametrize("case", RAISED)
def test_trouble_is_told_with_its_next_step(case: str) -> None:
    """Each error reads as headline, what happened and what to do, with a status that fits; never as a traceback."""
    error = RAISED[case]
    found = trouble_of(error, error.status_code if isinstance(error, HTTPError) else 500)
    shown = f"{found['status']} {found['headline']}\n{found['message']}\n{found['step']}\n"

    assert (CASES / f"{case}.txt").read_text(encoding="utf-8") == shown


def test_every_golden_message_has_its_case() -> None:
    """A golden message that nothing gives any more is taken away."""
    assert sorted(RAISED) == sorted(file.stem for file in CASES.glob("*.txt"))
