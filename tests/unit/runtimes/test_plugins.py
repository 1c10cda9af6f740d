"""Runtimes are found by name, and each has every verb."""

from __future__ import annotations

import pytest

from netdojo.runtimes import plugins

VERBS = sorted(name for name in vars(plugins.Runtime) if not name.startswith("_"))


@pytest.mark.parametrize("name", plugins.all_runtimes())
def test_runtime_has_every_verb(name: str) -> None:
    """No verb of the protocol is absent from a runtime that is installed."""
    assert {"check", "check_host", "deploy"} < set(VERBS)
    assert [] == [verb for verb in VERBS if not callable(getattr(plugins.runtime(name), verb, None))]
