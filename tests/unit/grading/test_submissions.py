"""What is read of a submission's folder, and what is refused with a message that says the next step."""

from __future__ import annotations

import errno
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netdojo.errors import SubmissionUnusable
from netdojo.grading.submissions import cells_of, read_submission
from netdojo.model import Lab

ERRORS = Path(__file__).parents[2] / "errors" / "grading" / "submissions"
BAD = sorted(path.name for path in ERRORS.glob("*.ipynb.txt"))


def notebook(**more: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "first", "solution": True}}, "source": "a = 1"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell], **more}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "handed-in"
    made.mkdir()
    (made / "small.ipynb").write_text(json.dumps(notebook()), encoding="utf-8")
    return made


@pytest.mark.parametrize("name", BAD)
def test_a_bad_notebook_gets_its_golden_message(lab: Lab, folder: Path, name: str) -> None:
    """Each notebook that cannot be used is refused with the message that stands beside it."""
    (folder / "small.ipynb").write_bytes((ERRORS / name).read_bytes())
    with pytest.raises(SubmissionUnusable) as told:
        read_submission(lab, folder)

    assert (ERRORS / name.replace(".ipynb.txt", ".txt")).read_text(encoding="utf-8") == f"{told.value}\n"


def test_the_named_files_are_taken_and_no_others(lab: Lab, folder: Path) -> None:
    """What lab.yml names is part of the submission; what lies beside it is not."""
    (folder / "plan.json").write_text("{}")
    (folder / "configs" / "deep").mkdir(parents=True)
    (folder / "configs" / "deep" / "r1.conf").write_text("!")
    (folder / "json.py").write_text("shadow")

    assert {"small.ipynb", "plan.json", "configs/deep/r1.conf"} == set(read_submission(lab, folder).contents)


def test_the_digest_follows_names_and_contents(lab: Lab, folder: Path) -> None:
    """The same files give the same digest; another name or another byte gives another."""
    (folder / "plan.json").write_text("{}")
    first = read_submission(lab, folder).digest
    again = read_submission(lab, folder).digest
    (folder / "plan.json").write_text("{ }")

    assert first == again
    assert first != read_submission(lab, folder).digest


def linked_notebook(folder: Path) -> None:
    (folder / "small.ipynb").rename(folder.parent / "elsewhere.ipynb")
    (folder / "small.ipynb").symlink_to(folder.parent / "elsewhere.ipynb")


def pipe(folder: Path) -> None:
    (folder / "small.ipynb").unlink()
    os.mkfifo(folder / "small.ipynb")


def several(folder: Path) -> None:
    (folder / "small.ipynb").rename(folder / "a.ipynb")
    (folder / "b.ipynb").write_text("{}")


def none(folder: Path) -> None:
    (folder / "small.ipynb").unlink()


def no_folder(folder: Path) -> None:
    none(folder)
    folder.rmdir()


def a_file_for_the_folder(folder: Path) -> None:
    no_folder(folder)
    folder.write_text("root:x:0:0", encoding="utf-8")


def a_folder(folder: Path) -> None:
    (folder / "small.ipynb").unlink()
    (folder / "small.ipynb").mkdir()


def a_socket(folder: Path) -> None:
    (folder / "small.ipynb").unlink()
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "small.ipynb"))


def too_large(folder: Path) -> None:
    """Write a notebook that would take 30 times its size to parse."""
    (folder / "small.ipynb").write_bytes(b'{"cells": [' + b"[]," * (3 * 2**20) + b"[]]}")


def many_brackets(folder: Path) -> None:
    (folder / "small.ipynb").write_bytes(b"[" * 2**20)


def in_utf16(folder: Path) -> None:
    (folder / "small.ipynb").write_bytes('{"nbformat": 4}'.encode("utf-16"))


@pytest.mark.parametrize(
    ("spoil", "golden"),
    [
        (linked_notebook, "a-link"),
        (pipe, "a-pipe"),
        (a_folder, "a-folder"),
        (a_socket, "a-socket"),
        (too_large, "too-large"),
        (many_brackets, "too-deep"),
        (in_utf16, "not-utf8"),
        (several, "several"),
        (none, "none"),
        (no_folder, "no-folder"),
        (a_file_for_the_folder, "a-file-for-the-folder"),
    ],
)
def test_what_is_no_plain_notebook_gets_its_golden_message(
    lab: Lab, folder: Path, spoil: Callable[[Path], None], golden: str
) -> None:
    """A link, a pipe, a folder, a socket, none, several or too much: the message says which, and the next step."""
    spoil(folder)
    with pytest.raises(SubmissionUnusable) as told:
        read_submission(lab, folder)

    said = f"{told.value}\n".replace(str(folder), "FOLDER")
    assert (ERRORS / f"{golden}.txt").read_text(encoding="utf-8") == said


def test_a_notebook_that_may_not_be_read_is_refused(lab: Lab, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What belongs to somebody else is named, with the system's reason; root would be let in, so it is told no here."""

    def refused(*_: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(SubmissionUnusable) as told:
        read_submission(lab, folder)

    said = f"{told.value}\n".replace(str(folder), "FOLDER")
    assert (ERRORS / "not-readable.txt").read_text(encoding="utf-8") == said

    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(SubmissionUnusable, match=r"Make it readable, as its owner: chmod a\+r"):
        read_submission(lab, folder)


def test_a_large_notebook_is_refused_before_it_is_parsed(
    lab: Lab, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No parser sees what is larger than the limit, nor more than the limit of it."""
    too_large(folder)
    monkeypatch.setattr(json, "loads", lambda *_: pytest.fail("it was parsed"))
    with pytest.raises(SubmissionUnusable, match=r"no larger than 8 MiB \(got 9\.0 MiB\)"):
        read_submission(lab, folder)


def test_a_renamed_notebook_is_taken_with_a_note(lab: Lab, folder: Path) -> None:
    """The only notebook of a folder is the one that is meant."""
    (folder / "small.ipynb").rename(folder / "small (1).ipynb")
    handed_in = read_submission(lab, folder)

    assert ("the notebook small (1).ipynb was taken for small.ipynb",) == handed_in.notes


def test_links_among_the_files_are_left_aside(lab: Lab, folder: Path) -> None:
    """A link to a file, and a folder that is a link, bring nothing of what they point to."""
    secret = folder.parent / "secret"
    secret.mkdir()
    (secret / "key").write_text("s3cret")
    (folder / "plan.json").symlink_to(secret / "key")
    (folder / "configs").symlink_to(secret)
    handed_in = read_submission(lab, folder)

    assert {"small.ipynb"} == set(handed_in.contents)
    assert 2 == len(handed_in.notes)


def test_a_file_that_is_too_large_is_refused(lab: Lab, folder: Path) -> None:
    """Sizes are limited, and the message names the limit."""
    with (folder / "plan.json").open("wb") as file:
        file.truncate(51 * 2**20)
    with pytest.raises(SubmissionUnusable, match=r"plan\.json must be no larger than 50 MiB \(got 51\.0 MiB\)"):
        read_submission(lab, folder)


def test_sources_may_be_lines_and_have_windows_ends() -> None:
    """A source that is a list of lines, or has carriage returns, is read as the text that it means."""
    cell = {"cell_type": "code", "metadata": {}, "source": ["a = 1\r\n", "b = 2"]}
    cells = cells_of(json.dumps(notebook(cells=[cell])).encode(), "small.ipynb", "small")

    assert "a = 1\nb = 2" == cells[0].source


@pytest.mark.parametrize("odd", [{}, {"metadata": 7, "source": 7, "cell_type": 7}, {"metadata": {"nbgrader": []}}])
def test_a_cell_of_wrong_types_is_an_empty_one(odd: dict[str, Any]) -> None:
    """Metadata of any shape is survived."""
    cells = cells_of(json.dumps(notebook(cells=[odd])).encode(), "small.ipynb", "small")

    assert ("", "") == (cells[0].id, cells[0].source)


def test_names_of_files_are_shown_without_being_obeyed(lab: Lab, folder: Path) -> None:
    """A name with an escape, a mark of direction or bytes that are no text is told as escapes, and judged."""
    (folder / "small.ipynb").rename(folder / "small\x1b[2J\u202e.ipynb")
    (folder / "configs").mkdir()
    os.symlink("nowhere", os.fsencode(folder / "configs") + b"/\xff\x9b.conf")
    handed_in = read_submission(lab, folder)

    assert (
        r"the notebook small\x1b[2J\u202e.ipynb was taken for small.ipynb",
        r"configs/\udcff\udc9b.conf was left aside: it is no plain file",
    ) == handed_in.notes
