"""Writes a report as GitLab's code quality report: what did not pass, beside the notebook in the merge request.

The form: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from netdojo.grading.writers.text import plain, short
from netdojo.model import Report, Result, TaskReport, Verdict

SEVERITIES = {Verdict.failed: "major", Verdict.errored: "info", Verdict.skipped: "minor"}


def write_gitlab(report: Report) -> str:
    """Return what did not pass as a JSON array, empty when all passed; the path is the notebook's name."""
    return json.dumps(list(issues(report)), indent=2, ensure_ascii=True)


def issues(report: Report) -> Iterator[dict[str, Any]]:
    """Yield an issue for each result that did not pass, and one for each task that has none of them."""
    for task in report.tasks:
        wrong = [result for result in task.results if result.verdict is not Verdict.passed]
        for result in wrong:
            yield issue(report, task, described(result), result.verdict, result.check, result.node)
        if not wrong and task.verdict is not Verdict.passed:
            yield issue(report, task, task.verdict.word, task.verdict, "task", "")


def described(result: Result) -> str:
    """Return a result in one line: what was checked, where, and why it is not there yet."""
    where = f" [{plain(result.node)}]" if result.node else ""
    return f"{plain(result.title)}{where}: {short(result.rationale or result.verdict.word)}"


def issue(
    report: Report, task: TaskReport, description: str, verdict: Verdict, check: str, node: str
) -> dict[str, Any]:
    """Return one issue; the fingerprint is the same for the same check of the same lab, whatever it found."""
    named = "\0".join([report.lab, task.id, check, node])
    return {
        "description": f"{plain(task.title)}: {description}",
        "check_name": f"netdojo/{report.lab}/{task.id}/{check}",
        "fingerprint": hashlib.sha256(named.encode()).hexdigest(),
        "severity": SEVERITIES[verdict],
        "location": {"path": f"{report.lab}.ipynb", "lines": {"begin": 1}},
    }
