"""How an error names what is wrong and the next step."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo.errors import InvalidFiles, NotFound, Problem, WrongUse, shown_name, suggestion


def test_near_name_is_suggested() -> None:
    """A typo gets the name that was meant, and only that one."""
    error = NotFound("lab", "netmiko-frist-contact", ["ansible-fabric", "netmiko-first-contact"])

    assert "no lab named 'netmiko-frist-contact'\n  did you mean 'netmiko-first-contact'?" == str(error)
    assert 2 == error.code


def test_case_is_no_difference_for_a_suggestion() -> None:
    assert "did you mean 'Leaf1'?" == suggestion("LAEF1", ["Leaf1", "spine1"], "node")


@pytest.mark.parametrize(("known", "told"), [(["b1", "a1"], "there is: b1, a1"), ([], "there is no lab yet")])
def test_far_name_gets_what_there_is(known: list[str], told: str) -> None:
    assert told == suggestion("quagga", known, "lab")


def test_faults_of_files_are_told_together() -> None:
    """Each has its place, and its hint below it."""
    faults = [
        Problem("a/lab.yml", "tasks.0.points", "must be 1 or more (got 0)", "points make the grade"),
        Problem("b", "", "is no YAML"),
    ]

    told = "a/lab.yml: tasks.0.points: must be 1 or more (got 0)\n  points make the grade\nb: is no YAML"
    assert told == str(InvalidFiles(faults))


def test_help_is_the_last_line() -> None:
    assert "it is shut\n  open it" == str(WrongUse("it is shut", help="open it"))
    assert "it is shut" == str(WrongUse("it is shut"))


def test_file_is_shown_as_it_is_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said before the first colon opens the file: from the folder that one is in, or from anywhere."""
    monkeypatch.chdir(tmp_path)
    assert "labs/first/lab.yml" == shown_name(tmp_path / "labs" / "first" / "lab.yml")
    assert "/srv/course/lab.yml" == shown_name(Path("/srv/course/lab.yml"))
    assert "lab.yml" == shown_name(Path("lab.yml"))


def test_file_is_shown_whole_where_the_folder_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert "/srv/course/lab.yml" == shown_name(Path("/srv/course/lab.yml"))
