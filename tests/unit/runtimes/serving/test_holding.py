"""How many descriptors a process may have that holds a network."""

from __future__ import annotations

import resource

import pytest

from netdojo.runtimes.serving import holding

UNLIMITED = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("nodes", "has", "becomes"),
    [
        (6, (1024, 4096), None),
        (300, (1024, 1048576), (2656, 1048576)),
        (300, (1024, UNLIMITED), (2656, UNLIMITED)),
        (300, (1024, 2000), (2000, 2000)),
        (300, (UNLIMITED, UNLIMITED), None),
    ],
)
def test_descriptors_grow_with_the_network(
    nodes: int, has: tuple[int, int], becomes: tuple[int, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small network changes nothing, and no network asks for more than the machine lets it have."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: has)
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: given.append(limits))
    holding.hold_files(nodes)

    assert ([becomes] if becomes else []) == given
