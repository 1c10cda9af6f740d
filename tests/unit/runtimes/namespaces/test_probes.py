"""What the runtimes need of the host is found by using it, where it is there and where it is not."""

from __future__ import annotations

from typing import Any

import pytest

from netdojo.runtimes.namespaces import host

NAMESPACES = """
from netdojo.runtimes.namespaces.host import needs
print(json.dumps(next(need.model_dump() for need in needs() if need.name == "user namespaces")))
"""


@pytest.mark.parametrize("kind", host.NAMESPACE_LIMITS)
def test_a_kind_of_namespace_that_is_used_up_is_seen(apart: Any, kind: str) -> None:
    """The kernel grants no more of one kind: no network could be made, and the limit is named."""
    told = apart(f"echo 0 >/proc/sys/user/max_{kind}_namespaces", NAMESPACES)

    assert not told["ok"]
    assert f"too few {kind} namespaces: user.max_{kind}_namespaces is 0" in told["detail"]
    assert f"user.max_{kind}_namespaces" in told["remedy"]


def test_namespaces_that_are_there_are_seen(apart: Any) -> None:
    """A user who can make each kind has what it takes."""
    assert apart("true", NAMESPACES)["ok"]
