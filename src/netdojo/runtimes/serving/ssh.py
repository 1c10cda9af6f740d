"""Loads asyncssh as a supervisor wants it: at once, and without a compiler whose files a kill would leave in /tmp.

It looks for two libraries that bring algorithms which nobody here needs, umac and sntrup761. Where they are not
installed, ctypes has gcc look for them.
"""

from __future__ import annotations

import ctypes.util

__all__ = ["asyncssh"]


def _find_none(name: str) -> str | None:  # noqa: ARG001  # ctypes names it
    """Find no library, and start no program to look for it."""
    return None


_find = ctypes.util.find_library
ctypes.util.find_library = _find_none
try:
    import asyncssh
finally:
    ctypes.util.find_library = _find
