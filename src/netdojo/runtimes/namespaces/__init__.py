"""The embedded runtime: a network in rootless namespaces, ended by ending one process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netdojo.runtimes.namespaces.runtime import NamespacesRuntime

__all__ = ["NamespacesRuntime"]


def __getattr__(name: str) -> Any:
    """Load the client's side on first use: the supervisor, which lives in this package too, does without it."""
    if name == "NamespacesRuntime":
        from netdojo.runtimes.namespaces.runtime import NamespacesRuntime

        return NamespacesRuntime
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
