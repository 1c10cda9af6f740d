"""Writes a report as JUnit XML, which every CI service shows: a suite a submission, a case a task.

What errored is an `error` and what waits is `skipped`, so that neither is counted among what the learner got wrong.
The form is the one that Jenkins, GitLab and GitHub's reporters agree on: https://github.com/testmoapp/junitxml.
"""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

from netdojo.grading.writers.text import plain, task_lines
from netdojo.model import Report, TaskReport, Verdict

ELEMENTS = {Verdict.failed: "failure", Verdict.errored: "error", Verdict.skipped: "skipped"}


def write_junit(report: Report) -> str:
    """Return `report` as an XML document; times are in seconds, points are properties of the cases."""
    found = Counter(task.verdict for task in report.tasks)
    counts = {
        "tests": str(len(report.tasks)),
        "failures": str(found[Verdict.failed]),
        "errors": str(found[Verdict.errored]),
        "skipped": str(found[Verdict.skipped]),
        "time": f"{(report.finished - report.started).total_seconds():.3f}",
    }
    suites = ElementTree.Element("testsuites", {"name": "netdojo", **counts})
    started = report.started.strftime("%Y-%m-%dT%H:%M:%S")
    suite = ElementTree.SubElement(suites, "testsuite", {"name": report.lab, **counts, "timestamp": started})
    add_properties(
        suite,
        {
            "points": f"{report.points} of {report.of}",
            "lab_digest": report.lab_digest,
            "submission_digest": report.submission_digest,
            "netdojo": report.grader_version,
        },
    )
    for task in report.tasks:
        add_case(suite, report.lab, task)
    if report.notes:
        ElementTree.SubElement(suite, "system-out").text = "\n".join(plain(note) for note in report.notes)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=False)


def add_case(suite: ElementTree.Element, lab: str, task: TaskReport) -> None:
    """Add a task; what it has to say beyond its verdict is the text of the element that names the verdict."""
    seconds = f"{sum(result.seconds for result in task.results):.3f}"
    words = {"classname": f"netdojo.{lab}", "name": f"{task.id}: {plain(task.title)}", "time": seconds}
    case = ElementTree.SubElement(suite, "testcase", words)
    add_properties(case, {"points": f"{task.points} of {task.of}"})
    if task.verdict in ELEMENTS:
        message = plain(task.rationale) or task.verdict.word
        told = ElementTree.SubElement(case, ELEMENTS[task.verdict], {"message": message, "type": task.verdict.value})
        told.text = "\n".join(task_lines(task))


def add_properties(parent: ElementTree.Element, held: dict[str, str]) -> None:
    properties = ElementTree.SubElement(parent, "properties")
    for name, value in held.items():
        ElementTree.SubElement(properties, "property", {"name": name, "value": value})
