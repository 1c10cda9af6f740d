"""A course is read from its folders, and every fault of it is told at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from netdojo.content import find_course, find_lab, read_topology
from netdojo.content.references import dangling
from netdojo.errors import InvalidFiles, NotFound, WrongUse

ERRORS = Path(__file__).parents[2] / "errors"
GOLDEN = sorted((ERRORS / "labs").glob("*.yml"))
CASES = sorted(folder for folder in (ERRORS / "content").iterdir() if folder.is_dir())


def test_folders_are_the_course(course_folder: Path) -> None:
    """Modules and labs are found by their folders; the nav alone gives the order."""
    course = find_course(course_folder)

    assert "A course" == course.title
    assert ["python", "ansible"] == [module.slug for module in course.modules]
    assert ["Second", "First"] == [lesson.title for lesson in course.modules[0].lessons]
    assert "modules/python/second/" == course.modules[0].lessons[0].page
    assert [("first", 7)] == [(lab.slug, lab.points) for lab in course.labs]


def test_graders_may_be_absent(course_folder: Path) -> None:
    """A learner's course has no graders folder, and reads all the same."""
    assert find_lab(find_course(course_folder), "first").grader is None
    (course_folder / "graders" / "first").mkdir(parents=True)
    assert course_folder / "graders" / "first" == find_lab(find_course(course_folder), "first").grader


def test_near_slug_is_suggested(course_folder: Path) -> None:
    """A slug with a typo gets the near one."""
    with pytest.raises(NotFound) as error:
        find_lab(find_course(course_folder), "frist")

    assert "no lab named 'frist'\n  did you mean 'first'?" == str(error.value)
    assert 2 == error.value.code


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_every_fault_of_a_manifest_is_told(course_folder: Path, file: Path) -> None:
    """What a bad lab.yml gets is the golden message beside it."""
    (course_folder / "labs/first/lab.yml").write_text(file.read_text())
    (course_folder / "topologies/leaf-spine/leaf-spine.clab.yml").touch()

    with pytest.raises(InvalidFiles) as error:
        find_course(course_folder)

    assert file.with_suffix(".txt").read_text().rstrip("\n") == str(error.value)


@pytest.mark.parametrize("case", CASES, ids=lambda folder: folder.name)
def test_every_fault_of_the_objectives_is_told(course_folder: Path, case: Path) -> None:
    """What labs and objectives that do not go together get is the golden message beside them."""
    for name, place in (("lab.yml", "labs/first/lab.yml"), ("objectives.yml", "modules/objectives.yml")):
        (course_folder / place).unlink()
        if (case / name).is_file():
            shutil.copyfile(case / name, course_folder / place)

    with pytest.raises(InvalidFiles) as error:
        find_course(course_folder)

    assert (case / "told.txt").read_text().rstrip("\n") == str(error.value)


def test_course_tells_its_objectives(course_folder: Path) -> None:
    """An objective's id leads to its sentence."""
    assert {"netmiko-connect": "Open a session to a router from Python."} == find_course(course_folder).objectives


def test_an_objective_that_no_lab_asks_for_any_more_stays(course_folder: Path) -> None:
    """A retired id keeps its sentence: badges and records name it, and it is not to be used anew."""
    file = course_folder / "modules/objectives.yml"
    file.write_text(f"{file.read_text()}screen-scraping: Take a router's screen apart.\n")

    assert "Take a router's screen apart." == find_course(course_folder).objectives["screen-scraping"]


def test_faults_of_several_files_come_together(course_folder: Path) -> None:
    """One reading tells the faults of every manifest."""
    (course_folder / "labs/first/lab.yml").write_text("title: 3\n")
    (course_folder / "modules/python/module.yml").write_text("titel: Python\n")

    with pytest.raises(InvalidFiles) as error:
        find_course(course_folder)

    assert {"labs/first/lab.yml", "modules/python/module.yml"} == {found.path for found in error.value.problems}


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("- site_name: A course\n", "mkdocs.yml: must be a mapping of keys (got a list)"),
        ("A course\n", "mkdocs.yml: must be a mapping of keys (got text)"),
        ("7\n", "mkdocs.yml: must be a mapping of keys (got int)"),
        ("site_name: [\n", "mkdocs.yml: must be YAML (while parsing a flow node)"),
        ("nav: 3\n", "mkdocs.yml: nav: must be a list of pages (got int)"),
        ("nav: {Start: index.md}\n", "mkdocs.yml: nav: must be a list of pages (got a mapping)"),
    ],
)
def test_site_that_is_none_is_told_by_its_file(course_folder: Path, site: str, said: str) -> None:
    """A mkdocs.yml of another form than mkdocs reads is named, with what was expected and what was found."""
    (course_folder / "mkdocs.yml").write_text(site)

    with pytest.raises(InvalidFiles) as error:
        find_course(course_folder)

    assert said == str(error.value)


def test_page_that_is_none_is_passed_over(course_folder: Path) -> None:
    """An entry of the nav that leads to nothing is for mkdocs to tell; the others are read."""
    site = course_folder / "mkdocs.yml"
    site.write_text(site.read_text().replace("  - Start: index.md", "  - Start: 3\n  - 4\n  - None:"))

    assert ["Second", "First"] == [lesson.title for lesson in find_course(course_folder).modules[0].lessons]


def test_course_is_found_around_the_current_folder(course_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name, the course is the one that the current folder lies in."""
    monkeypatch.delenv("NETDOJO_COURSE", raising=False)
    monkeypatch.chdir(course_folder / "labs" / "first")

    assert course_folder == find_course().folder


def test_images_are_of_the_course_in_which_a_topology_lies(
    course_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever course you are in, however the file is named, and however deep in topologies/ it lies."""
    beside = course_folder / "topologies" / "leaf-spine" / "leaf-spine.clab.yml"
    deeper = beside.parent / "more" / beside.name
    deeper.parent.mkdir()
    shutil.copy(beside, deeper)
    monkeypatch.chdir(beside.parent)

    for file in (beside, Path(beside.name), Path("more", "..", beside.name), deeper):
        assert course_folder / "topologies" / "images" == read_topology(file).images


@pytest.mark.parametrize("missing", ["mkdocs.yml", "labs"])
def test_images_of_a_file_from_elsewhere_are_those_of_the_current_course(
    course_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """A folder of images beside it is nobody's that was chosen, though it lies as in a course."""
    monkeypatch.setenv("NETDOJO_COURSE", str(course_folder))
    strange = tmp_path / "Downloads"
    shutil.copytree(course_folder, strange)
    (strange / "topologies" / "images" / "frr").mkdir(parents=True)
    (strange / missing).rename(strange / "other")

    read = read_topology(strange / "topologies" / "leaf-spine" / "leaf-spine.clab.yml")
    assert course_folder / "topologies" / "images" == read.images


def test_topology_is_not_read_without_a_course(
    course_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The images would be nobody's."""
    monkeypatch.setenv("NETDOJO_COURSE", str(tmp_path))
    file = tmp_path / "lone.clab.yml"
    shutil.copy(course_folder / "topologies" / "leaf-spine" / "leaf-spine.clab.yml", file)

    with pytest.raises(WrongUse, match=r"is no course: it has no mkdocs\.yml"):
        read_topology(file)


def test_folder_that_is_no_course_says_what_it_lacks(tmp_path: Path) -> None:
    """A wrong --course names what is missing there."""
    (tmp_path / "labs").mkdir()

    with pytest.raises(WrongUse, match=r"is no course: it has no mkdocs\.yml, modules, topologies"):
        find_course(tmp_path)


def test_name_where_there_is_none_yet() -> None:
    """In a course that has none of a kind yet, the hint says so in good words."""
    assert ["there is no topology yet"] == [
        one.hint for one in dangling("lab.yml", "topology", ["x"], [], "a topology")
    ]
