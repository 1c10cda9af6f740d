"""The ledger: appended to by one process at a time, checked from the first entry to the last each time it is used."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from pydantic import ValidationError

from netdojo import atomic_files, places
from netdojo.errors import LedgerTooNew, LedgerUnusable
from netdojo.ledger import store
from netdojo.ledger.aside import keep_aside, refusal
from netdojo.ledger.chain import Break, End, Row, learner_of, seal, to_entry, walk
from netdojo.ledger.head import Head, HeadFile
from netdojo.ledger.store import Unreadable
from netdojo.model import Entry, EntryContent, Noun, Sha256

if TYPE_CHECKING:
    from sqlalchemy import Connection

WRITE_DEADLINE = 10.0
"""Seconds to wait for another process that uses the ledger."""
POLL = 0.02


class Verification(Noun):
    """What checking found: how many entries there are, and the hash of the last (zeros when there is none)."""

    count: int
    head: Sha256


class Ledger:
    """The record of graded submissions: the SQLite file `path`, with ledger.head, ledger.key and ledger.lock beside it.

    Nothing is opened or made until it is used, and nothing stays open after a call. `deadline` is in seconds.
    """

    def __init__(self, path: Path | None = None, *, deadline: float = WRITE_DEADLINE) -> None:
        self.path = path or places.ledger_file()
        self.deadline = deadline
        self._head = HeadFile(self.path)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return None

    def append(self, content: EntryContent) -> Entry:
        """Write `content` down as the next entry and return it, once it is on the disk.

        The whole chain is checked first. Raises LedgerDamaged, after the ledger has been kept aside, LedgerLocked when
        another process uses it for longer than the deadline, LedgerTooNew and LedgerUnusable; then nothing is written.
        """
        with self._for_writing():
            if not os.path.lexists(self.path):
                self._create()
            row = self._write(content)
            with suppress(OSError):  # the entry is recorded; the intended end stands for it until the next append
                self._head.write(Head(End(row.position, row.row_hash)))
            return to_entry(row)

    def probe(self) -> None:
        """Raise now what `append` would raise, a damaged ledger being kept aside; nothing is written."""
        with self._for_writing():
            if not os.path.lexists(self.path):
                return _agree(self._head.read(), End(), "no ledger file")
            with self._transaction():
                return None

    def entries(self, learner: str | None = None) -> list[Entry]:
        """Return the entries, those of `learner` alone when named, in the order in which they were recorded.

        Raises what `verify` raises: entries of a damaged ledger are not given out.
        """
        try:
            return [to_entry(row) for row in self._rows() if learner in (None, learner_of(row))]
        except ValidationError as error:
            raise LedgerTooNew(
                f"the ledger {self.path} holds an entry of another form than this netdojo writes",
                help="nothing was changed; update netdojo and run this again",
            ) from error

    def verify(self) -> Verification:
        """Check every entry, the chain and its end; nothing is changed or moved.

        Raises LedgerDamaged with the first position that does not hold, what was expected there and what was found,
        and LedgerLocked, LedgerTooNew or LedgerUnusable when that could not be told.
        """
        end = _end(self._rows())
        return Verification(count=end.position, head=end.hash)

    @contextmanager
    def _for_writing(self) -> Iterator[None]:
        """Hold the ledger for as long as the block lasts; one that the block finds damaged is kept aside."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._alone():
                try:
                    yield
                except Unreadable as error:
                    raise keep_aside(self.path, error.found) from error
        except OSError as error:
            raise _unusable(self.path, error) from error

    @contextmanager
    def _transaction(self) -> Iterator[tuple[Connection, End]]:
        """Open the file for writing and give the end of its rows, which have been checked."""
        _usable(self.path)
        os.chmod(self.path, 0o600)
        with store.transaction(self.path, write=True, deadline=self.deadline) as connection:
            yield connection, _end(self._sound(connection, self._head.read()))

    def _write(self, content: EntryContent) -> Row:
        """Add the row in one transaction; the head says that it is intended before it can be there."""
        with self._transaction() as (connection, end):
            if store.revision(connection, self.path) != store.SCHEMA:
                store.migrate(connection)
            row = seal(content, end, datetime.now(timezone.utc))
            self._head.write(Head(end).intending(End(row.position, row.row_hash)))
            store.insert(connection, row)
        return row

    def _create(self) -> None:
        """Make an empty ledger under another name and rename it, so that a half-made one is never seen."""
        _agree(self._head.read(), End(), "no ledger file")
        with (
            atomic_files.replacing(self.path, mode=atomic_files.PRIVATE, durable=True) as draft,
            store.transaction(draft, write=True, deadline=self.deadline) as connection,
        ):
            store.migrate(connection)

    def _rows(self) -> list[Row]:
        """Return every row of a sound ledger; the head is read before and after, so that a writer is not mistaken."""
        ends = time.monotonic() + self.deadline
        while True:
            before = self._head.read()
            try:
                return self._read(before)
            except Unreadable as error:
                if before == self._head.read():
                    raise refusal(self.path, error.found) from error
            if time.monotonic() > ends:
                raise store.locked(self.path, self.deadline, store.NOT_READ)

    def _read(self, head: Head | Break | None) -> list[Row]:
        if not os.path.lexists(self.path):
            _agree(head, End(), "no ledger file")
            return []
        _usable(self.path)
        with store.transaction(self.path, write=False, deadline=self.deadline) as connection:
            return self._sound(connection, head)

    def _sound(self, connection: Connection, head: Head | Break | None) -> list[Row]:
        """Return the rows; raises Unreadable when one of them, the end or the triggers are not as they must be."""
        revision = store.revision(connection, self.path)
        found = []
        for row, wrong in walk(store.rows(connection)):
            if wrong:
                raise Unreadable(wrong)
            found.append(row)
        _agree(head, _end(found))
        broken = store.altered_triggers(connection, revision) or store.broken_page(connection)
        if broken:
            raise Unreadable(broken)
        return found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock file; it covers the database, the head and what is renamed, and ends with the process."""
        file = self.path.with_suffix(".lock")
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._wait_for(descriptor)
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            yield
        finally:
            os.close(descriptor)

    def _wait_for(self, descriptor: int) -> None:
        ends = time.monotonic() + self.deadline
        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > ends:
                    holder = os.pread(descriptor, 20, 0).decode("ascii", "replace")
                    raise store.locked(self.path, self.deadline, store.NOT_RECORDED, holder) from None
            time.sleep(POLL)


def _end(rows: list[Row]) -> End:
    return End(rows[-1].position, rows[-1].row_hash) if rows else End()


def _agree(head: Head | Break | None, end: End, found: str = "") -> None:
    """Raise Unreadable unless a ledger that ends at `end` is the one that `head` speaks of."""
    if isinstance(head, Break):
        raise Unreadable(head)
    if head is None and end.position:
        raise Unreadable(Break(0, f"a head file beside its {end.position} entries", "none"))
    broken = head.disagreement(end) if head else None
    if broken:
        raise Unreadable(Break(broken.position, broken.expected, found or broken.found))


def _usable(path: Path) -> None:
    """Raise Unreadable for a file that SQLite would take for a new database, or for one that nobody may write."""
    if path.is_file() and path.stat().st_size == 0:
        raise Unreadable(Break(0, "a SQLite database", "an empty file"))
    if broken := store.unwritable(path):
        raise Unreadable(broken)


def _unusable(path: Path, error: OSError) -> LedgerUnusable:
    return LedgerUnusable(
        f"the ledger {path} cannot be used: {error.strerror}",
        help=f"nothing was recorded; see to {error.filename or path.parent}: its mode, owner and free space",
    )
