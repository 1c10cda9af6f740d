"""The lessons' site is what its sources say, or what it was before: never half of one, and never taken for current."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from netdojo import locks
from netdojo.cli import building
from netdojo.errors import InvalidFiles

HOOK = """
import pathlib, time

def on_post_build(config):
    pathlib.Path(config.config_file_path).with_name("reached").touch()
    time.sleep(120)
"""
DEADLINE = 60.0
REFRESH = "import sys, pathlib; from netdojo.cli import building; building.refresh_site(pathlib.Path(sys.argv[1]))"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of one page."""
    folder = tmp_path / "course"
    for part in ("docs", "modules"):
        (folder / part).mkdir(parents=True)
    (folder / "docs" / "index.md").write_text("# The first text\n")
    (folder / "mkdocs.yml").write_text("site_name: A course\nplugins: [netdojo]\n")
    return folder


def page(course: Path) -> str:
    return (course / "build" / "site" / "index.html").read_text()


def left(course: Path) -> list[str]:
    """Return the names of what lies where the site is built."""
    return sorted(path.name for path in (course / "build").iterdir())


def test_failed_build_is_told_each_time(course: Path) -> None:
    """A link that leads nowhere leaves the former site as it is, and the next start builds and tells again."""
    building.refresh_site(course)
    (course / "docs" / "index.md").write_text("# Another text\n\n[nowhere](nowhere.md)\n")

    for _ in range(2):
        assert not building.site_is_current(course)
        with pytest.raises(InvalidFiles, match="the site does not build"):
            building.refresh_site(course)
    assert "The first text" in page(course)
    assert ["site"] == left(course)


def test_first_build_that_fails_leaves_no_site(course: Path) -> None:
    """There is nothing to be served, also on a second look."""
    (course / "docs" / "index.md").write_text("[nowhere](nowhere.md)\n")
    with pytest.raises(InvalidFiles):
        building.refresh_site(course)

    assert not building.site_is_current(course)
    assert [] == left(course)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_interrupted_build_leaves_the_former_site(course: Path, number: signal.Signals) -> None:
    """Ended when all pages were written, it is as if it had not begun; what a killed one left goes with the next."""
    building.refresh_site(course)
    (course / "docs" / "index.md").write_text("# Another text\n")
    (course / "hook.py").write_text(HOOK)
    sound = (course / "mkdocs.yml").read_text()
    (course / "mkdocs.yml").write_text(f"{sound}hooks: [hook.py]\n")
    with subprocess.Popen([sys.executable, "-c", REFRESH, course], stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + DEADLINE
        while not (course / "reached").exists():
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        process.send_signal(number)

    assert "The first text" in page(course)
    assert not building.site_is_current(course)
    (course / "mkdocs.yml").write_text(sound)
    building.refresh_site(course)
    assert "Another text" in page(course)
    assert ["site"] == left(course)
    assert building.site_is_current(course)


def test_build_that_was_killed_between_its_renames(course: Path) -> None:
    """The former site is put back, even where the next build fails."""
    building.refresh_site(course)
    site = course / "build" / "site"
    site.rename(site.with_name(".site.former"))
    (course / "docs" / "index.md").write_text("[nowhere](nowhere.md)\n")
    with pytest.raises(InvalidFiles):
        building.refresh_site(course)

    assert "The first text" in page(course)
    assert ["site"] == left(course)


def test_page_that_is_added_or_taken_away_makes_it_stale(course: Path) -> None:
    """Also a page at the top of docs/, however old its file is; nothing changed is current."""
    building.refresh_site(course)
    assert building.site_is_current(course)
    moved = course / "old.md"
    moved.write_text("# Old\n")
    os.utime(moved, (1, 1))

    moved.rename(course / "docs" / "old.md")
    assert not building.site_is_current(course)
    building.refresh_site(course)
    assert (course / "build" / "site" / "old" / "index.html").is_file()
    (course / "docs" / "old.md").unlink()
    assert not building.site_is_current(course)
    building.refresh_site(course)
    assert not (course / "build" / "site" / "old").exists()
    assert building.site_is_current(course)


def test_change_during_the_build_makes_it_stale(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that was read already and is then changed is built anew by the next start."""
    run_mkdocs = building.run_mkdocs

    def meanwhile(folder: Path, site: Path) -> None:
        run_mkdocs(folder, site)
        (course / "docs" / "index.md").write_text("# Another text\n")

    monkeypatch.setattr(building, "run_mkdocs", meanwhile)
    building.refresh_site(course)

    assert "The first text" in page(course)
    assert not building.site_is_current(course)


def test_link_to_nothing_among_the_sources_is_passed_over(course: Path) -> None:
    """An editor's lock in docs/ is no page."""
    (course / "docs" / ".#index.md").symlink_to("somebody@elsewhere")
    building.refresh_site(course)

    assert building.site_is_current(course)


def test_second_start_waits_for_the_first(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one process builds, another neither builds nor clears; afterwards it finds the site current."""
    (course / "build").mkdir()
    built: list[Path] = []
    monkeypatch.setattr(building, "run_mkdocs", lambda _, site: built.append(site))
    with ThreadPoolExecutor(1) as pool:
        with locks.held(course / "build"):
            waiting = pool.submit(building.refresh_site, course)
            end = time.monotonic() + DEADLINE
            while not is_waited_for(course / "build"):
                assert not waiting.done()
                assert time.monotonic() < end
                time.sleep(0.02)
            (course / "build" / "site").mkdir()
            (course / "build" / "site" / "index.html").touch()
        waiting.result(DEADLINE)

    assert [] == built


def is_waited_for(folder: Path) -> bool:
    """Whether somebody waits for the lock of `folder`."""
    waiting = [line for line in Path("/proc/locks").read_text().splitlines() if "->" in line]
    return any(f":{folder.stat().st_ino} " in line for line in waiting)
