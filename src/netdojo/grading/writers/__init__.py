"""Writes a report in the forms that others read; what is in one is the learner's to see, whoever reads it."""

from __future__ import annotations

from collections.abc import Callable

from netdojo.grading.writers.as_json import DRAWN, write_json
from netdojo.grading.writers.github import write_github
from netdojo.grading.writers.gitlab import write_gitlab
from netdojo.grading.writers.gradescope import write_gradescope
from netdojo.grading.writers.junit import write_junit
from netdojo.grading.writers.markdown import write_markdown
from netdojo.grading.writers.page import write_page
from netdojo.grading.writers.text import task_lines, write_text
from netdojo.model import Report

WRITERS: dict[str, Callable[[Report], str]] = {
    "text": write_text,
    "json": write_json,
    "junit": write_junit,
    "gradescope": write_gradescope,
    "github": write_github,
    "gitlab": write_gitlab,
    "markdown": write_markdown,
    "html": write_page,
}
"""What a report can be printed as, by the name of its form."""

__all__ = ["DRAWN", "WRITERS", "task_lines", "write_json", "write_text"]
