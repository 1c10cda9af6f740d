"""What a page says when something is wrong, beside the bad input in tests/errors/portal."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tornado.web import HTTPError

from netdojo import errors, places
from netdojo.errors import NetdojoError, NotFound, Problem
from netdojo.ledger import Ledger
from netdojo.model import EntryContent
from netdojo.portal.answering import trouble_of

CASES = Path(__file__).parents[2] / "errors" / "portal"
RAISED = {
    "lab-with-a-typo": NotFound("lab", "netmiko-frist-contact", ["netmiko-first-contact", "bgp-unnumbered"]),
    "page-that-is-not-there": HTTPError(404),
    "task-that-is-not-there": HTTPError(404, "no task named 'sesions'"),
    "network-not-running": errors.WrongUse("The network is not running", help="Start the network, then check again."),
    "course-with-faults": errors.InvalidFiles(
        [
            Problem("labs/a/lab.yml", "minutes", "must be a whole number (got 'soon')"),
            Problem("labs/a/lab.yml", "module", "must name a module (got 'bpg')", "did you mean 'bgp'?"),
        ]
    ),
    "form-of-another-site": HTTPError(403, "XSRF cookie does not match POST argument"),
    "disk-full": OSError(28, "No space left on device", "/srv/home/work"),
    "fault-of-our-own": ZeroDivisionError("division by zero"),
}
LEDGERS = ("ledger-cut-short", "ledger-locked")


def shown(error: Exception) -> str:
    """Return what a page says of `error`, with its status."""
    found = trouble_of(error, error.status_code if isinstance(error, HTTPError) else 500)
    return f"{found['status']} {found['headline']}\n{found['message']}\n{found['step']}\n{found['unharmed']}\n"


@pytest.mark.parametrize("case", RAISED)
def test_trouble_is_told_with_its_next_step(case: str) -> None:
    """Each error reads as headline, what happened and what to do, with a status that fits; never as a traceback."""
    assert (CASES / f"{case}.txt").read_text(encoding="utf-8") == shown(RAISED[case])


@pytest.mark.parametrize("case", LEDGERS)
def test_trouble_with_the_ledger_is_what_the_ledger_says(
    case: str, own_home: Path, content: Callable[..., EntryContent]
) -> None:
    """The record's page passes on the ledger's own words; of a damaged one it does not say that nothing was lost."""
    Ledger().append(content())
    other = sqlite3.connect(places.ledger_file(), isolation_level=None)
    if case == "ledger-locked":
        other.execute("BEGIN EXCLUSIVE")
    else:
        places.ledger_file().write_bytes(places.ledger_file().read_bytes()[:-5000])
    with pytest.raises(NetdojoError) as raised:
        Ledger(deadline=0.1).entries()
    other.close()

    told = re.sub(r"«.*»", "«SQLite's words»", shown(raised.value).replace(str(own_home), "<home>"))
    assert (CASES / f"{case}.txt").read_text(encoding="utf-8") == told


def test_every_golden_message_has_its_case() -> None:
    """A golden message that nothing gives any more is taken away."""
    assert sorted([*RAISED, *LEDGERS]) == sorted(file.stem for file in CASES.glob("*.txt"))
