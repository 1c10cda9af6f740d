"""A network of which any process is killed at any moment leaves nothing, and what is not ended by that can be ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
KILLS = os.environ.get("NETDOJO_SOAK_KILLS", "10")
"""Half of the phases and victims, another half each time."""


@pytest.mark.timeout(60 + 15 * int(KILLS))
def test_kills_leave_nothing_and_the_next_deploy_works() -> None:
    """SIGKILL of supervisor, client or daemon while a network is deployed, runs, is restored or is destroyed."""
    words = [sys.executable, "-m", "tests.soak.killing", "--kills", KILLS, "--machines", "2"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
