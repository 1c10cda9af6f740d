"""What submitting leaves behind: files, gradebook, ledger and badge, from a process of its own too."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from netdojo import places, runtimes
from netdojo.content import find_course, find_lab
from netdojo.errors import LedgerLocked, NetdojoError, SubmissionUnusable
from netdojo.grading import recording, submit, submit_elsewhere, this_learner, write_text
from netdojo.grading.assignment import build_notebook, load_master
from netdojo.grading.bookkeeper import with_programs
from netdojo.grading.digests import lab_digest
from netdojo.grading.submissions import read_submission
from netdojo.ledger import Ledger
from netdojo.model import Progress, Report, Result, TaskReport, Verdict

if TYPE_CHECKING:
    from tests.live.grading.conftest import Workbench

GRADES = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook(sys.argv[1]) as book:
    rows = [[s.student.id, {g.name: [g.auto_score, g.needs_manual_grade] for n in s.notebooks for g in n.grades}]
            for s in book.assignment_submissions("tiny")]
print(json.dumps(rows))
"""


BOOK = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook(sys.argv[1]) as book:
    rows = [{"name": a.name, "id": a.id, "grades": {g.name: g.auto_score for n in s.notebooks for g in n.grades}}
            for a in book.assignments for s in a.submissions]
print(json.dumps(rows))
"""


RECORDS = """
import json, sys
from pathlib import Path
from netdojo import places
from netdojo.content import find_course, find_lab
from netdojo.grading import recording, this_learner
from netdojo.grading.bookkeeper import Bookkeeper
from netdojo.grading.submissions import read_submission
from netdojo.model import Report

class Watched(Bookkeeper):
    def autograde(self, slug, student, report):
        super().autograde(slug, student, report)
        graded = places.nbgrader() / "autograded" / student / slug / f"{slug}.ipynb"
        cells = json.loads(graded.read_text())["cells"]
        self.cell = next(cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == "number")

lab = find_lab(find_course(Path(sys.argv[1])), "tiny")
submission = read_submission(lab, Path(sys.argv[2]))
report = Report.model_validate_json(Path(sys.argv[3]).read_bytes())
told = []
with Watched() as bookkeeper:
    print("ready", flush=True)
    sys.stdin.readline()
    kept = recording.keep(lab, submission, report)
    tell = lambda progress: told.append(progress.phase)
    receipt = recording.recorded(lab, this_learner(), submission, report, kept, bookkeeper, tell)
    said = "".join(bookkeeper.cell["outputs"][0]["text"])
print(json.dumps([receipt.badge.id, receipt.entry.position, bookkeeper.cell["source"], said, told]))
"""


def gradebook() -> list[Any]:
    """Return every submission of every assignment that nbgrader's gradebook knows, with its grades."""
    return read_book(BOOK)


def grades() -> list[Any]:
    """Return what nbgrader's gradebook says of the tiny lab, as nbgrader reads it."""
    return read_book(GRADES)


def read_book(script: str) -> list[Any]:
    """Return what a script that asks nbgrader prints of the gradebook."""
    book = f"sqlite:///{places.nbgrader()}/gradebook.db"
    asked = [sys.executable, "-W", "ignore", "-c", script, book]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env=with_programs())
    return list(json.loads(done.stdout))


def test_submitting_records_what_the_report_says(bench: Workbench, home: Path) -> None:
    """Gradebook, ledger, badge and the kept files all say what the report says."""
    folder = bench.hand_in(bench.notebook())
    receipt = submit(bench.lab, folder, learner=this_learner())

    assert receipt.report.passed, write_text(receipt.report)
    scores = {task.id: [float(task.points), False] for task in receipt.report.tasks}
    assert [[this_learner().id, scores]] == grades()
    assert receipt.entry is not None
    assert (receipt.report.points, True) == (receipt.entry.content.points, receipt.entry.content.passed)
    assert receipt.badge is not None
    assert receipt.badge.json_file.is_file()
    assert receipt.report == Report.model_validate_json((receipt.folder / "report.json").read_bytes())
    assert (folder / "tiny.ipynb").read_bytes() == (receipt.folder / "submission" / "tiny.ipynb").read_bytes()
    assert [receipt.folder] == list(receipt.folder.parent.iterdir())


def test_another_process_gives_the_same_receipt(bench: Workbench, home: Path, course: Path) -> None:
    """What fails is recorded as failed, without a badge, and progress is told on the way."""
    heard: list[Progress] = []
    receipt = submit_elsewhere(
        "tiny", bench.hand_in(bench.notebook(number="number = 41")), tell=heard.append, course=course
    )

    assert {"number": "failed", "double": "passed", "address": "skipped"} == {
        task.id: task.verdict.value for task in receipt.report.tasks
    }
    assert receipt.badge is None
    assert receipt.entry is not None
    assert {"deploy", "kernel", "recording"} <= {one.phase for one in heard}
    assert {"number": [0.0, False], "double": [3.0, False], "address": [0.0, False]} == grades()[0][1]


def test_an_error_elsewhere_is_the_same_error_here(bench: Workbench, home: Path, course: Path, tmp_path: Path) -> None:
    """A submission that cannot be used is refused with the same words as in this process."""
    with pytest.raises(SubmissionUnusable, match=r"holds no tiny\.ipynb"):
        submit_elsewhere("tiny", tmp_path, course=course)


def test_a_ledger_that_is_locked_records_nothing_and_loses_nothing(
    bench: Workbench, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither gradebook nor badges hear of it, the submission is kept, and submitting again doubles nothing."""
    folder = bench.hand_in(bench.notebook())
    heard: list[Report] = []
    monkeypatch.setattr(Ledger, "probe", lambda _: None)
    append = Ledger.append
    monkeypatch.setattr(Ledger, "append", lambda ledger, _: append(Ledger(ledger.path, deadline=0.1), _))
    lock = home / "ledger.lock"
    home.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LedgerLocked) as told:
            submit(bench.lab, folder, learner=this_learner(), hear=heard.append)
    kept = next((places.submissions() / "tiny").iterdir())

    assert f"The submission was graded, and is kept in {kept}." in told.value.help
    assert "nothing was recorded" in told.value.help
    assert [Report.model_validate_json((kept / "report.json").read_bytes())] == heard
    assert not (places.nbgrader() / "submitted").exists()
    assert not places.badges().exists()
    receipt = submit(bench.lab, folder, learner=this_learner())
    assert (1, 1, 1) == (len(Ledger().entries()), len(grades()), len(list(places.badges().glob("*.json"))))
    assert receipt.entry is not None
    assert 1 == receipt.entry.position


def test_a_gradebook_that_fails_says_what_is_recorded(
    bench: Workbench, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry stands and is named; the next pass brings gradebook and badge, of the run that counted."""
    folder = bench.hand_in(bench.notebook())
    with monkeypatch.context() as broken:
        broken.setattr(recording, "grade_in_gradebook", no_gradebook)
        with pytest.raises(NetdojoError) as told:
            submit(bench.lab, folder, learner=this_learner())
    receipt = submit(bench.lab, folder, learner=this_learner())

    assert "It is entry 1 of the ledger; what is missing follows when you submit again." in told.value.help
    assert (2, 1) == (len(Ledger().entries()), len(grades()))
    assert receipt.badge is not None
    assert "Entry 1 of the issuer's ledger" == receipt.badge.credential["evidence"][0]["name"]


def no_gradebook(*_: object) -> None:
    raise NetdojoError("nbgrader could not record the grade", help="Look at its log.")


def test_a_changed_master_keeps_the_grades_that_were_given(
    bench: Workbench, home: Path, course: Path, tmp_path: Path
) -> None:
    """The gradebook holds the new assignment under its name, and the old one, put aside, with its grades."""
    submit(bench.lab, bench.hand_in(bench.notebook(number="number = 41")), learner=this_learner())
    (before,) = gradebook()
    changed = tmp_path / "course"
    shutil.copytree(course, changed)
    master = changed / "graders" / "tiny" / "notebook.py"
    master.write_text(f"{master.read_text(encoding='utf-8')}\n# %% [markdown]\n# The end.\n", encoding="utf-8")
    lab = find_lab(find_course(changed), "tiny")
    anew = replace(bench, lab=lab, solution=load_master(lab))
    submit(lab, anew.hand_in(anew.notebook()), learner=this_learner())
    submit(lab, anew.hand_in(anew.notebook()), learner=this_learner())

    assert ("tiny", {"number": 0.0, "double": 3.0, "address": 0.0}) == (before["name"], before["grades"])
    aside, now = sorted(gradebook(), key=lambda held: len(held["name"]), reverse=True)
    assert {**before, "name": f"tiny.{before['id'][:8]}"} == aside
    assert ("tiny", {"number": 2.0, "double": 3.0, "address": 5.0}) == (now["name"], now["grades"])


def test_a_further_pass_gives_the_badge_that_is_there(bench: Workbench, home: Path) -> None:
    """Each attempt is an entry; the badge is one, with the credit that was given, until it is no longer good."""
    folder = bench.hand_in(bench.notebook())
    first, second = (submit(bench.lab, folder, learner=this_learner()) for _ in range(2))
    assert first.badge is not None
    assert first.badge == second.badge
    assert [1, 2] == [entry.position for entry in Ledger().entries()]

    first.badge.json_file.write_text("altered", encoding="utf-8")
    third = submit(bench.lab, folder, learner=this_learner())
    assert third.badge is not None
    assert first.badge.id != third.badge.id
    assert "Entry 1 of the issuer's ledger" == third.badge.credential["evidence"][0]["name"]


def test_processes_that_record_at_once_make_one_badge(
    bench: Workbench, home: Path, course: Path, tmp_path: Path
) -> None:
    """Each finds what the one before it left: one badge, an entry each, and each report filed with its own notebook."""
    build_notebook(bench.lab)
    this_learner()
    with ExitStack() as stack:
        writers = [
            stack.enter_context(records(replace(bench, folder=tmp_path / name), name, course))
            for name in ("first", "second", "third")
        ]
        ready = [writer.stdout.readline() for writer in writers if writer.stdout]
        said = list(zip(*(json.loads(told) for told in answers(writers)), strict=True))
    ids, positions, sources, outputs, waited = said

    assert ["ready\n"] * 3 == ready
    assert (1, 1) == (len(set(ids)), len(list(places.badges().glob("*.json"))))
    assert ([1, 2, 3], 3) == (sorted(positions), len(Ledger().entries()))
    assert len(list((places.submissions() / "tiny").iterdir())) == 3
    assert ["first", "second", "third"] == ["".join(source).rpartition(" ")[2] for source in sources]
    assert [True, True, True] == [
        name in said for name, said in zip(("first", "second", "third"), outputs, strict=True)
    ]
    assert ["waiting until another submission is recorded"] in waited


def records(bench: Workbench, name: str, course: Path) -> subprocess.Popen[str]:
    """Return a process that, at a line, records a pass of its own: both its notebook and its report bear `name`."""
    folder = bench.hand_in(bench.notebook(number=f"number = 42  # {name}"))
    submission = read_submission(bench.lab, folder)
    now = datetime.now(timezone.utc)
    tasks = (
        TaskReport(id=task.id, title=name, verdict=Verdict.passed, points=task.points, of=task.points)
        for task in bench.lab.tasks
    )
    report = Report(
        lab="tiny",
        lab_digest=lab_digest(bench.lab),
        grader_version="0",
        submission_digest=submission.digest,
        notebook_digest=submission.notebook_digest,
        started=now,
        finished=now,
        environment={},
        phases={},
        tasks=tuple(tasks),
    )
    file = folder.with_suffix(".json")
    file.write_text(report.model_dump_json(), encoding="utf-8")
    asked = [sys.executable, "-c", RECORDS, str(course), str(folder), str(file)]
    return subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def answers(writers: list[subprocess.Popen[str]]) -> list[str]:
    """Let all of them go at once, and return what each says at its end."""
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    return [writer.communicate(timeout=120)[0] for writer in writers]


def test_what_errored_has_no_score(bench: Workbench, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that errored is left to be graded by hand, never a zero, and the ledger hears nothing of it."""
    report = bench.graded()
    broken = Result(task="double", check="x", title="X", verdict=Verdict.errored, rationale="no answer")
    tasks = list(report.tasks)
    tasks[1] = TaskReport(id="double", title="X", verdict=Verdict.errored, points=0, of=3, results=(broken,))
    monkeypatch.setattr(recording, "grade_read", lambda *_, **__: report.model_copy(update={"tasks": tuple(tasks)}))
    receipt = submit(bench.lab, bench.hand_in(bench.notebook()), learner=this_learner())

    assert receipt.entry is None
    assert {"number": [2.0, False], "double": [None, True], "address": [5.0, False]} == grades()[0][1]


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGINT])
def test_stopping_ends_the_network_first(bench: Workbench, home: Path, course: Path, way: signal.Signals) -> None:
    """A grading that is told to stop leaves no network, and no submission that was not graded."""
    folder = bench.hand_in(bench.notebook(number="import time\ntime.sleep(30)"))
    with started(folder, course) as process:
        process.send_signal(way)
        began = time.monotonic()
        process.wait(10)

    assert time.monotonic() - began < 5
    assert [] == runtimes.networks()
    assert not (places.submissions() / "tiny").exists()


def test_a_killed_grader_leaves_nothing_that_the_next_does_not_end(bench: Workbench, home: Path, course: Path) -> None:
    """SIGKILL ends the sandbox with the grader; the network is ended by the next grading."""
    folder = bench.hand_in(bench.notebook(number="import time\ntime.sleep(30)"))
    with started(folder, course) as process:
        process.kill()
    wait_until(lambda: not sandboxes_of(process.pid))
    orphan = runtimes.networks()[0].name
    bench.graded(number="number = 41")

    assert orphan.startswith(f"grade-{process.pid}-")
    assert [] == list(Path(tempfile.gettempdir()).glob(f"netdojo-grade-{process.pid}-*"))
    assert [] == runtimes.networks()


def started(folder: Path, course: Path) -> subprocess.Popen[str]:
    """Start a submission in a process of its own and return it once it runs the notebook."""
    process = subprocess.Popen(
        # a shell that runs the tests in the background lets them ignore SIGINT, and what they start as well
        ["env", "--default-signal=INT", sys.executable, "-m", "netdojo.grading", "tiny", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "NETDOJO_COURSE": str(course)},
        text=True,
    )
    assert process.stdout is not None
    next(line for line in process.stdout if '"notebook"' in line)
    return process


def sandboxes_of(pid: int) -> list[str]:
    """Return the sandboxes whose network was named by the grader `pid`."""
    mine = [network for network in runtimes.networks() if network.name.startswith(f"grade-{pid}-")]
    spaces = {os.readlink(f"/proc/{network.pid}/ns/net") for network in mine}
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"relay.py" in (process / "cmdline").read_bytes() and os.readlink(process / "ns" / "net") in spaces:
                found.append(process.name)
    return found


def wait_until(holds: Callable[[], bool], deadline: float = 5) -> None:
    """Poll until `holds`; raises AssertionError at the deadline (seconds)."""
    end = time.monotonic() + deadline
    while not holds():
        assert time.monotonic() < end, f"not so within {deadline} s"
        time.sleep(0.02)


def test_graders_is_an_nbgrader_course(bench: Workbench, home: Path, course: Path) -> None:
    """`nbgrader generate_assignment` and `nbgrader autograde` work in graders/, and autograde asks our engine."""
    config = Path(__file__).parents[3] / "graders" / "nbgrader_config.py"
    (course / "graders" / "nbgrader_config.py").write_text(config.read_text(encoding="utf-8"), encoding="utf-8")
    nbgrader("generate_assignment", "tiny", course=course)
    handed_in = places.nbgrader() / "submitted" / "ada" / "tiny"
    handed_in.mkdir(parents=True)
    (handed_in / "tiny.ipynb").write_text(json.dumps(bench.notebook(double="def double(x): return 4")))
    (handed_in / "plan.json").write_bytes((bench.lab.start / "plan.json").read_bytes())
    nbgrader("autograde", "tiny", course=course)

    (course / "graders" / "nbgrader_config.py").unlink()
    assert [["ada", {"number": [2.0, False], "double": [0.0, False], "address": [5.0, False]}]] == grades()
    assert {"hidden.py", "notebook.py", "mutants"} == {path.name for path in (course / "graders" / "tiny").iterdir()}


def nbgrader(*words: str, course: Path) -> None:
    """Run nbgrader in the course's graders/ as an instructor does, with the machine's programs alone on PATH."""
    program = Path(sys.prefix) / "bin" / "nbgrader"
    env = {**os.environ, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [program, *words], cwd=course / "graders", env=env, capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stderr
