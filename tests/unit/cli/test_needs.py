"""What netdojo itself needs of the machine is found by using it, where it is there and where it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netdojo import places
from netdojo.cli import needs

ROOM = "from netdojo.cli.needs import room\nprint(json.dumps(room().model_dump()))"


@pytest.mark.parametrize(("size", "ok"), [("2m", False), ("400m", False), ("600m", True)])
def test_room_is_that_of_the_disk_that_is_used(
    apart: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: str, ok: bool
) -> None:
    """A disk of its own for netdojo's folder: what counts is its room, not that of the machine's other disks."""
    monkeypatch.setenv("NETDOJO_HOME", str(tmp_path / "disk" / "home"))
    (tmp_path / "disk").mkdir()
    told = apart(f"mount -t tmpfs -o size={size} none {tmp_path / 'disk'}", ROOM)

    assert ok == told["ok"]
    assert str(tmp_path / "disk") in told["detail"]


def test_a_folder_that_cannot_be_made_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the folder's place is found by trying, and the way out is another folder."""
    assert needs.writable().ok

    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NETDOJO_HOME", str(tmp_path / "file"))
    told = needs.writable()
    assert not told.ok
    assert places.ANOTHER_HOME == told.remedy
