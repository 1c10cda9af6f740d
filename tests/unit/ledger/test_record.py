"""The ledger's file: appended to, read and checked; processes that meet; processes that end at any moment."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from netdojo.errors import LedgerDamaged, LedgerLocked, LedgerTooNew, LedgerUnusable
from netdojo.ledger import GENESIS, Ledger, store
from netdojo.model import EntryContent

Write = Callable[..., EntryContent]
ERRORS = Path(__file__).parents[2] / "errors" / "ledger"
APPEND = """
import sys
sys.path.insert(0, {tests!r})
from conftest import write_content
from netdojo.ledger import Ledger
from netdojo.ledger.head import HeadFile
{before}
for number in range({count}):
    Ledger().append(write_content(learner=f"{learner}-{{number}}"))
    print(number, flush=True)
"""
DIE_AT_WRITE = """
import os
calls, write = iter(range(9)), HeadFile.write
def ends(self, head):
    if next(calls) == {call}:
        os._exit(9)
    write(self, head)
HeadFile.write = ends
"""


def start(count: int, learner: str = "child", before: str = "") -> subprocess.Popen[bytes]:
    """Start a process that appends `count` entries, and prints a line after each."""
    code = APPEND.format(tests=str(Path(__file__).parents[1]), count=count, learner=learner, before=before)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)


def test_no_ledger_is_an_empty_ledger(own_home: Path) -> None:
    """Before the first submission there is nothing to read, nothing wrong, and nothing is made."""
    assert ([], 0, GENESIS) == (Ledger().entries(), Ledger().verify().count, Ledger().verify().head)
    assert not own_home.exists()


def test_entries_come_back_in_order(ledger: Ledger, content: Write) -> None:
    """Each entry stands where it was appended, and names the hash before it."""
    first, second, third = ledger.entries()

    assert [1, 2, 3] == [first.position, second.position, third.position]
    assert [GENESIS, first.row_hash, second.row_hash] == [one.prev_hash for one in (first, second, third)]
    assert content(passed=False) == first.content


def test_entries_of_one_learner(ledger: Ledger, content: Write) -> None:
    """A learner's entries are found by pseudonym."""
    with Ledger() as same:
        added = same.append(content(learner="grace"))

    assert [added] == ledger.entries("grace")


def test_verify_says_how_many_and_the_last_hash(ledger: Ledger) -> None:
    """A sound ledger gives its count and its head."""
    assert (3, ledger.entries()[-1].row_hash) == (ledger.verify().count, ledger.verify().head)


def test_same_submission_twice_is_two_facts(ledger: Ledger, content: Write) -> None:
    """The ledger records what happened; what counts once is the policy's matter."""
    twice = [ledger.append(content()).content for _ in range(2)]

    assert twice == [entry.content for entry in ledger.entries()[-2:]]


def test_files_are_the_owners_alone(ledger: Ledger, file: Path) -> None:
    """Nobody else reads the ledger, its head, its key or its lock."""
    modes = {one.name: oct(one.stat().st_mode & 0o777) for one in file.parent.iterdir()}

    assert dict.fromkeys(["ledger.head", "ledger.key", "ledger.lock", "ledger.sqlite"], "0o600") == modes


CHANGES = [
    "UPDATE entries SET row_hash = ''",
    "UPDATE OR REPLACE entries SET position = 2 WHERE position = 3",
    "DELETE FROM entries WHERE position = 3",
    "INSERT OR REPLACE INTO entries SELECT position, recorded, '{}', prev_hash, '' FROM entries WHERE position = 3",
    "REPLACE INTO entries VALUES ('2', '', '', '', '')",
    "INSERT INTO entries VALUES (1, '', '', '', '') ON CONFLICT (position) DO UPDATE SET content = ''",
]


@pytest.mark.parametrize("change", CHANGES)
def test_database_refuses_changes(ledger: Ledger, file: Path, change: str) -> None:
    """Rows cannot be changed, removed or replaced, even by another program that opens the file."""
    connection = sqlite3.connect(file)
    with pytest.raises(sqlite3.IntegrityError, match="the ledger is append-only"):
        connection.execute(change)
    connection.close()


@pytest.fixture
def former(own_home: Path, content: Write, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Return a ledger of three entries, as a netdojo wrote it that knew the first schema alone."""
    made = Ledger(deadline=5)
    with monkeypatch.context() as before:
        before.setattr(store, "SCHEMA", "0001")
        before.setattr(store, "KNOWN", ("0001",))
        for _ in range(3):
            made.append(content())
    return made


def test_ledger_of_the_former_schema_is_read_as_it_is(former: Ledger) -> None:
    """Reading brings nothing up to date, and needs no trigger that came later."""
    before = former.path.read_bytes()
    former.probe()

    assert (3, 3) == (former.verify().count, len(former.entries()))
    assert before == former.path.read_bytes()


def test_ledger_of_the_former_schema_is_brought_up_to_date_by_an_append(former: Ledger, content: Write) -> None:
    """Its entries stay, the next follows them, and from then on none of them can be replaced."""
    entries = former.entries()
    added = former.append(content())

    assert [*entries, added] == former.entries()
    connection = sqlite3.connect(former.path)
    assert [("0002",)] == connection.execute("SELECT version_num FROM alembic_version").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match="the ledger is append-only"):
        connection.execute("REPLACE INTO entries VALUES (3, '', '', '', '')")
    connection.close()
    assert 5 == former.append(content()).position


def test_former_schema_with_a_trigger_gone_is_damaged(former: Ledger) -> None:
    """The triggers of its own time are asked of a ledger that has not been brought up to date."""
    connection = sqlite3.connect(former.path)
    connection.execute("DROP TRIGGER entries_refuse_DELETE")
    connection.close()

    with pytest.raises(LedgerDamaged, match="found none named entries_refuse_DELETE"):
        former.verify()


def test_ledger_elsewhere(tmp_path: Path, content: Write) -> None:
    """A ledger may lie in any folder, whatever its name."""
    other = Ledger(tmp_path / "a #1 % folder?" / "my ledger.sqlite")

    assert [other.append(content())] == other.entries()


def test_writers_of_several_processes_wait_for_each_other(ledger: Ledger) -> None:
    """Entries of processes that append at once all stand in one sound chain."""
    writers = [start(6, learner=name) for name in ("a", "b", "c")]
    codes = [(writer.communicate(timeout=60), writer.returncode)[1] for writer in writers]

    assert ([0, 0, 0], 3 + 18) == (codes, ledger.verify().count)


def test_reader_beside_a_writer_sees_a_sound_ledger(ledger: Ledger) -> None:
    """Checking while another process appends never reports damage."""
    writer = start(30)
    seen = []
    while writer.poll() is None:
        seen.append(ledger.verify().count)
    writer.communicate()

    assert (0, 33) == (writer.returncode, ledger.verify().count)
    assert seen == sorted(seen)


@pytest.mark.parametrize(("call", "recorded"), [(0, 3), (1, 4)])
def test_process_that_ends_around_the_commit_leaves_a_sound_ledger(
    ledger: Ledger, content: Write, call: int, recorded: int
) -> None:
    """A crash before the commit loses the entry, one after it keeps it; neither looks like damage, and both heal."""
    with start(1, before=DIE_AT_WRITE.format(call=call)) as child:
        child.communicate(timeout=60)

    assert 9 == child.returncode
    assert recorded == ledger.verify().count
    assert recorded + 1 == ledger.append(content()).position
    assert recorded + 1 == ledger.verify().count


def test_killed_writer_leaves_a_sound_ledger(ledger: Ledger) -> None:
    """A writer that is killed at any moment loses nothing that it had reported."""
    for seed in range(4):
        before = ledger.verify().count
        writer = start(1000)
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(random.Random(seed).random() / 20)  # the moment of the kill, not a wait
        writer.send_signal(signal.SIGKILL)
        reported = 1 + len(writer.communicate()[0].splitlines())

        assert ledger.verify().count in (before + reported, before + reported + 1)


def test_newer_schema_is_left_alone(ledger: Ledger, file: Path, content: Write) -> None:
    """A ledger of a newer netdojo is neither written, moved nor called damaged."""
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = file.read_bytes()

    for act in (ledger.verify, ledger.entries, lambda: ledger.append(content())):
        with pytest.raises(LedgerTooNew, match=r"newer netdojo.*9999") as refused:
            act()
        assert "update netdojo" in refused.value.help
    assert before == file.read_bytes()


def told(error: LedgerLocked, home: Path) -> str:
    """Return the message without what differs from run to run."""
    return f"{error}\n".replace(str(home), "<home>").replace(f"process {os.getpid()} ", "process <pid> ")


def test_lock_names_its_holder(ledger: Ledger, own_home: Path, content: Write) -> None:
    """A writer that waits in vain says which process it waited for, and what to do."""
    with ledger._alone(), pytest.raises(LedgerLocked) as locked:
        Ledger(deadline=0.1).append(content())

    assert (ERRORS / "locked-by-a-writer.txt").read_text() == told(locked.value, own_home)
    assert 3 == ledger.verify().count


@pytest.mark.parametrize(
    ("act", "golden"),
    [
        (Ledger.verify, "locked-while-reading"),
        (Ledger.entries, "locked-while-reading"),
        (lambda ledger: ledger.append(None), "locked-while-writing"),
        (Ledger.probe, "locked-while-writing"),
    ],
    ids=["verify", "entries", "append", "probe"],
)
def test_database_locked_by_another_program(
    ledger: Ledger, file: Path, own_home: Path, act: Callable[[Ledger], object], golden: str
) -> None:
    """Another program's lock is a lock, not damage; who only reads is told nothing of a submission."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LedgerLocked) as locked:
        act(Ledger(deadline=0.1))
    other.close()

    assert (ERRORS / f"{golden}.txt").read_text() == told(locked.value, own_home)


def test_folder_in_the_ledgers_place(own_home: Path, content: Write) -> None:
    """What cannot be opened at all is not called damaged, and nothing is moved."""
    (own_home / "ledger.sqlite").mkdir(parents=True)
    with pytest.raises(LedgerUnusable, match="cannot be used"):
        Ledger().append(content())

    assert (own_home / "ledger.sqlite").is_dir()


def test_full_disk_records_nothing(ledger: Ledger, content: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the head cannot be written the entry is not recorded, and the ledger stays sound."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("netdojo.atomic_files.replace", full)
        with pytest.raises(LedgerUnusable, match="No space left on device"):
            ledger.append(content())

    assert 3 == ledger.verify().count


def test_entry_of_another_form_asks_for_an_update(ledger: Ledger, content: Write) -> None:
    """A sound entry with fields that this netdojo does not know is not taken for damage."""

    class LaterContent(EntryContent):
        mood: str = "glad"

    with pytest.raises(ValueError, match="mood"):
        ledger.append(LaterContent(**dict(content())))
    with pytest.raises(LedgerTooNew, match="an entry of another form"):
        ledger.entries()

    assert 4 == ledger.verify().count


def test_probe_writes_nothing(ledger: Ledger, file: Path) -> None:
    """A ledger that could be written is as it was, and one that is not there is not made."""
    before = file.read_bytes()
    ledger.probe()
    assert before == file.read_bytes()

    absent = file.parent / "elsewhere" / "ledger.sqlite"
    Ledger(absent).probe()
    assert not absent.exists()
