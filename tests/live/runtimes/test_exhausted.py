"""Where file handles, processes or room run out, that is said with the next step, and nothing is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EVERY = os.environ.get("NETDOJO_SOAK_EVERY", "12")
"""Every so-manieth amount is tried."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("resource", ["handles", "processes", "room"])
def test_want_is_told_and_leaves_nothing(resource: str) -> None:
    """Whatever is done with too little of something ends with words and a code, and works once it is back."""
    words = [sys.executable, "-m", "tests.soak.exhausting", "--of", resource, "--every", EVERY]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
