"""What a runtime needs of the host, as `netdojo doctor` shows it."""

from __future__ import annotations

from netdojo.model import Noun


class Need(Noun):
    """One thing that must be there: `detail` is what was found, `remedy` the one command that mends it.

    An `optional` one is needed only by who chooses what it is for.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    optional: bool = False
