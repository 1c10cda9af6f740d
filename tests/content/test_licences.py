"""The summary of licences points at what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CLONE = Path(__file__).parents[2]
ROWS = [line.split("|")[1:4] for line in (CLONE / "LICENSE-SUMMARY.md").read_text(encoding="utf-8").splitlines()]
BESIDE = [(where, text) for row in ROWS if len(row) == 3 for where, _, text in [row] if "beside the file" in text]


@pytest.mark.parametrize(("where", "text"), BESIDE, ids=[where.strip() for where, _ in BESIDE])
def test_text_beside_the_files_is_there(where: str, text: str) -> None:
    """Where a licence stands beside the files, the summary names the file that tells it."""
    folder, named = re.findall(r"`(.+?)`", where)[0], re.findall(r"`(.+?)`", text)

    assert named, f"{folder}: no file is named"
    assert (CLONE / folder / named[0]).is_file()


def test_what_nbgrader_exports_is_left_out_of_the_repository() -> None:
    """`nbgrader export` writes grades where it is called; git leaves that file out."""
    assert "/graders/grades.csv" in (CLONE / ".gitignore").read_text(encoding="utf-8").splitlines()
