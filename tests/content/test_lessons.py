"""Every lesson is in the nav, its code is sound, its picture shows the network that is deployed, its labs exist."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from netdojo.content import find_course, read_topology

COURSE = Path(__file__).parents[2]
LESSONS = sorted(file for file in (COURSE / "modules").glob("*/*.md") if file.name != "index.md")
BLOCK = re.compile(r"^(<!-- runs -->\n)?```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SELF_CHECKS = 3


@pytest.fixture(params=LESSONS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def lesson(request: pytest.FixtureRequest) -> str:
    return str(request.param.read_text(encoding="utf-8"))


def blocks(text: str) -> list[tuple[bool, str, str]]:
    """Return (runs, language, source) of each fenced block."""
    return [(bool(mark), language, source) for mark, language, source in BLOCK.findall(text)]


def test_nav_has_every_lesson() -> None:
    """The nav of mkdocs.yml is the one order, so a lesson that it lacks would be lost."""
    listed = {lesson.source for module in find_course(COURSE).modules for lesson in module.lessons}

    assert set(LESSONS) == listed


def test_python_blocks_compile(lesson: str) -> None:
    """Python that a reader may copy is Python."""
    python = [source for _, language, source in blocks(lesson) if language == "python"]

    assert [] == [source for source in python if not compiles(source)]


def compiles(source: str) -> bool:
    try:
        compile(source, "<lesson>", "exec")
    except SyntaxError:
        return False
    return True


def test_marked_blocks_print_what_the_lesson_shows(lesson: str) -> None:
    """A block after <!-- runs --> prints exactly the block that follows it."""
    found = blocks(lesson)
    shown = [found[place + 1][2] for place, block in enumerate(found) if block[0]]

    assert shown == [printed(source) for runs, _, source in found if runs]


def printed(source: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, "<lesson>", "exec"), {"__name__": "lesson"})
    return out.getvalue()


def test_lesson_asks_its_reader(lesson: str) -> None:
    """A lesson has three questions with reasons, or more."""
    assert len(re.findall(r"^\?\?\? question ", lesson, re.MULTILINE)) >= SELF_CHECKS


def test_lesson_states_fidelity_sources_and_versions(lesson: str) -> None:
    """A reader learns what is real, with which versions it was recorded, and where claims come from."""
    assert re.search(r"fidelity is \*\*(real|emulated|modelled)\*\*", lesson)
    assert re.search(r"recorded .* with FRRouting \d", lesson, re.DOTALL)
    assert "## Sources" in lesson


def test_links_into_labs_lead_to_labs(lesson: str) -> None:
    """Each button that starts a lab names a lab of the course."""
    labs = {lab.slug for lab in find_course(COURSE).labs}
    linked = re.findall(r'href="\.\./\.\./\.\./\.\./labs/([^"/]+)"', lesson)

    assert linked
    assert set() == set(linked) - labs


def test_picture_shows_the_topology_of_the_lab(lesson: str) -> None:
    """The figure has each node and each link of the topology, and an alternative in words."""
    slug = re.findall(r'/labs/([^"/]+)"', lesson)[0]
    lab = next(lab for lab in find_course(COURSE).labs if lab.slug == slug)
    topology = read_topology(lab.topology_file)
    links = set(re.findall(r'<line class="nd-link"[^>]*><title>([^<]+)</title>', lesson))

    assert {f"{link.a} to {link.b}" for link in topology.links} == links
    assert {node.name for node in topology.nodes} <= set(re.findall(r">([\w-]+)</text>", lesson))
    assert "<desc" in lesson
