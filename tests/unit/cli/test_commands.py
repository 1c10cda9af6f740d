"""The command line: what it prints, what it exits with, and what wrong use gets."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from netdojo import __version__, checks, places, runtimes
from netdojo.cli import labs, machine
from netdojo.cli.labs import exit_code, what_to_do
from netdojo.cli.records import held
from netdojo.errors import LedgerDamaged
from netdojo.grading import this_learner
from netdojo.ledger import Ledger, Verification
from netdojo.model import EntryContent, TaskReport, Verdict
from netdojo.runtimes import fabric
from netdojo.runtimes.namespaces import host
from netdojo.runtimes.packages import Program

from .conftest import run

COURSE = Path(__file__).parents[3]
ERRORS = COURSE / "tests" / "errors"


@pytest.fixture(autouse=True)
def course(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command on our own course."""
    monkeypatch.setenv("NETDOJO_COURSE", str(COURSE))
    monkeypatch.setenv("COLUMNS", "200")


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """--version prints the version alone."""
    assert 0 == run(monkeypatch, "--version")
    assert f"netdojo {__version__}\n" == capsys.readouterr().out


def test_course_list_names_the_lab(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The list shows each lab with what it takes; --json is one document."""
    assert 0 == run(monkeypatch, "course", "list")
    assert "netmiko-first-contact" in capsys.readouterr().out
    assert 0 == run(monkeypatch, "course", "list", "--json")
    assert ["netmiko-first-contact"] == [lab["slug"] for lab in json.loads(capsys.readouterr().out)["labs"]]


def test_open_prints_the_notebooks_path(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The path alone is on stdout; --fresh keeps what was there, and says where."""
    slug = "netmiko-first-contact"
    notebook = places.workspaces() / slug / f"{slug}.ipynb"
    assert 0 == run(monkeypatch, "lab", "open", slug)
    told = capsys.readouterr()
    assert f"{notebook}\n" == told.out
    assert re.fullmatch(r"Opening First contact.*: building the notebook \(.* s\)\n", told.err)
    notebook.write_text("mine", encoding="utf-8")
    assert 0 == run(monkeypatch, "lab", "open", slug)
    assert "mine" == notebook.read_text(encoding="utf-8")
    capsys.readouterr()

    assert 0 == run(monkeypatch, "lab", "open", slug, "--fresh")
    told = capsys.readouterr()
    kept = next(notebook.parent.glob(f"{slug}.*.ipynb"))
    assert (f"{notebook}\n", f"your notebook until now is kept in {kept}\n") == (told.out, told.err)
    assert ("mine", 4) == (kept.read_text(encoding="utf-8"), json.loads(notebook.read_bytes())["nbformat"])
    assert 0 == run(monkeypatch, "lab", "open", slug, "--json")
    assert {"notebook": str(notebook), "kept": None} == json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "words",
    [
        ["lab", "open", "netmiko-first-contct"],
        ["lab", "deploy", "netmiko-first-contct"],
        ["lab", "prove", "netmiko-first-contct"],
        ["grade", "netmiko-first-contct", "--submission", "."],
    ],
)
def test_typo_in_a_slug_suggests_the_near_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """A slug that is not there ends with 2 and names the one that was meant."""
    assert 2 == run(monkeypatch, *words)
    said = capsys.readouterr()
    assert "netdojo: no lab named 'netmiko-first-contct'\n  did you mean 'netmiko-first-contact'?\n" == said.err
    assert "" == said.out


def test_file_in_a_labs_place_is_told_how_it_is_deployed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who comes from containerlab names a file first."""
    assert 2 == run(monkeypatch, "lab", "deploy", "campus.clab.yml")
    assert "netdojo topology deploy campus.clab.yml" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["status", "destroy", "console"])
def test_typo_in_a_networks_name_suggests_the_near_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    """A name that is neither a lab's nor a network's ends with 2 and names the one that was meant."""
    assert 2 == run(monkeypatch, "lab", verb, "netmiko-first-contct", *(["leaf1"] if verb == "console" else []))
    said = capsys.readouterr().err
    assert "netdojo: no lab or network named 'netmiko-first-contct'\n  did you mean 'netmiko-first-contact'?\n" == said


def test_network_of_no_lab_is_suggested_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Outside of every course, a network that runs is found, and its near name is told."""
    monkeypatch.setenv("NETDOJO_COURSE", str(tmp_path))
    monkeypatch.setattr(runtimes, "networks", lambda: [SimpleNamespace(name="campus")])

    assert 2 == run(monkeypatch, "lab", "destroy", "campsu")
    assert "no lab or network named 'campsu'\n  did you mean 'campus'?" in capsys.readouterr().err
    ended: list[str] = []
    monkeypatch.setattr(runtimes, "destroy", ended.append)
    assert 0 == run(monkeypatch, "lab", "destroy", "campus")
    assert ["campus"] == ended


def test_network_that_is_not_deployed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Commands on a network that is not there say how to get it."""
    for command in ("status", "destroy", "check"):
        assert 2 == run(monkeypatch, "lab", command, "netmiko-first-contact")
        assert "Deploy it: netdojo lab deploy netmiko-first-contact" in capsys.readouterr().err


def test_network_that_comes_up_is_not_called_absent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before a network is up, commands on it say so; destroy ends it all the same."""
    monkeypatch.setattr(runtimes, "coming_up", lambda: ["slow"])
    for words in (("lab", "status", "slow"), ("lab", "console", "slow", "a"), ("topology", "show", "slow")):
        assert 2 == run(monkeypatch, *words)
        assert "netdojo: a network named 'slow' is being deployed already" in capsys.readouterr().err
    ended: list[str] = []
    monkeypatch.setattr(runtimes, "destroy", ended.append)
    assert 0 == run(monkeypatch, "lab", "destroy", "slow")
    assert 0 == run(monkeypatch, "lab", "destroy", "--all")
    assert (["slow"] * 2, "slow: ended\n" * 2) == (ended, capsys.readouterr().out)


def test_unknown_option_is_wrong_use(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What typer refuses ends with 2 as well."""
    assert 2 == run(monkeypatch, "course", "list", "--frob")
    assert "--frob" in capsys.readouterr().err


def test_what_was_checked_is_forgotten_with_a_reset(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page shows no verdict of a network that is gone."""
    folder = places.workspaces() / "netmiko-first-contact"
    checks.remember(folder, [TaskReport(id="read", title="T", verdict=Verdict.passed, points=2, of=2)])
    network = SimpleNamespace(name="netmiko-first-contact")
    monkeypatch.setattr(runtimes, "networks", lambda: [network])
    brought_up: list[Any] = []
    monkeypatch.setattr(labs, "bring_up", lambda *_, instead, as_json: brought_up.append(instead))

    assert 0 == run(monkeypatch, "lab", "reset", "netmiko-first-contact")
    assert [network] == brought_up
    assert {} == checks.recall(folder)


def test_progress_before_anything_is_recorded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty record says what comes first; --json is empty, not absent."""
    assert 0 == run(monkeypatch, "progress")
    assert "Nothing is recorded yet" in capsys.readouterr().out
    assert 0 == run(monkeypatch, "progress", "--json")
    found = json.loads(capsys.readouterr().out)
    assert ([], 0, []) == (found["entries"], found["hours"], found["badges"])


def test_progress_after_a_ledger_was_kept_aside(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says where the damaged ledger is and how to go on, and the badges are there still."""
    home.mkdir()
    (home / "ledger.sqlite").write_bytes(b"")
    with pytest.raises(LedgerDamaged):
        Ledger().probe()
    places.badges().mkdir()
    (places.badges() / "small-1.png").touch()

    assert 0 == run(monkeypatch, "progress")
    told = re.sub(r"\d{8}T\d{6}Z", "<time>", capsys.readouterr().out.replace(str(home), "<home>"))
    assert (ERRORS / "ledger" / "progress-after-kept-aside.txt").read_text() == told
    assert 0 == run(monkeypatch, "ledger", "verify")
    assert "a damaged ledger was kept aside" in capsys.readouterr().out
    for words in (["progress"], ["ledger", "verify"]):
        assert 0 == run(monkeypatch, *words, "--json")
        kept = json.loads(capsys.readouterr().out)["kept_aside"]
        assert kept
        assert all(Path(file).name.startswith("ledger.damaged-") for file in kept), kept


def test_progress_fits_a_terminal(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In 80 columns each entry is one line, with its points, its hours, and why there are none."""
    monkeypatch.setenv("COLUMNS", "80")
    report = json.loads((COURSE / "tests/unit/grading/golden/report.json").read_text(encoding="utf-8"))
    shared = {name: report[name] for name in EntryContent.model_fields.keys() & report.keys()}
    shared |= {"learner": this_learner().id, "lab": "netmiko-first-contact", "minutes": 45, "objectives": ("small",)}
    for passed in (False, True, True):
        Ledger().append(EntryContent(**{**shared, "passed": passed}, verdicts={}, report_digest="4" * 64))

    assert 0 == run(monkeypatch, "progress")
    first, *rows = capsys.readouterr().out.split("\n\n")[0].splitlines()
    assert ["1", "2", "3"] == [row.split()[0] for row in rows]
    assert ["0: not passed", "0.75", "0: counted by entry 2"] == [row[first.index("hours") :].strip() for row in rows]
    assert max(len(row) for row in rows) <= 80


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "nothing is recorded yet"), (1, "1 entry holds, up to 444444444444"), (2, "2 entries hold")],
)
def test_ledger_is_told_in_good_words(count: int, words: str) -> None:
    """None, one and several entries each read as a sentence."""
    assert held(Verification(count=count, head="4" * 64)).startswith(words)


def test_serve_foretells_that_no_lab_can_be_started(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lessons can be read where no network can be made, and the one command that mends that is told at once."""
    machine.foretell()
    assert "" == capsys.readouterr().err

    monkeypatch.setattr(host, "PROBE", ("false",))
    monkeypatch.setattr(host, "remedy", lambda _: "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0")
    machine.foretell()
    told = capsys.readouterr().err
    assert told.startswith("netdojo: no lab can be started here yet: this machine does not let an ordinary user make")
    assert "\n  sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0\n" in told


def test_doctor_says_the_command_that_mends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With no program to be found, doctor names each need that is missing and one line for it, and exits with 3."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert 3 == run(monkeypatch, "doctor", "--json")
    needs = json.loads(capsys.readouterr().out)
    missing = {need["name"]: need["remedy"] for need in needs if not need["ok"]}
    assert any("bubblewrap" in remedy for remedy in missing.values())
    assert all(missing.values())


def test_doctor_is_content_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a machine that is set up every need is met."""
    assert 0 == run(monkeypatch, "doctor"), capsys.readouterr().out


@pytest.mark.parametrize(("program", "code"), [("/usr/lib/frr/zebra", 3), ("nft", 0)])
def test_program_that_a_lab_needs_is_not_optional(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], program: str, code: int
) -> None:
    """Without what a lab's routers run doctor exits with 3; what no lab uses may be absent."""
    monkeypatch.setattr(Program, "found", property(lambda one: None if one.name == program else one.name))

    assert code == run(monkeypatch, "doctor", "--json")
    absent = [need for need in json.loads(capsys.readouterr().out) if program.endswith(need["name"].split(" (")[0])]
    assert [(False, code == 0)] == [(need["ok"], need["optional"]) for need in absent]


def test_ledger_that_is_not_there_holds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Verifying before anything is recorded finds no entry, and makes no file."""
    assert 0 == run(monkeypatch, "ledger", "verify")
    assert "nothing is recorded yet" in capsys.readouterr().out
    assert not Path(os.environ["NETDOJO_HOME"]).exists()


def test_badge_that_is_not_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there is wrong use, not a bad badge."""
    assert 2 == run(monkeypatch, "badge", "verify", "nowhere.png")
    assert "nowhere.png" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        (["passed", "passed"], 0),
        (["passed", "skipped"], 0),
        (["passed", "failed", "skipped"], 1),
        (["skipped"], 3),
        (["passed", "failed", "errored"], 3),
        ([], 3),
    ],
)
def test_check_ends_with_what_was_judged(verdicts: list[str], code: int) -> None:
    """A check that broke, and a run in which nothing was judged, is neither a pass nor a failure."""
    assert code == exit_code({Verdict(verdict) for verdict in verdicts})


def test_check_without_a_verdict_says_what_to_do() -> None:
    """Where nothing can be said, the next step depends on whether a check broke."""
    skipped = TaskReport(id="a", title="A", verdict=Verdict.skipped, points=0, of=1)
    errored = skipped.model_copy(update={"verdict": Verdict.errored})

    assert "run lab.check there" in what_to_do([skipped], "first")
    assert "netdojo lab status first" in what_to_do([skipped, errored], "first")


def test_check_says_which_task_it_is_at(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Piped, each task is a line on stderr before it is checked; with --json there is none."""
    monkeypatch.setattr(labs, "the_network", lambda _: None)
    monkeypatch.setattr(fabric, "LiveFabric", lambda _: None)
    monkeypatch.setattr(checks, "run_task", lambda *_, **__: [])

    run(monkeypatch, "lab", "check", "netmiko-first-contact")
    lines = re.findall(r"(?m)^Checking First contact.*: (task \S+ \d of \d) \(.* s\)$", capsys.readouterr().err)
    assert ["task read 1 of 4", "task find 2 of 4"] == lines[:2]
    assert 4 == len(lines)
    run(monkeypatch, "lab", "check", "netmiko-first-contact", "--json")
    assert "Checking" not in capsys.readouterr().err
