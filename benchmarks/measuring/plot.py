"""Plots as SVG: a panel a figure, a line a side, a bar from minimum to maximum at each point.

Colours come from the surrounding text, as in `netdojo.drawing`, so that it reads on light and dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from measuring.figures import Spread

WIDTH, HEIGHT, MARGIN, GAP = 300, 200, 50, 40
STEPS = (1, 2, 5)
MARKS = 5
"""Lines across a panel, about."""
DASHES = ("", "7 4", "2 4")


@dataclass(frozen=True)
class Panel:
    """A plot: its title with the unit, and for each line its points, in the order of the horizontal axis."""

    title: str
    across: str
    lines: Mapping[str, Sequence[tuple[float, Spread]]]

    @property
    def right(self) -> float:
        return max((x for points in self.lines.values() for x, _ in points), default=1.0)

    @property
    def top(self) -> float:
        return max((values["maximum"] for points in self.lines.values() for _, values in points), default=1.0)


def svg(title: str, panels: Sequence[Panel]) -> str:
    """Return the panels side by side."""
    width = len(panels) * (WIDTH + MARGIN + GAP)
    height = HEIGHT + 2 * MARGIN + 20 * max(len(panel.lines) for panel in panels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        'fill="none" stroke="currentColor" stroke-width="1.5" font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        "<style>svg { color: #333 } @media (prefers-color-scheme: dark) { svg { color: #ddd } }</style>",
    ]
    for position, panel in enumerate(panels):
        left = position * (WIDTH + MARGIN + GAP) + MARGIN
        parts += [f'<g transform="translate({left} {MARGIN})">', *drawn(panel), "</g>"]
    return "".join([*parts, "</svg>\n"])


def drawn(panel: Panel) -> Iterator[str]:
    """Yield a panel's title, axes and lines; the lines are told apart by their dashes, below."""
    step = mark(panel.top)
    top = step * -(-panel.top // step)
    yield text(panel.title, 0, -16)
    yield text(panel.across, WIDTH, HEIGHT + 36, "end")
    for number in range(round(top / step) + 1):
        y = HEIGHT - HEIGHT * number * step / top
        yield f'<line x1="0" y1="{y:.1f}" x2="{WIDTH}" y2="{y:.1f}" opacity="0.2"/>'
        yield text(f"{number * step:g}", -8, y + 4, "end")
    for x in sorted({x for points in panel.lines.values() for x, _ in points}):
        yield text(f"{x:g}", WIDTH * x / panel.right, HEIGHT + 18, "middle")
    for (name, points), dashes, row in zip(panel.lines.items(), DASHES, range(len(DASHES)), strict=False):
        yield from line(panel, points, top, dashes)
        y = HEIGHT + 36 + 20 * row
        yield f'<line x1="0" y1="{y - 4}" x2="30" y2="{y - 4}"{dashed(dashes)}/>' + text(name, 38, y)


def line(panel: Panel, points: Sequence[tuple[float, Spread]], top: float, dashes: str) -> Iterator[str]:
    """Yield the medians as a line, and what is between minimum and maximum as bars."""
    places = [(WIDTH * x / panel.right, values) for x, values in points]
    medians = " ".join(f"{x:.1f},{HEIGHT - HEIGHT * values['median'] / top:.1f}" for x, values in places)
    yield f'<polyline points="{medians}"{dashed(dashes)}/>'
    for x, values in places:
        low, high = (HEIGHT - HEIGHT * values[one] / top for one in ("minimum", "maximum"))
        yield f'<line x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}" stroke-width="4" opacity="0.4"/>'


def mark(top: float) -> float:
    """Return a round distance of lines, about `MARKS` of which reach `top`."""
    size = 10.0**-6
    while True:
        for step in STEPS:
            if size * step * MARKS >= top:
                return size * step
        size *= 10


def dashed(dashes: str) -> str:
    return f' stroke-dasharray="{dashes}"' if dashes else ""


def text(words: str, x: float, y: float, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor" stroke="none">{escape(words)}</text>'
    )
