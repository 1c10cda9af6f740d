"""What the host must have for rootless networks, found by using it, and the one command that mends what is missing."""

from __future__ import annotations

from netdojo.errors import HostNotReady
from netdojo.runtimes.needs import Need


def check_programs() -> None:
    """Raise HostNotReady when a program that every network needs is absent."""


def not_ready(detail: str) -> HostNotReady:
    """Return the error for a host whose kernel refused `detail`."""
    return HostNotReady(detail)


def needs() -> list[Need]:
    return []
