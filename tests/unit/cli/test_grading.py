"""netdojo grade: the report as it was asked for, on stdout and in files, whatever else cannot be done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from netdojo import grading
from netdojo.errors import LedgerLocked
from netdojo.model import Report

from .conftest import COURSE, run

ERRORS = COURSE / "tests" / "errors"
GRADE = ("grade", "netmiko-first-contact", "--submission", ".")


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> Report:
    """What every submission gets here."""
    golden = (COURSE / "tests/unit/grading/golden/report.json").read_text(encoding="utf-8")
    facts = {name: value for name, value in json.loads(golden).items() if name in Report.model_fields}
    held = Report.model_validate_json(json.dumps(facts))
    monkeypatch.setattr(grading, "grade", lambda *_, **__: held)
    return held


def test_format_that_is_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The formats that there are are named, and nothing else is said."""
    monkeypatch.setenv("COLUMNS", "200")
    assert 2 == run(monkeypatch, "grade", "netmiko-first-contact", "--submission", ".", "--format", "xml")
    told = next(line for line in capsys.readouterr().err.splitlines() if "xml" in line)
    assert (ERRORS / "grading" / "no-such-format.txt").read_text() == f"{told.strip('│ ')}\n"


@pytest.mark.parametrize("form", list(grading.WRITERS))
def test_report_that_cannot_be_recorded_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], report: Report, tmp_path: Path, form: str
) -> None:
    """The report is on stdout in the form that was chosen, and in its file; the exit code is 3."""

    def submit(*_: Any, hear: Any, **__: Any) -> None:
        hear(report)
        raise LedgerLocked("the ledger is in use")

    monkeypatch.setattr(grading, "submit", submit)
    file = tmp_path / "report.xml"

    assert 3 == run(monkeypatch, *GRADE, "--record", "--format", form, "--write", f"junit={file}")
    told = capsys.readouterr()
    assert grading.WRITERS[form](report) + "\n" == told.out
    assert told.err.endswith("netdojo: the ledger is in use\n")
    assert grading.WRITERS["junit"](report) + "\n" == file.read_text(encoding="utf-8")


def test_report_is_written_in_several_forms_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], report: Report, tmp_path: Path
) -> None:
    """One grading, and a file for each who reads it; a file that is there is replaced."""
    wanted = {form: tmp_path / f"report.{form}" for form in ("gitlab", "html", "markdown")}
    wanted["html"].write_text("of yesterday")
    words = [word for form, file in wanted.items() for word in ("--write", f"{form}={file}")]

    assert 3 == run(monkeypatch, *GRADE, *words)
    assert grading.write_text(report) + "\n" == capsys.readouterr().out
    for form, file in wanted.items():
        assert grading.WRITERS[form](report) + "\n" == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("report.xml", "must be FORM=FILE, such as junit=report.xml"),
        ("xml=report.xml", "'xml' is not one of 'text', 'json', 'junit'"),
        ("junit=absent/report.xml", "must be a file in a folder that is there"),
        ("junit=.", "must be a file in a folder that is there"),
    ],
)
def test_file_that_could_not_be_written_is_told_before_anything_is_graded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: str, said: str
) -> None:
    """Nobody waits for a network and then has no report."""

    def graded(*_: Any, **__: Any) -> None:
        raise AssertionError("it was graded")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(grading, "grade", graded)
    monkeypatch.setenv("COLUMNS", "200")
    assert 2 == run(monkeypatch, *GRADE, "--write", words)
    assert said in capsys.readouterr().err


def test_file_that_cannot_be_written_after_all_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], report: Report
) -> None:
    """The report is on stdout all the same, and the exit code is no verdict."""
    assert 3 == run(monkeypatch, *GRADE, "--write", "junit=/proc/report.xml")
    told = capsys.readouterr()
    assert grading.write_text(report) + "\n" == told.out
    assert "the report cannot be written to /proc/report.xml: " in told.err
