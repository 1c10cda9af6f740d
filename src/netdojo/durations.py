"""Stretches of time as people write them (12h, 1h30m) and as netdojo says them (1 h 30 min)."""

from __future__ import annotations

import re

_WRITTEN = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def parse(text: str) -> float | None:
    """Return the seconds of a text such as 12h, 1h30m, 90s or 0, or None when it is none."""
    if text == "0":
        return 0.0
    found = _WRITTEN.fullmatch(text)
    if not text or found is None:
        return None
    return float(sum(int(number or 0) * size for number, (size, _) in zip(found.groups(), _UNITS, strict=True)))


def spoken(seconds: float) -> str:
    """Return `seconds` in its two largest units, such as 1 h 30 min; what is left over is dropped."""
    left = int(seconds)
    parts: list[str] = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if parts and not count:
            break
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
