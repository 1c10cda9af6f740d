"""Where netdojo writes: one folder, by the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo import places


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NETDOJO_HOME is taken as it is when it is whole, from the current folder when not, and ~ is the user's own."""
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.chdir(tmp_path)
    found = []
    for named in ("/somewhere/else", "here", "~/dojo"):
        monkeypatch.setenv("NETDOJO_HOME", named)
        found.append(places.home())

    assert [Path("/somewhere/else"), tmp_path / "here", tmp_path / "user" / "dojo"] == found


def test_home_is_known_by_its_other_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A link to the home is the home."""
    (tmp_path / "link").symlink_to(tmp_path / "home")
    monkeypatch.setenv("NETDOJO_HOME", str(tmp_path / "link"))

    assert places.is_home(tmp_path / "home")
    assert not places.is_home(tmp_path)


@pytest.mark.parametrize("named", [None, ""])
def test_without_a_name_it_is_the_platforms_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str | None
) -> None:
    """Nothing named, or nothing in the name, is the user's data folder, never the current one."""
    monkeypatch.delenv("NETDOJO_HOME")
    if named is not None:
        monkeypatch.setenv("NETDOJO_HOME", named)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    assert tmp_path / "data" / "netdojo" == places.home()


def test_everything_lies_below_home_apart_from_the_rest(own_home: Path) -> None:
    """No two kinds of files share a path, and looking for a place makes none."""
    asked = (
        places.networks,
        places.workspaces,
        places.ledger_file,
        places.issuer,
        places.badges,
        places.submissions,
        places.nbgrader,
    )
    found = [place() for place in asked]

    assert {own_home} == {path.parent for path in found}
    assert len(asked) == len(set(found))
    assert not own_home.exists()
