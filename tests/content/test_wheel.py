"""What is published is an allow-list: the package and the course, and nothing of the graders."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[2]
CANARY = b"netdojo-canary: graders-"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source archive and the wheel, and return their folder."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(COURSE)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of each file of both archives."""
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        yield from ((name, wheel.read(name)) for name in wheel.namelist())
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        for member in archive.getmembers():
            held = archive.extractfile(member)
            if held is not None:
                yield member.name, held.read()


def test_no_grader_is_published(built: Path) -> None:
    """Neither archive holds a file of graders/, or a word of one."""
    graders = [file for file in (COURSE / "graders").rglob("*") if file.is_file() and CANARY in file.read_bytes()]
    assert graders, "the graders carry the canary that is looked for"

    assert [] == [name for name, held in contents(built) if "graders/" in name or CANARY in held]


def test_wheel_holds_the_course(built: Path) -> None:
    """The wheel alone has the labs, lessons, topologies, images, schemas, contexts and pages."""
    names = {name for name, _ in contents(built)}

    for wanted in (
        "netdojo/course/labs/netmiko-first-contact/lab.yml",
        "netdojo/course/mkdocs.yml",
        "netdojo/course/schemas/lab.json",
        "netdojo/course/modules/python-automation/netmiko-first-contact.md",
        "netdojo/course/topologies/images/frr/entrypoint",
        "netdojo/course/topologies/images/switch/packages",
        "netdojo/course/topologies/images/switch/trunk",
        "netdojo/credentials/contexts/credentials-v2.jsonld",
        "netdojo/portal/static/htmx.min.js",
    ):
        assert wanted in names


def test_what_is_published_names_its_licences(built: Path) -> None:
    """Code is MIT, text is CC BY 4.0: both archives say so, and carry both texts and what is under which."""
    held = dict(contents(built))
    described = [text.decode() for name, text in held.items() if name.endswith(("METADATA", "PKG-INFO"))]

    assert 2 == len(described)
    for text in described:
        assert "License-Expression: MIT AND CC-BY-4.0" in text.splitlines()
    for licence in ("LICENSE", "LICENSE-CC-BY-4.0", "LICENSE-SUMMARY.md"):
        ours = (COURSE / licence).read_bytes()
        assert [ours, ours] == [text for name, text in held.items() if name.rpartition("/")[2] == licence]


def test_wheel_runs_without_a_clone(built: Path, tmp_path: Path) -> None:
    """Unpacked anywhere, the package finds the course that came along."""
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    script = (
        f"import os, sys; sys.path.insert(0, {str(tmp_path / 'site')!r})\n"
        "os.environ.pop('NETDOJO_COURSE', None)\n"
        "from netdojo.content import find_course, read_topology\n"
        "course = find_course()\n"
        "print(course.folder, *[lab.slug for lab in course.labs], course.labs[0].grader)\n"
        "print(len(read_topology(course.labs[0].topology_file).nodes))"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout.split()

    assert [str(tmp_path / "site/netdojo/course"), "netmiko-first-contact", "None", "6"] == said
