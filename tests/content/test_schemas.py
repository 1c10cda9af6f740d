"""The committed JSON Schemas are those of the models; what people write and what netdojo prints fits them."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # its types are a package of their own
from ruamel.yaml import YAML

from netdojo import cli
from netdojo.cli import documents, schemas
from netdojo.grading import Proof, StateProof, this_learner
from netdojo.ledger import Ledger
from netdojo.model import (
    EntryContent,
    Interface,
    LinkState,
    ListedState,
    Listener,
    NetworkDetail,
    NetworkListed,
    NetworkState,
    NodeAccess,
    NodeDetail,
    NodeState,
    Process,
    Verdict,
)

COURSE = Path(__file__).parents[2]
ERRORS = COURSE / "tests" / "errors"
SCHEMAS = COURSE / "schemas"
WRITTEN = {
    "lab": "labs/*/lab.yml",
    "module": "modules/*/module.yml",
    "mutant": "graders/*/mutants/*/mutant.yml",
    "objectives": "modules/objectives.yml",
    "policy": "src/netdojo/ledger/policies/*.yml",
    "topology": "topologies/*/*.clab.yml",
}
FILES = [(name, file) for name, pattern in WRITTEN.items() for file in sorted(COURSE.glob(pattern))]
TOPOLOGIES = sorted((COURSE / "tests" / "unit" / "content" / "topologies" / "containerlab").glob("*.clab.yml"))
BAD = [
    ("lab", ERRORS / "labs" / "three-mistakes.yml"),
    ("objectives", ERRORS / "content" / "no-sentences" / "objectives.yml"),
    ("policy", ERRORS / "ledger" / "policies" / "2026-01-01-many-faults.yml"),
    ("topology", ERRORS / "topologies" / "unknown-keys.yml"),
]


def faults(name: str, held: Any) -> list[str]:
    """Return where `held` does not fit the committed schema `name`."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(held)]


def read(file: Path) -> Any:
    """Return a YAML file as JSON has it: a date is text."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")), default=str))


def test_no_schema_is_stale(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is committed is what the models say: run `make schemas` after a change of one."""
    monkeypatch.setattr(sys, "argv", ["schemas", "--check", str(SCHEMAS)])

    assert (0, "") == (schemas.main(), capsys.readouterr().out)


def test_stale_schemas_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A schema that differs, one that is absent and one that is none any more are each named; writing mends them."""
    schemas.write(tmp_path)
    (tmp_path / "lab.json").write_text("{}")
    (tmp_path / "grade.json").unlink()
    (tmp_path / "former.json").write_text("{}")
    monkeypatch.setattr(sys, "argv", ["schemas", "--check", str(tmp_path)])

    assert 1 == schemas.main()
    said = capsys.readouterr().out.splitlines()
    assert ["former.json", "grade.json", "lab.json"] == [Path(line.split(":")[0]).name for line in said]
    schemas.write(tmp_path)
    assert [] == schemas.stale(tmp_path)


def test_every_written_file_has_a_schema() -> None:
    """Each schema of a file that people write is held against such files here, and there are some."""
    assert schemas.WRITTEN.keys() == {name for name, _ in FILES}


@pytest.mark.parametrize(("name", "file"), FILES, ids=lambda value: str(value).removeprefix(f"{COURSE}/"))
def test_what_people_write_fits(name: str, file: Path) -> None:
    """Each manifest, topology and policy fits its schema, and its first line leads an editor there."""
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", file.read_text(encoding="utf-8").splitlines()[0])

    assert [] == faults(name, read(file))
    assert named is not None
    assert SCHEMAS / f"{name}.json" == (file.parent / named[1]).resolve()


@pytest.mark.parametrize("file", TOPOLOGIES, ids=lambda file: file.name)
def test_what_containerlab_reads_fits(file: Path) -> None:
    """An editor marks nothing in a file that containerlab reads."""
    text = file.read_text(encoding="utf-8").partition("\n---")[0]
    held = YAML(typ="safe", pure=True).load(text)

    assert [] == faults("topology", json.loads(json.dumps(held, default=str)))


@pytest.mark.parametrize(("name", "file"), BAD, ids=lambda value: str(value).removeprefix(f"{COURSE}/"))
def test_bad_files_do_not_fit(name: str, file: Path) -> None:
    """What the reader refuses, an editor marks as well."""
    assert faults(name, read(file))


def commands_with_json(group: Any = None, before: str = "") -> set[str]:
    """Return the commands that print JSON when asked to."""
    group = group or typer.main.get_command(cli.commands)
    found = set()
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= commands_with_json(command, f"{name} ")
        elif {"as_json", "format"} & {option.name for option in command.params}:
            found.add(before + name)
    return found


def test_every_command_that_prints_json_has_a_schema() -> None:
    """No command has --json without a schema, and no schema is of a command that is gone."""
    assert commands_with_json() == schemas.PRINTED.keys()


@pytest.fixture
def recorded(home: Path) -> None:
    """Give the learner of this machine one passed entry."""
    entry = json.loads((ERRORS.parent / "unit/grading/golden/report.json").read_text(encoding="utf-8"))
    shared = {name: entry[name] for name in EntryContent.model_fields.keys() & entry.keys()}
    Ledger().append(
        EntryContent(
            **{**shared, "passed": True},
            learner=this_learner().id,
            objectives=("small",),
            minutes=45,
            verdicts={"a": Verdict.passed},
            report_digest="4" * 64,
        )
    )


@pytest.mark.parametrize(
    "words",
    [
        ["badge", "list"],
        ["badge", "verify", str(ERRORS / "credentials" / "good.json")],
        ["course", "list"],
        ["doctor"],
        ["lab", "list"],
        ["ledger", "verify"],
        ["progress"],
        ["topology", "check", str(ERRORS / "topologies" / "in-one-go.yml"), str(FILES[-1][1])],
    ],
    ids=lambda words: "-".join(words[:2]),
)
def test_what_is_printed_fits(
    recorded: None, words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a command prints with --json is one document that fits its schema."""
    monkeypatch.setenv("NETDOJO_COURSE", str(COURSE))
    monkeypatch.setattr(sys, "argv", ["netdojo", *words, "--json"])
    with pytest.raises(SystemExit):
        cli.app()

    printed = json.loads(capsys.readouterr().out)
    assert printed or words[1] == "list"
    assert [] == faults("-".join(words[:2]), printed)


def test_report_fits() -> None:
    """The golden report fits, with what is drawn from it; without it, or with a verdict that is none, it does not."""
    report = json.loads((ERRORS.parent / "unit/grading/golden/report.json").read_text(encoding="utf-8"))

    assert [] == faults("grade", report)
    assert [] == faults("lab-check", report["tasks"])
    assert ["$: 'exit_code' is a required property"] == faults(
        "grade", {name: value for name, value in report.items() if name != "exit_code"}
    )
    assert ["$.tasks[0].verdict"] == [
        fault.split(":")[0]
        for fault in faults("grade", report | {"tasks": [report["tasks"][0] | {"verdict": "nearly"}]})
    ]


def test_network_and_proof_fit() -> None:
    """A network's status, and a proof, as the commands print them."""
    state = NetworkState(
        name="pair",
        nodes={"left": NodeState.running},
        links=(LinkState(a="left:eth1", b="right:eth1", up=True),),
        uptime=1.5,
        memory=1,
    )
    left = NodeAccess(name="left", host="127.0.0.1", port=2022)
    status = documents.NetworkStatus(
        **dict(state), access={"left": left}, username="netdojo", ssh_config=Path("networks/pair/ssh_config")
    )
    start = StateProof(name="start", story="", expected={}, got={}, rationales={}, faults=("a: must fail",), seconds=1)
    proof = Proof(lab="small", states=(start,), leaks=(), seconds=1)

    process = Process(pid=1, name="tini", command="tini", memory=1)
    interface = Interface(name="eth1", state="up", mtu=1500, mac="", addresses=("10.0.0.1/32",), peer="right:eth1")
    listener = Listener(protocol="tcp", address="::", port=179, program="")
    node = NodeDetail(
        state=NodeState.running, memory=1, interfaces=(interface,), ports=(listener,), processes=(process,)
    )
    detail = NetworkDetail(name="pair", runtime="namespaces", uptime=1, idle=0, memory=1, nodes={"left": node})
    listed = NetworkListed(
        name="pair",
        runtime="containerlab",
        home=Path("home"),
        user="root",
        state=ListedState.abandoned,
        uptime=1,
        idle=None,
        memory=1,
    )

    assert [] == faults("lab-list", [listed.model_dump(mode="json")])
    assert [] == faults("lab-inspect", detail.model_dump(mode="json"))
    for command in ("status", "deploy", "reset"):
        assert [] == faults(f"lab-{command}", status.model_dump(mode="json"))
    assert [] == faults("lab-prove", proof.model_dump(mode="json"))
