"""The notebook that a learner gets, made by nbgrader from the master, and the workspace that it is put into."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netdojo import places
from netdojo.errors import NetdojoError
from netdojo.grading import build_notebook, prepare_workspace, start_afresh, this_learner
from netdojo.grading.assignment import load_master
from netdojo.grading.digests import contents_of, digest_of
from netdojo.model import Lab

MASTER = """# %% [markdown]
# # Small

# %% task="first"
### BEGIN SOLUTION
a = "s3cret"
### END SOLUTION

# %% task="second"
b = 2
### BEGIN SOLUTION
b = 3
### END SOLUTION
"""


@pytest.fixture
def written(lab: Lab) -> Lab:
    assert lab.grader is not None
    (lab.grader / "notebook.py").write_text(MASTER, encoding="utf-8")
    (lab.start / "plan.json").write_text("{}", encoding="utf-8")
    return lab


def test_a_learner_gets_no_answer_and_keeps_what_he_wrote(written: Lab) -> None:
    """Answers are hidden, the rest is there; a second time nothing is built and nothing is overwritten."""
    notebook = prepare_workspace(written)
    built = build_notebook(written).stat().st_mtime_ns
    cells = {cell["id"]: cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]}

    assert "s3cret" not in notebook.read_text(encoding="utf-8")
    assert "b = 2\n# YOUR CODE HERE\nraise NotImplementedError()" == "".join(cells["second"]["source"])
    assert {"deletable": False, "editable": False} == {
        name: cells["cell-01"]["metadata"][name] for name in ("deletable", "editable")
    }
    assert (places.workspaces() / "small" / "plan.json").is_file()
    notebook.write_text("mine", encoding="utf-8")
    assert "mine" == prepare_workspace(written).read_text(encoding="utf-8")
    assert built == build_notebook(written).stat().st_mtime_ns


def test_a_fresh_notebook_keeps_each_one_before_it(written: Lab) -> None:
    """What was there is kept beside under a name of its own, however often; other files are left alone."""
    notebook = prepare_workspace(written)
    given = notebook.read_bytes()
    plan = notebook.with_name("plan.json")
    plan.write_text("mine", encoding="utf-8")
    kept = []
    for text in ("one", "two"):
        notebook.write_text(text, encoding="utf-8")
        kept.append(start_afresh(written))

    assert ["one", "two"] == [aside.read_text(encoding="utf-8") for aside in kept if aside is not None]
    assert [("small.", ".ipynb")] * 2 == [(aside.name[:6], aside.suffix) for aside in kept if aside is not None]
    assert (given, "mine") == (notebook.read_bytes(), plan.read_text(encoding="utf-8"))


def test_a_fresh_notebook_where_there_is_none(written: Lab) -> None:
    """The first notebook is put there; nothing had to be kept."""
    assert start_afresh(written) is None
    assert ["plan.json", "small.ipynb"] == sorted(file.name for file in (places.workspaces() / "small").iterdir())


def test_a_notebook_that_cannot_be_built_leaves_the_old_one(written: Lab) -> None:
    """A master with a fault moves nothing."""
    notebook = prepare_workspace(written)
    assert written.grader is not None
    (written.grader / "notebook.py").write_text('# %% task="nowhere"\na = 1\n', encoding="utf-8")
    with pytest.raises(NetdojoError):
        start_afresh(written)

    assert [notebook] == list(notebook.parent.glob("*.ipynb"))


def test_a_changed_master_is_built_anew(written: Lab) -> None:
    """The source follows the master at once; nothing is written into graders/."""
    assert written.grader is not None
    load_master(written)
    (written.grader / "notebook.py").write_text(MASTER.replace("# # Small", "# # Smaller"), encoding="utf-8")

    assert "# Smaller" == load_master(written).cells[0].source
    assert load_master(written) == load_master(written)
    assert {"notebook.py"} == set(contents_of(written.grader))


def test_a_pseudonym_is_made_once() -> None:
    """The learner stays the same; a damaged file is told, not replaced."""
    first = this_learner()

    assert first == this_learner()
    (places.home() / "learner.json").write_text("{}", encoding="utf-8")
    with pytest.raises(NetdojoError, match="does not say who learns here"):
        this_learner()


def test_a_digest_keeps_names_and_contents_apart(tmp_path: Path) -> None:
    """Moving a byte from a name to a content, or from one file to the next, changes the digest; order does not."""
    assert digest_of({"a": b"1", "b": b"2"}) == digest_of({"b": b"2", "a": b"1"})
    assert 4 == len({digest_of(one) for one in ({"a": b"12"}, {"a1": b"2"}, {"a": b"1", "2": b""}, {"a": b"1"})})
