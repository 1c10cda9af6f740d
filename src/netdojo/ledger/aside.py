"""What becomes of a damaged ledger: it is kept under another name, and the error says how to go on."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from itertools import count
from pathlib import Path

from netdojo import places
from netdojo.errors import LedgerDamaged
from netdojo.ledger.chain import Break

COMPANIONS = ("-journal", "-wal", "-shm")
"""What SQLite may leave beside a database, and needs again to read it."""


def keep_aside(path: Path, found: Break) -> LedgerDamaged:
    """Rename the ledger at `path` with all that belongs to it, and return the error that says so.

    Nothing is deleted or overwritten. The caller holds the ledger's lock.
    """
    stem = _free_stem(path)
    moves = {path: path.with_name(stem + path.suffix), path.with_suffix(".head"): path.with_name(stem + ".head")}
    for end in COMPANIONS:
        moves[path.with_name(path.name + end)] = path.with_name(stem + path.suffix + end)
    kept = [target for source, target in moves.items() if _moved(source, target)]
    names = " and ".join(target.name for target in kept)
    return LedgerDamaged(
        f"the ledger {path} is damaged: {found}",
        help=f"it is kept as {names} in {path.parent}\n{how_to_go_on(path)}",
    )


def how_to_go_on(path: Path) -> str:
    """Return the two ways to go on once a damaged ledger has been kept aside, a line each."""
    return (
        "  to go on without it, submit again: a new ledger begins, "
        f"and what was handed in is in {places.submissions()}\n"
        f"  {_with_it(path)}"
    )


def kept_aside(path: Path) -> list[Path]:
    """Return the files of the ledgers that stood at `path` and were kept aside, the newest last."""
    return sorted(path.parent.glob(f"{path.stem}.damaged-*"))


def refusal(path: Path, found: Break) -> LedgerDamaged:
    """Return the error for a damaged ledger that was only read: nothing is moved."""
    return LedgerDamaged(
        f"the ledger {path} is damaged: {found}",
        help="nothing was moved\n"
        f"  to go on without it, submit again: it is kept aside as {path.stem}.damaged-<time>{path.suffix}, "
        f"a new ledger begins, and what was handed in is in {places.submissions()}\n"
        f"  {_with_it(path)}",
    )


def _with_it(path: Path) -> str:
    """Return what a backup must give back: the key too, since a new one may have been made meanwhile."""
    return f"to go on with it, put {path.name}, {path.stem}.head and {path.stem}.key back from a backup"


def _free_stem(path: Path) -> str:
    """Return ledger.damaged-<UTC time>, numbered when something of that name is there already."""
    now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    taken = {entry.name.split(".damaged-")[-1].split(".")[0] for entry in path.parent.glob(f"{path.stem}.damaged-*")}
    times = (now if number == 1 else f"{now}-{number}" for number in count(1))
    return f"{path.stem}.damaged-{next(time for time in times if time not in taken)}"


def _moved(source: Path, target: Path) -> bool:
    if not os.path.lexists(source):
        return False
    os.rename(source, target)
    return True
