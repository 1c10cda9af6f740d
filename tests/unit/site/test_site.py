"""What the lessons' site adds to Material: the course's pages, and a name for the search."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from mkdocs.config.base import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from netdojo.site import NAMELESS_SEARCH, CoursePlugin, ways_back

LINK = '<a href="{}">Catalogue</a>'


@pytest.fixture
def config(tmp_path: Path) -> MkDocsConfig:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Start\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: A course\n")
    return load_config(str(tmp_path / "mkdocs.yml"))


@pytest.mark.parametrize(
    ("page", "catalogue"),
    [("", "../"), ("decisions/", "../../"), ("modules/python/first/", "../../../../")],
)
def test_pages_lead_back_from_wherever_they_lie(page: str, catalogue: str) -> None:
    """The site's root is one below the course's pages."""
    assert LINK.format(catalogue) in ways_back(page)
    assert f'<a href="{catalogue}progress">Progress</a>' in ways_back(page)


@pytest.mark.parametrize("served", [True, False])
def test_only_a_served_site_leads_back(config: MkDocsConfig, served: bool) -> None:
    """A site that stands alone has no course's pages beside it; the search has its name in both."""
    config.extra["served"] = served
    page = cast(Page, SimpleNamespace(url="modules/first/"))

    html = CoursePlugin().on_post_page(f'<header class="md-header">{NAMELESS_SEARCH}', page=page, config=config)

    assert 'aria-label="Search"' in html
    assert served is ("nd-ways" in html)


def test_only_what_is_published_joins_the_site(config: MkDocsConfig, tmp_path: Path) -> None:
    """A module's manifest and its notes stay in the course."""
    module = tmp_path / "modules" / "python"
    module.mkdir(parents=True)
    for name in ("first.md", "fabric.svg", "module.yml", "draft.txt"):
        (module / name).write_text("")

    files: Any = CoursePlugin().on_files(Files([]), config=config)

    assert ["modules/python/fabric.svg", "modules/python/first.md"] == [file.src_uri for file in files]
