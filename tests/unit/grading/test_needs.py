"""What grading needs of the host is found by using it, where it is there and where it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netdojo.grading import needs

SANDBOX = "from netdojo.grading.needs import sandbox\nprint(json.dumps(sandbox().model_dump()))"


def test_bubblewrap_that_is_absent_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bwrap on PATH there is no sandbox, and the package is named."""
    monkeypatch.setenv("PATH", str(tmp_path))
    told = needs.sandbox()

    assert not told.ok
    assert "bubblewrap" in told.remedy


@pytest.mark.parametrize("limit", ["max_mnt_namespaces", "max_user_namespaces"])
def test_a_sandbox_that_cannot_be_made_is_seen(apart: Any, limit: str) -> None:
    """bwrap is there, and the kernel refuses what a submission's sandbox asks for: the limit is named."""
    told = apart(f"echo 0 >/proc/sys/user/{limit}", SANDBOX)

    assert not told["ok"]
    assert f"user.{limit}" in told["remedy"]


def test_a_sandbox_that_can_be_made_is_seen(apart: Any) -> None:
    """Where the kernel grants it, the sandbox is tried and stands."""
    assert apart("true", SANDBOX)["ok"]


def test_a_gradebook_without_alembic_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """nbgrader calls alembic by name: without it no grade could be kept."""
    assert needs.migrations().ok

    monkeypatch.setattr(needs, "with_programs", lambda: {"PATH": str(tmp_path)})
    assert not needs.migrations().ok
