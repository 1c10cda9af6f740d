"""A host that cannot run containers is told what is absent, too old or not ready, and the one command that mends it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from netdojo.errors import HostNotReady
from netdojo.runtimes import folders
from netdojo.runtimes import programs as own
from netdojo.runtimes.containerlab import containers, engine, host

GOLDEN = Path(__file__).parents[3] / "errors" / "host"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder that is all of PATH."""
    for module in (engine, own):
        monkeypatch.setattr(module, "PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


def write_program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(("number", "ok"), [("0.48.6", False), ("0.68.0", False), ("0.69.0", True), ("1.0.1", True)])
def test_old_containerlab_is_told_how_to_be_renewed(programs: Path, number: str, ok: bool) -> None:
    """A version before the first one that does is refused."""
    write_program(programs, "containerlab", f'echo "    version: {number}"')
    need = host.containerlab()

    assert ok == need.ok
    assert number in need.detail
    assert ok or need.remedy == "sudo containerlab version upgrade"


REASONS = {
    "docker-denied": 'echo "permission denied while trying to connect to the Docker daemon socket" >&2; exit 1',
    "docker-stopped": 'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." >&2; exit 1',
    "containerlab-old": 'echo 20.10.24; echo "version: 0.48.6" >&2',
    "containerlab-absent": "echo 20.10.24",
}


@pytest.mark.parametrize("reason", REASONS)
def test_unready_host_has_its_golden_message(programs: Path, reason: str) -> None:
    """The first need that is not met is told in full."""
    write_program(programs, "docker", REASONS[reason])
    if reason == "containerlab-old":
        write_program(programs, "containerlab", 'echo "version: 0.48.6"')
    with pytest.raises(HostNotReady) as error:
        host.check()

    assert (GOLDEN / f"{reason}.txt").read_text() == f"{error.value}\n"


def test_what_containerlab_passes_over_is_found() -> None:
    """A command that failed is told with all that it said, whatever stands around it."""
    said = """07:30:39 INFO Created link: a:eth1 b:eth1
07:30:40 ERRO Failed to execute command command="sh -c exit 3" node=a rc=3
  stdout=
  │ no luck
 stderr=""
07:30:40 ERRO Failed to execute command command=nosuch node=b rc=126
  stdout=
07:30:40 INFO Adding host entries path=/etc/hosts
""".encode()
    first, second = containers.passed_over(said)
    assert "node a: 'sh -c exit 3' ended with code 3:\nno luck" == first
    assert "node b: 'nosuch' ended with code 126" == second
    assert ["node c: 'false' ended with code 1"] == containers.passed_over(
        b'07:30:40 ERRO Failed to execute command command=false node=c rc=1 stdout="" stderr=""\n'
    )
    assert [] == containers.passed_over(b"07:30:39 INFO failed to disable TX checksum offload\n")


def test_docker_that_hangs_is_told(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon that takes a call and does not answer is not waited for without end."""
    write_program(programs, "docker", "exec sleep 60")
    monkeypatch.setattr(engine, "PATIENCE", 0.1)

    need = host.docker()
    assert (False, "docker version did not end within 0.1 s") == (need.ok, need.detail)
    assert "sudo systemctl restart docker" == need.remedy
    with pytest.raises(HostNotReady, match="did not end within"):
        host.check()
    write_program(programs, "containerlab", "exec sleep 60")
    assert (False, "containerlab version did not end within 0.1 s") == (
        host.containerlab().ok,
        host.containerlab().detail,
    )


@pytest.mark.parametrize("script", [None, "exec /bin/sleep 60"], ids=["absent", "hangs"])
def test_what_docker_held_waits_until_it_can_be_asked(
    programs: Path, monkeypatch: pytest.MonkeyPatch, script: str | None
) -> None:
    """A network's folder of which docker may have containers is kept, and is no network that lives."""
    monkeypatch.setattr(engine, "PATIENCE", 0.1)
    monkeypatch.setattr(engine, "PATH", str(programs))
    if script:
        write_program(programs, "docker", script)
    folder, held = folders.claim("pair", "containerlab")
    os.close(held)

    assert [] == folders.living("containerlab")
    assert folder.is_dir()


def test_needs_of_containers_are_optional() -> None:
    """Nobody who does not choose the runtime is held up by what it needs."""
    assert all(need.optional for need in host.needs())


def test_complaint_is_what_containerlab_calls_an_error() -> None:
    """Of all that containerlab says, the errors are told; without any, its last words."""
    said = b"09:18:49 INFO Creating container name=a\n09:18:50 ERRO failed to create link\nError: no such image\n"
    assert "09:18:50 ERRO failed to create link\nError: no such image" == containers.complaint(said)
    assert "only words" == containers.complaint(b"only words\n")


def test_ordinary_user_is_told_what_to_run_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for by doctor, root's line is the deployment; when a deployment is refused, it is that command."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "argv", ["netdojo", "doctor"])
    need = host.needs()[0]
    monkeypatch.setattr(sys, "argv", ["netdojo", "lab", "deploy", "small"])

    assert (GOLDEN / "root-for-containerlab.txt").read_text() == f"{need.name}: {need.remedy}\n"
    assert host.root().remedy.endswith(" netdojo lab deploy small")
