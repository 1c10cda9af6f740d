"""`netdojo serve` as a person starts it: a process that builds what is stale, prints its address, and ends whole."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ..conftest import processes_of

COURSE = Path(__file__).parent / "grading" / "course"
SITE = "site_name: A course for tests\nplugins: [netdojo]\nnav: [index.md]\n"
STARTS = 60.0
"""Seconds for the lessons to be built and the server to answer, on a machine that does other work as well."""
ENDS = 30.0
"""Seconds for a server without work under way to end."""
ADDRESS = re.compile(r"^netdojo: (http://127\.0\.0\.1:(\d+)/netdojo/\?token=[0-9a-f]{48})$")
TAKEN = """
import sys, pathlib
from netdojo.errors import HostNotReady
from netdojo.portal import serving

serving.free_port = int
try:
    serving.serve(pathlib.Path(sys.argv[1]), port=int(sys.argv[2]))
except HostNotReady as refused:
    print(refused)
"""

Serve = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of its own whose lessons have never been built."""
    folder = tmp_path / "course"
    shutil.copytree(COURSE, folder)
    (folder / "docs").mkdir()
    (folder / "docs" / "index.md").write_text("# The first text\n", encoding="utf-8")
    (folder / "mkdocs.yml").write_text(SITE, encoding="utf-8")
    return folder


@pytest.fixture
def serve(course: Path, tmp_path: Path) -> Iterator[Serve]:
    """Start servers of the course in a home of their own; what is still running at the end is ended."""
    running: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "netdojo.cli", "--course", str(course), "serve", *words],
            env={**os.environ, "NETDOJO_HOME": str(tmp_path / "home")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def listening(process: subprocess.Popen[str], said: list[str] | None = None) -> tuple[str, int]:
    """Return the address that a server prints, and its port; what it says before is added to `said`."""
    assert process.stdout is not None
    deadline = time.monotonic() + STARTS
    said = [] if said is None else said
    while time.monotonic() < deadline and select.select([process.stdout], [], [], deadline - time.monotonic())[0]:
        line = process.stdout.readline()
        if found := ADDRESS.match(line):
            return found[1], int(found[2])
        said.append(line)
        if not line:
            break
    pytest.fail(f"no address within {STARTS:g} s: {''.join(said)}")


def lessons(address: str) -> str:
    """Return the first page of the lessons."""
    return asked(address, "/netdojo/lessons/")[1]


def asked(address: str, path: str, data: bytes | None = None) -> tuple[int, str]:
    """Return status and text of what a server gives at `path`, signed in by the address's token."""
    place, _, token = address.partition("/netdojo/?token=")
    request = urllib.request.Request(place + path, data=data, headers={"Authorization": f"token {token}"})
    with urllib.request.urlopen(request) as answer:
        return answer.status, answer.read().decode()


def served(serve: Serve) -> str:
    """Return the first page of the lessons as a server of its own shows it, which ends again."""
    process = serve("--port", "0")
    page = lessons(listening(process)[0])
    process.terminate()
    process.wait(ENDS)
    return page


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_lessons_are_built_when_they_are_stale(course: Path, serve: Serve) -> None:
    """What is served is what the sources say: built at first, left alone while current, built anew after a change."""
    page, built = course / "docs" / "index.md", course / "build" / "site" / "index.html"

    assert "The first text" in served(serve)
    before = built.stat().st_mtime_ns
    assert "The first text" in served(serve)
    assert before == built.stat().st_mtime_ns
    page.write_text("# Another text\n", encoding="utf-8")
    assert "Another text" in served(serve)


def test_next_free_port_is_taken_and_printed(serve: Serve) -> None:
    """A second server beside the first says where it is, and why not where it was to be, and both answer."""
    port = free_port()
    said: list[str] = []
    first, one = listening(serve("--port", str(port)), said)
    assert "is taken" not in "".join(said)
    second, other = listening(serve("--port", str(port)), said)

    assert f"netdojo: port {port} is taken, so this is at {other}\n" in said
    assert port == one
    assert port < other <= port + 50
    assert "The first text" in lessons(first)
    assert "The first text" in lessons(second)


def test_last_port_that_there_is(serve: Serve) -> None:
    """Where no higher port is left, none beyond 65535 is tried: the next step is told, exit code 3."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 65535))
        taken.listen()
        process = serve("--port", "65535")
        said, _ = process.communicate(timeout=STARTS)

    assert 3 == process.returncode
    assert "netdojo: no free port from 65535 to 65535 on 127.0.0.1\n  Name another with --port.\n" in said


def test_server_that_jupyter_gives_up_says_why(serve: Serve, tmp_path: Path) -> None:
    """Settings that Jupyter refuses are told in its words, and not as a port that was taken; exit code 3."""
    settings = tmp_path / "home" / "jupyter" / "config" / "jupyter_server_config.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"ServerApp": {"min_open_files_limit": "many"}}', encoding="utf-8")
    process = serve("--port", "0")
    said, _ = process.communicate(timeout=STARTS)

    assert 3 == process.returncode
    assert "netdojo: Jupyter does not start: Bad config encountered during initialization: " in said
    assert "min_open_files_limit" in said
    assert "was taken meanwhile" not in said


def test_port_that_is_taken_meanwhile_is_told_as_that(tmp_path: Path) -> None:
    """Between the look for a free port and Jupyter's own, somebody else may have it; exit code 3."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-c", TAKEN, str(COURSE), str(port)],
            env={**os.environ, "NETDOJO_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            timeout=STARTS,
            check=False,
        )

    assert f"port {port} on 127.0.0.1 was taken meanwhile\n  Start it again.\n" == ended.stdout


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
def test_bad_port_is_refused(serve: Serve, port: str) -> None:
    """It ends at once with 2, and prints no address."""
    process = serve("--port", port)
    said, _ = process.communicate(timeout=STARTS)

    assert 2 == process.returncode
    assert "--port" in said
    assert "http://" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_server_ends_on_a_signal_and_leaves_nothing(serve: Serve, tmp_path: Path, number: signal.Signals) -> None:
    """With a kernel under way: no process of it, no open port, no runtime file; exit code 0."""
    process = serve("--port", "0")
    address, port = listening(process)
    assert 201 == asked(address, "/api/kernels", b"{}")[0]
    assert any("ipykernel" in command for command in processes_of(tmp_path))

    process.send_signal(number)
    said, _ = process.communicate(timeout=ENDS)

    assert 0 == process.returncode, said
    assert "a fault of netdojo" not in said
    assert [] == processes_of(tmp_path)
    assert [] == [file.name for file in (tmp_path / "home" / "jupyter" / "runtime").glob("*.json")]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
