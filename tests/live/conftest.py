"""What takes longest begins first, so that no other test has to wait for it at the end."""

from __future__ import annotations

import pytest

LONGEST = ("test_labs.py", "test_killed_at_random.py", "test_exhausted.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files; within a file the order stays."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))
