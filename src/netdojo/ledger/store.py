"""The ledger's SQLite database: its schema, one transaction at a time, and what its failures mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from netdojo.errors import LedgerLocked, LedgerTooNew, LedgerUnusable
from netdojo.ledger.chain import Break, Row

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

SCHEMA = "0002"
"""The revision that this code writes."""
KNOWN = ("0001", "0002")
"""Every revision that this code can read, oldest first."""
REFUSES = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
TRIGGERS = {
    "entries_refuse_UPDATE": ("0001", "BEFORE UPDATE ON entries"),
    "entries_refuse_DELETE": ("0001", "BEFORE DELETE ON entries"),
    "entries_refuse_REPLACE": (
        "0002",
        "BEFORE INSERT ON entries WHEN EXISTS (SELECT 1 FROM entries WHERE position = NEW.position)",
    ),
}
"""What the migrations make: by each trigger's name the revision that brought it, and when it refuses."""
MIGRATIONS = Path(__file__).parent / "migrations"
LOCKED = ("is locked", "is busy")
NOT_RECORDED = "nothing was recorded; let that process end, or end it, and run this again"
NOT_READ = "nothing was changed; let that process end, or end it, and look again"
DAMAGED = (
    "malformed",
    "not a database",
    "unsupported file format",
    "decode to UTF-8",
    "no such table",
    "no such column",
)
MAGIC = b"SQLite format 3\0"
"""What each SQLite database begins with."""
WRITE_VERSION = 18
"""The byte of the database's header that says who may write it: 1 or 2, and SQLite only reads a file of any other."""


class Unreadable(Exception):
    """The file cannot be read as a ledger; `found` says why."""

    def __init__(self, found: Break) -> None:
        super().__init__(str(found))
        self.found = found


@contextmanager
def transaction(path: Path, *, write: bool, deadline: float) -> Iterator[Connection]:
    """Open the database in one transaction (IMMEDIATE when `write`), committed when the block ends well.

    Waits up to `deadline` seconds for other processes. Raises LedgerLocked, LedgerUnusable, or Unreadable when
    SQLite says that the file is damaged.
    """
    from sqlalchemy.exc import DBAPIError

    engine = _engine(path, write=write, deadline=deadline)
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        raise _meaning(path, str(error.orig), deadline, write=write) from error
    finally:
        engine.dispose()


def _engine(path: Path, *, write: bool, deadline: float) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=deadline, isolation_level=None)

    def begin(connection: Connection) -> None:
        if not write:
            connection.exec_driver_sql("PRAGMA query_only = 1")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "begin", begin)
    return engine


def _meaning(path: Path, said: str, deadline: float, *, write: bool) -> Exception:
    """Return the error that SQLite's message stands for."""
    if any(word in said for word in LOCKED):
        return locked(path, deadline, NOT_RECORDED if write else NOT_READ)
    if any(word in said for word in DAMAGED):
        return Unreadable(Break(0, "a whole SQLite database", f"«{said}»"))
    return LedgerUnusable(
        f"the ledger {path} cannot be used: {said}",
        help="nothing was changed; see to the file's mode and owner and to free disk space, then run it again",
    )


def locked(path: Path, deadline: float, help: str, holder: str = "") -> LedgerLocked:
    """Return the error of a ledger that another process used for all of `deadline` seconds."""
    by = f"process {holder}" if holder else "another process"
    return LedgerLocked(f"the ledger {path} is in use by {by} (waited {deadline:g} s)", help=help)


def revision(connection: Connection, path: Path) -> str:
    """Return the schema's revision; raises LedgerTooNew for one that this code does not know."""
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if found is None:
        raise Unreadable(Break(0, "a schema revision", "none"))
    if found not in KNOWN:
        raise LedgerTooNew(
            f"the ledger {path} was written by a newer netdojo (schema {found}; this one knows {KNOWN[-1]})",
            help="nothing was changed; update netdojo and run this again",
        )
    return str(found)


def migrate(connection: Connection) -> None:
    """Bring the schema up to date, inside the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, SCHEMA)


def rows(connection: Connection) -> Iterator[Row]:
    """Give every row in order of position."""
    answer = connection.exec_driver_sql(
        "SELECT position, recorded, content, prev_hash, row_hash FROM entries ORDER BY position"
    )
    for position, recorded, content, prev_hash, row_hash in answer:
        yield Row(position, recorded, content, prev_hash, row_hash)


def broken_page(connection: Connection) -> Break | None:
    """Return what SQLite's own check finds wrong with the file, or None: not every page is read with the rows."""
    said = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
    return None if said == "ok" else Break(0, "a whole SQLite database", f"«{' '.join(said.split())}»")


def unwritable(path: Path) -> Break | None:
    """Return what keeps SQLite from writing a file that it reads without complaint, or None."""
    with suppress(OSError), path.open("rb") as file:
        start = file.read(WRITE_VERSION + 1)
        if start.startswith(MAGIC) and start[WRITE_VERSION:] > b"\2":
            return Break(0, "a database of write version 1", f"version {start[WRITE_VERSION]}")
    return None


def insert(connection: Connection, row: Row) -> None:
    connection.exec_driver_sql(
        "INSERT INTO entries (position, recorded, content, prev_hash, row_hash) VALUES (?, ?, ?, ?, ?)",
        (row.position, row.recorded, row.content, row.prev_hash, row.row_hash),
    )


def altered_triggers(connection: Connection, revision: str) -> Break | None:
    """Return how the triggers differ from those that a ledger of this revision has, or None."""
    asked = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    found = {name: " ".join(str(sql).split()) for name, sql in asked}
    due = {
        name: f"CREATE TRIGGER {name} {when} {REFUSES}" for name, (since, when) in TRIGGERS.items() if since <= revision
    }
    told = [
        ("none named", due.keys() - found.keys()),
        ("one more, named", found.keys() - due.keys()),
        ("another text in", {name for name in due.keys() & found.keys() if due[name] != found[name]}),
    ]
    differ = [f"{what} {' or '.join(sorted(names))}" for what, names in told if names]
    return Break(0, "triggers that refuse changes", " and ".join(differ)) if differ else None
