"""Graders and kept submissions that lie among what a sandbox shows are masked, and nothing else is."""

from __future__ import annotations

from pathlib import Path

from netdojo.grading.hiding import masks, private
from netdojo.model import Lab


def test_graders_history_and_submissions_are_private(lab: Lab, home: Path) -> None:
    """Whatever holds answers of the lab or of other learners is named."""
    course = lab.folder.parents[1]
    named = set(private(lab))

    assert {course / "graders", course / ".git", home / "nbgrader", home / "submissions", home / "issuer"} <= named


def test_only_what_is_shown_is_masked(tmp_path: Path) -> None:
    """A folder is hidden by an empty one that nobody can write to, a file by nothing; what is not there needs none."""
    (tmp_path / "graders").mkdir()
    (tmp_path / ".git").write_text("gitdir: elsewhere")
    paths = [tmp_path / name for name in ("graders", ".git", "absent")]
    folder, file = str(tmp_path / "graders"), str(tmp_path / ".git")

    assert ["--tmpfs", folder, "--remount-ro", folder, "--ro-bind", "/dev/null", file] == [
        *masks(paths, ["/usr", str(tmp_path)])
    ]
    assert [] == [*masks(paths, ["/usr", str(tmp_path / "labs")])]
