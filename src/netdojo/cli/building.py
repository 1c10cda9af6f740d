"""Builds what is served: the lessons as a site. Labs' notebooks are built when they are first opened."""

from __future__ import annotations

import os
from pathlib import Path

from netdojo import places

PLUGIN = Path(__file__).parents[1] / "site.py"
"""What makes the pages, beside their sources."""


def site_folder(folder: Path) -> Path:
    """Return where the site of the course in `folder` is built: in the clone, else below netdojo's own home."""
    return folder / "build" / "site" if os.access(folder, os.W_OK) else places.home() / "site"


def build_site(folder: Path, site: Path | None = None) -> Path:
    """Build the course's lessons with mkdocs, strictly, to be served beside its pages; return the folder of the site.

    Raises InvalidFiles when a page or link is wrong, with what mkdocs says.
    """
    import logging

    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    from netdojo.errors import InvalidFiles, Problem
    from netdojo.site import SERVED

    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    try:
        config = load_config(str(folder / "mkdocs.yml"), strict=True, site_dir=str(site or site_folder(folder)))
        config["extra"][SERVED] = True
        build(config)
    except MkDocsException as error:
        raise InvalidFiles([Problem("mkdocs.yml", "", f"the site does not build: {error}")]) from error
    return Path(config["site_dir"])


def site_is_current(folder: Path) -> bool:
    """Tell whether the built site is newer than every source of it."""
    built = site_folder(folder) / "index.html"
    if not built.is_file():
        return False
    sources = [
        PLUGIN,
        folder / "mkdocs.yml",
        *(page for part in ("docs", "modules") for page in (folder / part).rglob("*")),
    ]
    return built.stat().st_mtime > max(source.stat().st_mtime for source in sources)
