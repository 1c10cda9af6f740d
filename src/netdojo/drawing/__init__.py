"""Draws a topology with its live state: as SVG for pages and notebooks, as text for terminals and screen readers."""

from netdojo.drawing.picture import draw
from netdojo.drawing.placing import tiers
from netdojo.drawing.words import describe, links_up, node_state, summary

__all__ = ["describe", "draw", "links_up", "node_state", "summary", "tiers"]
