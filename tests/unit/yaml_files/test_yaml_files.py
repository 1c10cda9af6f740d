"""YAML that people write: read as plain data, with each fault at its place and in the house's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netdojo.errors import InvalidFiles
from netdojo.model import LabManifest
from netdojo.yaml_files import LONGEST_SHOWN, parse, read_yaml

MANIFEST: dict[str, Any] = {
    "title": "Bring up a fabric",
    "summary": "Two spines.",
    "module": "python",
    "topology": "leaf-spine",
    "fidelity": "real",
    "minutes": 30,
    "objectives": ["sessions"],
    "tasks": [{"id": "sessions", "title": "Every leaf", "points": 4}],
}


def told(*changes: tuple[str, Any], task: dict[str, Any] | None = None) -> list[str]:
    """Return the faults of the manifest with other values at some of its keys, and others in its one task."""
    held = MANIFEST | dict(changes)
    if task is not None:
        held = held | {"tasks": [MANIFEST["tasks"][0] | task]}
    with pytest.raises(InvalidFiles) as error:
        parse(held, LabManifest, "lab.yml")
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: [1\nc: 2\n", "f.yml: line 3: must be YAML (expected ',' or ']', but got ':')"),
        ("a: 1\n\tb: 2\n", "f.yml: line 2: must be YAML (found character '\\t' that cannot start any token)"),
        ("a: 1\nb: 2\na: 3\n", 'f.yml: line 3: must name each key once (found duplicate key "a" with value "3" '),
        ("a: *b\n", "f.yml: line 1: must be YAML (found undefined alias 'b')"),
        ("a: !!python/object:os.system ls\n", "f.yml: line 1: must be YAML (could not determine a constructor for "),
        ("", "f.yml: must be a mapping of keys (got nothing)"),
        ("- a\n", "f.yml: must be a mapping of keys (got a list)"),
        ("yes\n", "f.yml: must be a mapping of keys (got text)"),
        ("a: \x01\n", "f.yml: must be YAML (unacceptable character "),
    ],
)
def test_a_file_that_is_no_mapping_is_told_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    """What cannot be read is one fault, with the line where it is known."""
    file = tmp_path / "f.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFiles) as error:
        read_yaml(file, "f.yml")

    assert [problem] == [str(found)[: len(problem)] for found in error.value.problems]


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    """A file in another encoding is a fault of the file, not of the program."""
    file = tmp_path / "f.yml"
    file.write_bytes("title: Übung\n".encode("latin-1"))
    with pytest.raises(InvalidFiles, match=r"f\.yml: must be YAML"):
        read_yaml(file, "f.yml")


def test_a_file_that_is_absent_is_told(tmp_path: Path) -> None:
    """The path is told as the course knows it."""
    with pytest.raises(InvalidFiles, match=r"^labs/first/lab\.yml: must be there$"):
        read_yaml(tmp_path / "none.yml", "labs/first/lab.yml")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("minutes", "30"), None),
        (("minutes", 30.5), "lab.yml: minutes: must be a whole number (got 30.5)"),
        (("minutes", 601), "lab.yml: minutes: must be at most 600 (got 601)"),
        (("minutes", None), "lab.yml: minutes: must be a whole number (got None)"),
        (("title", ""), "lab.yml: title: must not be empty (got '')"),
        (("title", {"a": 1}), "lab.yml: title: must be text (got a mapping)"),
        (
            ("module", "Python 3"),
            "lab.yml: module: must be lower case letters, digits and single hyphens (got 'Python 3')",
        ),
        (("objectives", "sessions"), "lab.yml: objectives: must be a list (got 'sessions')"),
        (("objectives", []), "lab.yml: objectives: must have at least 1 of them (got an empty list)"),
        (("tasks", [[]]), "lab.yml: tasks[0]: must be a mapping of keys (got an empty list)"),
        (("titel", "x"), "lab.yml: titel: must not be there: no such key (got 'x')\n  did you mean 'title'?"),
    ],
)
def test_a_field_that_does_not_fit_is_told_by_its_path(change: tuple[str, Any], problem: str | None) -> None:
    """Each fault names the field, what must be, and what was found; a number in quotes is a number."""
    if problem is None:
        assert 30 == parse(MANIFEST | dict([change]), LabManifest, "lab.yml").minutes
    else:
        assert [problem] == told(change)


def test_faults_within_lists_have_their_position() -> None:
    """A fault of a task is told with the task's number, and a near key of a task is suggested."""
    assert [
        "lab.yml: tasks[0].points: must be greater than 0 (got 0)",
        "lab.yml: tasks[0].hint: must not be there: no such key (got a list)\n  did you mean 'hints'?",
    ] == told(task={"points": 0, "hint": ["Look."]})


def test_a_long_value_is_cut() -> None:
    """What was found is shown as far as it can be read at a glance."""
    (problem,) = told(("minutes", "x" * 1000))

    assert problem.endswith(f"(got '{'x' * (LONGEST_SHOWN - 1)}…)")
