"""Unit tests each have a home of their own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_home(home: Path) -> Path:
    """Let no unit test see what another wrote."""
    return home
