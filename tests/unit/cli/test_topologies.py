"""netdojo topology: what is shown of a topology, and everything that is wrong with one."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from netdojo.cli import topology_keys
from netdojo.content.topologies.sections import NodeSection
from netdojo.runtimes.namespaces.keys import KEYS

from . import conftest
from .conftest import COURSE

GOOD = COURSE / "topologies" / "leaf-spine-2x4" / "leaf-spine-2x4.clab.yml"
ERRORS = COURSE / "tests" / "errors"
PAGE = COURSE / "docs" / "reference" / "topology-keys.md"


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """Run `netdojo topology` with `words` and return its exit code."""
    monkeypatch.setenv("COLUMNS", "200")
    return conftest.run(monkeypatch, "topology", *words)


def test_file_is_shown_as_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not deployed is its tiers, its links, and its numbers."""
    assert 0 == run(monkeypatch, "show", GOOD)
    lines = capsys.readouterr().out.splitlines()

    assert ["spine1", "spine2"] == lines[0].split()
    assert "spine1:eth1 — leaf1:eth1" == lines[2]
    assert "6 nodes, 8 links, not deployed" == lines[-1]


def test_links_that_lead_out_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A link to the host is in the text by its type, although only containerlab makes it."""
    file = tmp_path / "out.clab.yml"
    file.write_text("name: o\ntopology: {nodes: {a: {kind: linux, image: f}}, links: [endpoints: [a:eth1, host:up]]}\n")

    assert 0 == run(monkeypatch, "show", file)
    assert "a:eth1, host:up  host" in capsys.readouterr().out.splitlines()


def test_file_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--svg writes the picture, a line for each link."""
    picture = tmp_path / "picture.svg"

    assert 0 == run(monkeypatch, "show", GOOD, "--svg", picture)
    assert 8 == len(ElementTree.parse(picture).findall("{http://www.w3.org/2000/svg}line"))


def test_what_is_no_file_and_no_network_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that is neither says what can be named, and exits with 2."""
    assert 2 == run(monkeypatch, "show", "nowhere")
    assert "'nowhere' is neither a containerlab file nor a deployed network" in capsys.readouterr().err


def test_check_tells_all_of_all_files(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Good files are named on stdout; every problem of every other one is on stderr, and the exit code is 2."""
    bad = [ERRORS / "topologies" / "no-nodes.yml", ERRORS / "runtimes" / "links-that-lead-out.yml"]

    assert 2 == run(monkeypatch, "check", GOOD, *bad)
    told = capsys.readouterr()
    assert f"{GOOD}: good, 6 nodes and 8 links\n" == told.out
    assert "topologies/no-nodes.yml:3: topology.nodes: must have at least one node" in told.err
    assert "runtimes/links-that-lead-out.yml:6: topology.links[0]: must not be there" in told.err


def test_good_files_exit_with_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """--json is a document with the numbers of each file, and problems have their line apart."""
    assert 0 == run(monkeypatch, "check", "--json", GOOD)
    assert [{"file": str(GOOD), "ok": True, "nodes": 6, "links": 8, "problems": []}] == json.loads(
        capsys.readouterr().out
    )
    monkeypatch.chdir(ERRORS)
    assert 2 == run(monkeypatch, "check", "--json", ERRORS / "topologies" / "no-nodes.yml")
    (problem,) = json.loads(capsys.readouterr().out)[0]["problems"]
    assert ("topologies/no-nodes.yml", 3, "topology.nodes") == (problem["path"], problem["line"], problem["field"])


def test_what_the_reader_and_the_runtime_find_is_told_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sound part of a file is judged by the runtime as well; all is told by lines, each once."""
    file = tmp_path / "n.clab.yml"
    file.write_text("""name: n
topology:
  defaults: {kind: linux, image: netdojo/nowhere}
  nodes:
    a: {memory: 1G}
    b: {knd: x}
    c: {binds: [nowhere:/x], kind: [x]}
    d: {binds: [a:b]}
  links: [endpoints: [a:eth1, host:x]]
""")

    assert 2 == run(monkeypatch, "check", "--json", file, GOOD)
    found, good = json.loads(capsys.readouterr().out)
    assert [
        (3, "topology.defaults.image"),
        (5, "topology.nodes.a.memory"),
        (6, "topology.nodes.b.knd"),
        (7, "topology.nodes.c.kind"),
        (7, "topology.nodes.c.binds[0]"),
        (8, "topology.nodes.d.binds[0]"),
        (9, "topology.links[0]"),
    ] == [(one["line"], one["field"]) for one in found["problems"]]
    assert good["ok"]


def test_folder_of_the_images_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An image beside a file from elsewhere is none; where it was looked for is told, and the next step."""
    (tmp_path / "images" / "phone").mkdir(parents=True)
    for program in ("entrypoint", "shell"):
        (tmp_path / "images" / "phone" / program).touch()
    file = tmp_path / "nets" / "phones.clab.yml"
    file.parent.mkdir()
    file.write_text("name: phones\ntopology: {nodes: {a: {kind: linux, image: netdojo/phone}}}\n")

    assert 2 == run(monkeypatch, "deploy", file)
    told = capsys.readouterr().err
    assert f"must be an image of {COURSE / 'topologies' / 'images'} (got 'netdojo/phone')" in told
    assert "there is: firewall, frr, host, switch; another course is named with --course or NETDOJO_COURSE" in told


def test_lab_is_judged_as_a_whole_before_it_is_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A lab's file with faults is told with what the chosen runtime cannot honour, and with no other's refusals."""
    course = tmp_path / "course"
    for name in ("labs", "modules", "topologies"):
        shutil.copytree(COURSE / name, course / name)
    shutil.copy(COURSE / "mkdocs.yml", course)
    file = course / "topologies" / "leaf-spine-2x4" / GOOD.name
    file.write_text(
        file.read_text().replace("  nodes:\n", "  nodes:\n    extra: {kind: linux, knd: x, memory: 1G}\n", 1)
    )
    monkeypatch.setenv("NETDOJO_COURSE", str(course))
    reader, runtime = "topology.nodes.extra.knd: must not be there", "extra.memory: must not be there"

    assert 2 == conftest.run(monkeypatch, "lab", "deploy", "netmiko-first-contact")
    told = capsys.readouterr().err
    assert (True, True) == (reader in told, runtime in told), told
    assert 2 == run(monkeypatch, "deploy", file, "--runtime", "containerlab")
    told = capsys.readouterr().err
    assert (True, False) == (reader in told, runtime in told), told


def test_table_of_keys_is_what_the_runtimes_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page's table is drawn from the code; a stale one is named, and writing mends it."""
    monkeypatch.setattr(sys, "argv", ["keys", "--check", str(PAGE)])
    assert (0, "") == (topology_keys.main(), capsys.readouterr().out)

    page = tmp_path / "page.md"
    page.write_text(PAGE.read_text().replace("| `memory` |", "| `memry` |"))
    monkeypatch.setattr(sys, "argv", ["keys", "--check", str(page)])
    assert 1 == topology_keys.main()
    assert "must be as the runtimes say it" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["keys", str(page)])
    assert 0 == topology_keys.main()
    assert PAGE.read_text() == page.read_text()


def test_every_key_has_an_answer() -> None:
    """What becomes of a key is said for each key of the format, and for nothing else."""
    named = {name for _, keys in topology_keys.groups() for _, name in keys}

    assert KEYS.keys() == named
    assert {f"node.{field.alias}" for field in NodeSection.model_fields.values()} <= named


def test_page_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="the page must have"):
        topology_keys.drawn("nothing")
