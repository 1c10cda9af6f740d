"""netdojo: lessons, labs on live networks, and grades that cannot be talked into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "open_lab"]

if TYPE_CHECKING:
    from netdojo.notebook import open_lab


def __getattr__(name: str) -> Any:
    """Load the notebook's API on first use, so that `import netdojo` costs nothing elsewhere."""
    if name == "open_lab":
        from netdojo.notebook import open_lab

        return open_lab
    raise AttributeError(f"module 'netdojo' has no attribute {name!r}")
