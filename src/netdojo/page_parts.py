"""Writes parts of a page anew that are worked out: each stands between two marks that bear its name."""

from __future__ import annotations


def filled(page: str, name: str, text: str) -> str:
    """Return `page` with `text` as its part `name`, and all around it as it was; raises ValueError when it has none."""
    begin, end = (f"<!-- {name}: {mark} -->" for mark in ("begin", "end"))
    before, begun, rest = page.partition(begin)
    _, ended, after = rest.partition(end)
    if not (begun and ended):
        raise ValueError(f"the page must have {begin} and {end}")
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"
