"""What containerlab leaves on the host when it dies on the way is taken back, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo.runtimes.containerlab import engine

OURS = """###### CLAB-pair-0a1b2c-START ######
172.20.20.2\tnetdojo-pair-0a1b2c-left
###### CLAB-pair-0a1b2c-END ######
"""
OTHERS = """127.0.0.1 localhost
###### CLAB-pair-START ######
172.20.20.9\tclab-pair-left
###### CLAB-pair-END ######
"""


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The three places in which containerlab writes."""
    for name in ("NAMES", "SETTINGS"):
        monkeypatch.setattr(engine, name, tmp_path / name)
        (tmp_path / name).mkdir()
    monkeypatch.setattr(engine, "HOSTS", tmp_path / "hosts")
    return tmp_path


@pytest.mark.parametrize(("before", "after"), [(OURS, ""), (OURS, "10.0.0.1 last"), ("", ""), (OURS + "# x\n", OURS)])
def test_names_of_a_network_that_has_gone_are_taken_back(host: Path, before: str, after: str) -> None:
    """Those of others stay as they are, byte for byte."""
    (host / "hosts").write_text(OTHERS + before + after)
    ours = [host / "NAMES" / "netdojo-pair-0a1b2c-left", host / "SETTINGS" / "clab-pair-0a1b2c.conf"]
    others = [host / "NAMES" / "netdojo-pair-0a1b2d-left", host / "SETTINGS" / "clab-pair.conf"]
    for file in (*ours, *others):
        file.touch()

    engine.forget("pair-0a1b2c")
    assert (OTHERS + before + after).replace(OURS, "") == (host / "hosts").read_text()
    assert [False, False, True, True] == [file.exists() for file in (*ours, *others)]


def test_block_without_its_end_is_left(host: Path) -> None:
    """What cannot be told apart is nobody's to take away."""
    (host / "hosts").write_text(OTHERS + OURS[: OURS.index("END")])
    engine.forget("pair-0a1b2c")
    assert OTHERS + OURS[: OURS.index("END")] == (host / "hosts").read_text()


def test_host_without_such_places_is_none_to_write_to(host: Path) -> None:
    engine.forget("pair-0a1b2c")
    assert not (host / "hosts").exists()
