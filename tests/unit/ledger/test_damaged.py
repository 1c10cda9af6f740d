"""Damaged ledgers: each is refused, kept aside, and told so that a person can go on."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from netdojo.errors import LedgerDamaged
from netdojo.ledger import Ledger, kept_aside
from netdojo.ledger.chain import End, seal
from netdojo.model import EntryContent

Write = Callable[..., EntryContent]
ERRORS = Path(__file__).parents[2] / "errors" / "ledger"


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5000])


def cut_within_the_header(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:50])


def no_sqlite(file: Path) -> None:
    file.write_text("position,lab,points\n" * 100)


def zero_bytes(file: Path) -> None:
    file.write_bytes(b"")


def page_overwritten(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[:8192] + bytes(4096) + data[12288:])


def file_gone(file: Path) -> None:
    file.unlink()


def head_gone(file: Path) -> None:
    file.with_suffix(".head").unlink()


def head_edited(file: Path) -> None:
    head = file.with_suffix(".head")
    head.write_text(head.read_text().replace('"position": 3', '"position": 2'))


def key_gone(file: Path) -> None:
    file.with_suffix(".key").unlink()


FILES: list[Callable[[Path], None]] = [
    cut_short, cut_within_the_header, no_sqlite, zero_bytes, page_overwritten, file_gone,
    head_gone, head_edited, key_gone,
]  # fmt: skip
SCRIPTS = sorted(ERRORS.glob("*.sql"))
CASES = [*SCRIPTS, *FILES]


def name_of(case: Path | Callable[[Path], None]) -> str:
    return case.stem if isinstance(case, Path) else case.__name__.replace("_", "-")


def damage(case: Path | Callable[[Path], None], file: Path) -> None:
    if not isinstance(case, Path):
        return case(file)
    connection = sqlite3.connect(file)
    connection.executescript(case.read_text())
    connection.close()
    return None


def plain(error: LedgerDamaged, home: Path) -> str:
    """Return the message without what differs from run to run."""
    text = re.sub(r"\b[0-9a-f]{12}…", "<hash>…", str(error).replace(str(home), "<home>"))
    text = re.sub(r"«.*»", "«SQLite's words»", text)
    return re.sub(r"\d{8}T\d{6}Z", "<time>", text) + "\n"


@pytest.mark.parametrize("act", ["append", "probe"])
@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_damaged_ledger_is_kept_aside_and_how_to_go_on_is_said(
    case: Path | Callable[[Path], None], act: str, ledger: Ledger, file: Path, own_home: Path, content: Write
) -> None:
    """The damaged files are kept as they were, the message is the golden one, and the next append begins anew."""
    damage(case, file)
    before = {one.name: one.read_bytes() for one in own_home.iterdir()}
    with pytest.raises(LedgerDamaged) as refused:
        ledger.append(content()) if act == "append" else ledger.probe()

    assert (ERRORS / f"{name_of(case)}.txt").read_text() == plain(refused.value, own_home)
    assert not file.exists()
    kept = {one.name: one.read_bytes() for one in own_home.glob("ledger.damaged-*")}
    assert sorted(before[name] for name in before if name in ("ledger.sqlite", "ledger.head")) == sorted(kept.values())
    assert 1 == ledger.append(content()).position
    assert 1 == ledger.verify().count


@pytest.mark.parametrize("act", [Ledger.verify, Ledger.entries], ids=["verify", "entries"])
@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_reading_refuses_and_moves_nothing(
    case: Path | Callable[[Path], None], act: Callable[[Ledger], object], ledger: Ledger, file: Path, own_home: Path
) -> None:
    """Reading a damaged ledger names the damage and leaves every file as it is."""
    damage(case, file)
    before = {one.name: one.read_bytes() for one in own_home.iterdir()}
    with pytest.raises(LedgerDamaged) as refused:
        act(ledger)

    assert before == {one.name: one.read_bytes() for one in own_home.iterdir()}
    golden = (ERRORS / f"{name_of(case)}.txt").read_text()
    assert golden.splitlines()[0] == plain(refused.value, own_home).splitlines()[0]
    assert "nothing was moved" in refused.value.help


def test_forged_entry_is_noticed(ledger: Ledger, file: Path, content: Write) -> None:
    """A row that fits the chain, added by another program, is not an entry: the head does not know it."""
    end = ledger.verify()
    row = seal(content(learner="mallory"), End(end.count, end.head), ledger.entries()[-1].recorded)
    connection = sqlite3.connect(file)
    connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", tuple(vars(row).values()))
    connection.commit()
    connection.close()

    with pytest.raises(
        LedgerDamaged, match=r"entry 4: expected .* at the end, found an entry that netdojo did not write"
    ):
        ledger.verify()


def test_rewritten_chain_is_noticed(ledger: Ledger, file: Path, content: Write) -> None:
    """A ledger whose every row was sealed anew is sound in itself, and yet not the one that the head names."""
    rows, end = [], End()
    for entry in ledger.entries():
        rows.append(seal(content(learner="mallory"), end, entry.recorded))
        end = End(rows[-1].position, rows[-1].row_hash)
    connection = sqlite3.connect(file)
    connection.execute("DROP TRIGGER entries_refuse_DELETE")
    connection.execute("DELETE FROM entries")
    connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", [tuple(vars(row).values()) for row in rows])
    connection.commit()
    connection.close()

    with pytest.raises(LedgerDamaged, match="entry 3: expected entry 3 with hash"):
        ledger.verify()


def test_damaged_ledgers_are_never_overwritten(ledger: Ledger, file: Path, own_home: Path, content: Write) -> None:
    """Ledgers that are damaged within one second are all kept."""
    for _ in range(3):
        zero_bytes(file)
        with pytest.raises(LedgerDamaged):
            ledger.append(content())
        ledger.append(content())

    assert 3 == len(list(own_home.glob("ledger.damaged-*.sqlite"))) == len(list(own_home.glob("ledger.damaged-*.head")))


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_backup_put_back_is_used_again(
    case: Path | Callable[[Path], None], ledger: Ledger, file: Path, own_home: Path, content: Write
) -> None:
    """Going on as the message says: what it names, put back from a backup, is a sound ledger again, at any time."""
    backup = {one.name: one.read_bytes() for one in own_home.iterdir()}
    for submitted_meanwhile in (False, True):
        damage(case, file)
        with pytest.raises(LedgerDamaged) as refused:
            ledger.append(content())
        if submitted_meanwhile:
            ledger.append(content())
        for name in re.findall(r"ledger\.\w+", refused.value.help.splitlines()[-1]):
            (own_home / name).write_bytes(backup[name])

        assert 4 == ledger.append(content()).position
        assert 4 == ledger.verify().count
        put_back(own_home, backup)


def put_back(home: Path, files: dict[str, bytes]) -> None:
    """Let the folder hold these files and no other."""
    for one in home.iterdir():
        one.unlink()
    for name, data in files.items():
        (home / name).write_bytes(data)


def test_altered_byte_of_the_header_is_harmless_or_damage(
    ledger: Ledger, file: Path, own_home: Path, content: Write
) -> None:
    """No byte of SQLite's header makes a ledger that is refused without being kept aside, or that is only read."""
    before = {one.name: one.read_bytes() for one in own_home.iterdir()}
    good = before[file.name]
    for byte, value in product(range(100), (0, 255)):
        put_back(own_home, before)
        file.write_bytes(good[:byte] + bytes([value]) + good[byte + 1 :])
        found = [outcome(lambda: ledger.verify().count), outcome(lambda: ledger.append(content()).position)]

        assert found in ([3, 4], ["damaged", "damaged"]), f"byte {byte} is {value}"
        assert ("damaged" in found) == bool(kept_aside(file))


def outcome(act: Callable[[], int]) -> int | str:
    """Return what `act` answers, or that it told of damage."""
    try:
        return act()
    except LedgerDamaged:
        return "damaged"


def test_head_of_another_key_is_not_taken(ledger: Ledger, file: Path) -> None:
    """A head that somebody wrote without the key says nothing."""
    head = file.with_suffix(".head")
    head.write_text(json.dumps({**json.loads(head.read_text()), "mac": "0" * 64}))

    with pytest.raises(LedgerDamaged, match=r"ledger\.head altered, or another key"):
        ledger.verify()
