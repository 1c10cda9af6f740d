"""The runtime on containers: containerlab and Docker make the network, and netdojo serves it as any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netdojo.runtimes.containerlab.runtime import ContainerlabRuntime

__all__ = ["ContainerlabRuntime"]


def __getattr__(name: str) -> Any:
    """Load the client's side on first use: the supervisor, which lives in this package too, does without it."""
    if name == "ContainerlabRuntime":
        from netdojo.runtimes.containerlab.runtime import ContainerlabRuntime

        return ContainerlabRuntime
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
