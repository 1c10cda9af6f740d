"""Builds what is served: the lessons as a site. Labs' notebooks are built when they are first opened."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netdojo import locks, places

PLUGIN = Path(__file__).parents[1] / "site.py"
"""What makes the pages, beside their sources."""


def site_folder(folder: Path) -> Path:
    """Return where the site of the course in `folder` is built: in the clone, else below netdojo's own home."""
    return folder / "build" / "site" if os.access(folder, os.W_OK) else places.home() / "site"


def build_site(folder: Path, site: Path | None = None) -> Path:
    """Build the course's lessons with mkdocs, strictly, to be served beside its pages; return the folder of the site.

    Raises InvalidFiles when a page or link is wrong, with what mkdocs says. Until the site is whole, the one that was
    there stays as it is, however the building ends.
    """
    target = site or site_folder(folder)
    with one_at_a_time(target):
        build_anew(folder, target)
    return target


def refresh_site(folder: Path) -> None:
    """Build the site as `build_site` does, unless another process has just done it."""
    target = site_folder(folder)
    with one_at_a_time(target):
        if not site_is_current(folder):
            build_anew(folder, target)


@contextmanager
def one_at_a_time(target: Path) -> Iterator[None]:
    """Wait until no other process builds beside `target`, and keep others from it meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with locks.held(target.parent):
        yield


def build_anew(folder: Path, target: Path) -> None:
    """Build into a draft beside `target`, which takes its place once it is whole."""
    draft, former = (target.with_name(f".{target.name}.{name}") for name in ("draft", "former"))
    tidy(target, draft, former)
    began = time.time()
    try:
        run_mkdocs(folder, draft)
        os.utime(draft, (began, began))
        if target.exists():
            target.rename(former)
        draft.rename(target)
    finally:
        tidy(target, draft, former)


def tidy(target: Path, draft: Path, former: Path) -> None:
    """Leave nothing of a building, also a killed one, but a whole site: the new one, else the former."""
    if former.exists() and not target.exists():
        former.rename(target)
    for folder in (draft, former):
        shutil.rmtree(folder, ignore_errors=True)


def run_mkdocs(folder: Path, site: Path) -> None:
    """Build the course's lessons into `site`; raises InvalidFiles when a page or link is wrong."""
    import logging

    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    from netdojo.errors import InvalidFiles, Problem
    from netdojo.site import SERVED

    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    try:
        config = load_config(str(folder / "mkdocs.yml"), strict=True, site_dir=str(site))
        config["extra"][SERVED] = True
        build(config)
    except MkDocsException as error:
        raise InvalidFiles([Problem("mkdocs.yml", "", f"the site does not build: {error}")]) from error


def site_is_current(folder: Path) -> bool:
    """Tell whether no source of the built site was changed, added or taken away since its building began."""
    site = site_folder(folder)
    if not (site / "index.html").is_file():
        return False
    sources = [PLUGIN, folder / "mkdocs.yml"]
    for part in (folder / "docs", folder / "modules"):
        sources += [part, *part.rglob("*")]
    return site.stat().st_mtime > max(source.stat().st_mtime for source in sources if source.exists())
