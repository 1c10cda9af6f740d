"""The mkdocs plugin that puts a course's modules/ beside its docs/: lessons stay where the course keeps them."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

PUBLISHED = (".md", ".png", ".svg")
"""What of modules/ becomes part of the site; anything else stays in the course."""


NAMELESS_SEARCH = '<div class="md-search" data-md-component="search" role="dialog">'
NAMED_SEARCH = NAMELESS_SEARCH.replace("dialog", 'dialog" aria-label="Search')
"""Material's search dialog has no name that a screen reader could say."""


SERVED = "served"
"""The key of mkdocs' `extra` by which a site that lies beside the course's pages says so."""
HEADER = '<header class="md-header'
WAYS = (("Catalogue", ""), ("Progress", "progress"))
"""What leads from a lesson to the course's pages, and where it is below them."""


class Options(Config):  # type: ignore[no-untyped-call]  # mkdocs' __init_subclass__ has no types
    """The plugin takes no options."""


class CoursePlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]  # as above
    """Adds modules/ to what is built. Labs are never read here, and neither are their graders."""

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add each published file of modules/ under its own path."""
        course = Path(config.config_file_path).parent
        for source in sorted((course / "modules").rglob("*")):
            if source.suffix in PUBLISHED and source.is_file():
                files.append(lesson_file(course, source, config))
        return files

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Mend what Material leaves nameless, and lead back to the course's pages where there are any."""
        named = output.replace(NAMELESS_SEARCH, NAMED_SEARCH)
        return named.replace(HEADER, f"{ways_back(page.url)}{HEADER}", 1) if config.extra.get(SERVED) else named


def ways_back(page: str) -> str:
    """Return the links from the page at this address of the site, whose root lies one below the course's pages."""
    up = "../" * (page.count("/") + 1)
    links = "".join(f'<a href="{up}{place}">{name}</a>' for name, place in WAYS)
    return f'<nav class="nd-ways" aria-label="Course">{links}</nav>\n'


def lesson_file(course: Path, source: Path, config: MkDocsConfig) -> File:
    """Return `source` as a file of the site."""
    return File(str(source.relative_to(course)), str(course), config.site_dir, config.use_directory_urls)
