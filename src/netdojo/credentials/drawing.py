"""The picture of a badge, drawn with Pillow alone."""

from __future__ import annotations

import io
import math
import textwrap
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIZE = 640
SCALE = 2
"""Drawn this much larger and scaled down, which smooths the edges."""
NIGHT, DEEP, RING, LINE = (13, 27, 42), (20, 44, 68), (46, 196, 182), (46, 90, 122)
PAPER, GOLD = (244, 247, 250), (255, 191, 63)


def draw(title: str, subtitle: str, awarded: datetime) -> bytes:
    """Return a PNG of 640 × 640 pixels with the lab's title, a line below it and the date of the award."""
    from PIL import Image, ImageDraw

    side = SIZE * SCALE
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    _shield(pen)
    _fabric(pen)
    _words(pen, title, subtitle, awarded)
    small = image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def _shield(pen: ImageDraw) -> None:
    """Draw the hexagon with its ring."""
    for radius, colour in ((316, NIGHT), (304, RING), (294, NIGHT), (284, DEEP)):
        pen.polygon(_hexagon(radius), fill=colour)


def _hexagon(radius: float) -> list[tuple[float, float]]:
    middle = SIZE * SCALE / 2
    turns = [math.radians(60 * corner - 90) for corner in range(6)]
    return [(middle + radius * SCALE * math.cos(turn), middle + radius * SCALE * math.sin(turn)) for turn in turns]


def _fabric(pen: ImageDraw) -> None:
    """Draw two spines over four leaves, the picture of what is taught here."""
    spines = [(SIZE / 2 + dx, 128.0) for dx in (-56, 56)]
    leaves = [(SIZE / 2 + dx, 206.0) for dx in (-132, -44, 44, 132)]
    for spine in spines:
        for leaf in leaves:
            pen.line([_up(spine), _up(leaf)], fill=RING, width=2 * SCALE)
    for (x, y), colour in [*((spine, GOLD) for spine in spines), *((leaf, PAPER) for leaf in leaves)]:
        pen.rounded_rectangle([_up((x - 24, y - 13)), _up((x + 24, y + 13))], radius=7 * SCALE, fill=colour)
        for dot in (-10, 0, 10):
            pen.ellipse([_up((x + dot - 3, y - 3)), _up((x + dot + 3, y + 3))], fill=NIGHT)


def _up(point: tuple[float, float]) -> tuple[float, float]:
    return point[0] * SCALE, point[1] * SCALE


def _words(pen: ImageDraw, title: str, subtitle: str, awarded: datetime) -> None:
    lines, size = _fitted(title)
    top = 318 - (len(lines) - 1) * size * 0.6
    for number, line in enumerate(lines):
        _centred(pen, line, top + number * size * 1.2, size, PAPER)
    pen.line([_up((SIZE / 2 - 60, 410)), _up((SIZE / 2 + 60, 410))], fill=GOLD, width=3 * SCALE)
    _centred(pen, subtitle, 438, 24, RING)
    _centred(pen, awarded.strftime("%Y-%m-%d"), 474, 24, PAPER)
    _centred(pen, "netdojo", 530, 42, GOLD)


def _fitted(title: str) -> tuple[list[str], int]:
    """Return the title in lines, and the largest size (pixels) at which they fit the shield."""
    for size, columns, most in ((46, 20, 2), (38, 24, 3), (30, 31, 4)):
        lines = textwrap.wrap(title, columns)
        if len(lines) <= most:
            return lines, size
    return textwrap.wrap(title, 38, max_lines=5, placeholder=" …"), 24


def _centred(pen: ImageDraw, text: str, y: float, size: int, colour: tuple[int, int, int]) -> None:
    from PIL import ImageFont

    pen.text(_up((SIZE / 2, y)), text, font=ImageFont.load_default(size * SCALE), fill=colour, anchor="mm")
