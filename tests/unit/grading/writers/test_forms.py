"""A report in the forms of others: as it was agreed, and safe whatever a learner's code has said."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from netdojo.grading import WRITERS

from .reports import report, saying

GOLDEN = Path(__file__).parents[1] / "golden"
FILES = {
    "junit": "report.junit.xml",
    "gradescope": "report.gradescope.json",
    "github": "report.github.txt",
    "gitlab": "report.gitlab.json",
    "markdown": "report.md",
    "html": "report.html",
}
HOSTILE = (
    "::error::x ##[error]y ```` | <script>alert(1)</script> <!-- ]]> &amp; "
    "[a](javascript:alert(1)) ![i](http://a/b.png) @all"
)
anything = st.text(max_size=60)


@pytest.mark.parametrize("form", FILES)
def test_form_is_as_it_was_agreed(form: str) -> None:
    """Each form, with every verdict in it, is the golden file."""
    assert (GOLDEN / FILES[form]).read_text(encoding="utf-8") == WRITERS[form](report()) + "\n"


def test_every_form_has_a_golden_file() -> None:
    assert {"text", "json", *FILES} == set(WRITERS)


@given(anything)
@example(HOSTILE)
@example("\ud800 \ufffe \x00 \x1b[2J")
def test_junit_is_xml_with_one_case_a_task(words: str) -> None:
    suites = ElementTree.fromstring(WRITERS["junit"](saying(words)).encode())
    (case,) = suites.findall("testsuite/testcase")
    assert ("failure", ["properties", "failure"]) == (case[1].tag, [child.tag for child in case])


def test_junit_counts_what_errored_and_what_waits_apart() -> None:
    """Of four tasks one is the learner's failure."""
    suite = ElementTree.fromstring(WRITERS["junit"](report()))[0]
    assert ("4", "1", "1", "1") == tuple(suite.get(name) for name in ("tests", "failures", "errors", "skipped"))


def test_gradescope_gets_no_score_for_what_could_not_be_judged() -> None:
    """An errored task is nobody's zero: without a score anywhere the submission counts as not graded."""
    held = json.loads(WRITERS["gradescope"](report()))
    assert not re.search('"(max_)?score"', json.dumps(held))


def test_gradescope_gets_the_points_of_what_was_judged() -> None:
    judged = report().model_copy(update={"tasks": report().tasks[:3]})
    held = json.loads(WRITERS["gradescope"](judged))
    assert (2, [2, 0, 0], [2, 3, 1]) == (
        held["score"],
        [test["score"] for test in held["tests"]],
        [test["max_score"] for test in held["tests"]],
    )
    assert ["passed", "failed", "failed"] == [test["status"] for test in held["tests"]]


@given(anything)
@example(HOSTILE)
@example("  ::stop-commands::x")
def test_github_obeys_nothing_that_the_learner_said(words: str) -> None:
    """One command, which is ours: no line begins with one of theirs, and the older form is nowhere."""
    lines = re.split(r"[\r\n]", WRITERS["github"](saying(words)))
    commands = [line for line in lines if line.strip().startswith("::")]
    assert [True] == [line.startswith("::error file=small.ipynb,title=small%3A B::Not yet. ") for line in commands]
    assert not any("##[" in line for line in lines)


def test_gitlab_knows_a_finding_again() -> None:
    """The fingerprint is that of the check, not of what it found this time; no two of one report are alike."""
    first, second = (json.loads(WRITERS["gitlab"](saying(words))) for words in ("one", "another"))
    assert [one["fingerprint"] for one in first] == [one["fingerprint"] for one in second]
    every = [one["fingerprint"] for one in json.loads(WRITERS["gitlab"](report()))]
    assert len(every) == len(set(every))


def test_gitlab_has_nothing_to_say_of_what_passed() -> None:
    passed = report().model_copy(update={"tasks": report().tasks[:1]})
    assert [] == json.loads(WRITERS["gitlab"](passed))


@given(anything)
@example(HOSTILE)
@example("a\n\n```\n# b")
def test_markdown_holds_no_markup_of_the_learner(words: str) -> None:
    """What was said is the text of a block of code, or escaped: no link, picture, heading or HTML comes of it."""
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(WRITERS["markdown"](saying(words)))
    inline = [child.type for token in tokens for child in token.children or ()]
    assert {"text", "softbreak", "text_special"} >= set(inline)
    assert (2, 1, 0) == tuple(
        sum(token.type == one for token in tokens) for one in ("heading_open", "fence", "html_block")
    )


class Elements(HTMLParser):
    """The elements of a page, and the words of its paragraphs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(" ".join([tag, *(f"{name}={value}" for name, value in attrs)]))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(anything)
@example(HOSTILE)
@example('"><img src=x onerror=alert(1)>{{ 7*7 }}')
def test_page_holds_no_element_of_the_learner(words: str) -> None:
    """A page with any words has the elements of one with none to speak of, and needs nothing from elsewhere."""
    plain, spoilt = (Elements(WRITERS["html"](saying(one))) for one in ("word", words or "word"))
    assert plain.found == spoilt.found
    assert not [one for one in spoilt.found if re.search("script|href=|src=", one)]


def test_page_shows_what_was_said() -> None:
    assert "<script>alert(1)</script>" in Elements(WRITERS["html"](saying(HOSTILE))).text
