"""The site builds strictly, asks nobody else for anything, and holds nothing of the graders."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[2]
BUILD = "import sys, pathlib; from netdojo.cli import building; building.build_site(*map(pathlib.Path, sys.argv[1:]))"
FETCHED = re.compile(r"<(?:script|img|iframe|source)[^>]+src=[\"']?(?:https?:)?//|<link[^>]+href=[\"']?(?:https?:)?//")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as `make start` does, in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    made = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=COURSE,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (made.returncode, made.stderr)
    return folder


def test_every_lesson_is_a_page(site: Path) -> None:
    """A lesson of modules/ is served under its own path."""
    lessons = [file.relative_to(COURSE).with_suffix("") for file in (COURSE / "modules").glob("*/*.md")]
    pages = [site / (path.parent if path.name == "index" else path) / "index.html" for path in lessons]

    assert [] == [str(page) for page in pages if not page.is_file()]


def test_every_decision_is_listed() -> None:
    """The page of decisions names each of them by its number and title, in their order."""
    files = sorted((COURSE / "docs" / "adr").glob("0*.md"))
    titles = [file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(". ", 1) for file in files]
    listed = (COURSE / "docs" / "adr" / "index.md").read_text(encoding="utf-8")

    assert [f"| [{number}]({file.name}) | {title} |" for file, (number, title) in zip(files, titles, strict=True)] == [
        line for line in listed.splitlines() if line.startswith("| [")
    ]


def test_no_page_fetches_from_elsewhere(site: Path) -> None:
    """A page's scripts, styles and images all come from the site itself."""
    assert [] == [page.name for page in site.rglob("*.html") if FETCHED.search(page.read_text(encoding="utf-8"))]


def test_no_style_fetches_from_elsewhere(site: Path) -> None:
    """No style sheet imports a font or a file from another host."""
    found = re.compile(r"(@import|url\()\s*[\"']?(https?:)?//")

    assert [] == [sheet.name for sheet in site.rglob("*.css") if found.search(sheet.read_text(encoding="utf-8"))]


def test_site_holds_nothing_of_the_graders(site: Path) -> None:
    """Neither a page nor the search index holds a canary."""
    assert [] == [file.name for file in site.rglob("*") if file.is_file() and b"netdojo-canary: " in file.read_bytes()]


def test_search_dialog_has_a_name(site: Path) -> None:
    """A screen reader can say what Material's search dialog is."""
    assert 'role="dialog" aria-label="Search"' in (site / "index.html").read_text(encoding="utf-8")


def test_ways_back_are_in_a_served_site_alone(site: Path, tmp_path: Path) -> None:
    """Built to be served, each page leads to the catalogue and the progress beside it; built alone, to neither."""
    subprocess.run([sys.executable, "-c", BUILD, str(COURSE), str(tmp_path)], check=True, capture_output=True)
    page = "modules/python-automation/netmiko-first-contact/index.html"

    assert '<a href="../../../../">Catalogue</a><a href="../../../../progress">Progress</a>' in (
        tmp_path / page
    ).read_text(encoding="utf-8")
    assert '<a href="../">Catalogue</a>' in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert [] == [file for file in site.rglob("*.html") if "nd-ways" in file.read_text(encoding="utf-8")]
