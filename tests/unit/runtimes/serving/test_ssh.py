"""How asyncssh is loaded."""

from __future__ import annotations

import ctypes.util
import subprocess
import sys
from pathlib import Path

from netdojo.runtimes.serving import ssh


def test_no_program_is_run_to_find_a_library(tmp_path: Path) -> None:
    """A compiler that is killed with its supervisor would leave what it writes."""
    for name in ("gcc", "cc", "ld"):
        (tmp_path / name).write_text(f"#!/bin/sh\n: > {tmp_path}/ran\n")
        (tmp_path / name).chmod(0o755)
    words = [sys.executable, "-c", "import netdojo.runtimes.serving.front"]
    subprocess.run(words, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True)

    assert not (tmp_path / "ran").exists()


def test_others_find_their_libraries() -> None:
    """What looks for them is as it was once asyncssh is there."""
    assert ssh.asyncssh.__name__ == "asyncssh"
    assert "ctypes.util" == ctypes.util.find_library.__module__
