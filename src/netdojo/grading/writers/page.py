"""Writes a report as an HTML page for a learner: feedback that stands alone, with no script and nothing to fetch."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from netdojo.grading.writers.text import counts, plain, short
from netdojo.model import Report


def write_page(report: Report) -> str:
    """Return `report` as a page; whatever it holds of a learner's is text in it."""
    return template().render(report=report, counts=counts(report.tasks))


@cache
def template() -> Template:
    """Return the page's template, in which every value is escaped."""
    found = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"plain": plain, "short": short, "lines": legible_lines}
    return found.get_template("page.html")


def legible_lines(text: str) -> str:
    """Return a text of several lines, each without what cannot be seen."""
    return "\n".join(plain(line) for line in text.splitlines())
