"""What holds for every test: a home of its own, and nothing left behind when all have run."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[1]


@pytest.fixture(scope="session", autouse=True)
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the whole run one home, and find what any test left running when it ends."""
    folder = tmp_path_factory.mktemp("home")
    before = {name: os.environ.get(name) for name in ("NETDOJO_HOME", "NETDOJO_COURSE")}
    os.environ["NETDOJO_HOME"] = str(folder)
    os.environ["NETDOJO_COURSE"] = str(COURSE)
    yield folder
    left = processes_of(folder.parent)
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    assert [] == left, "processes are left running"


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Let what the tests start hear Ctrl-C, also where a shell has started the tests in its background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """Give each test the environment that the run began with: options of the command line are put into it."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give one test a home that no other test shares."""
    folder = tmp_path / "home"
    monkeypatch.setenv("NETDOJO_HOME", str(folder))
    return folder


def processes_of(folder: Path) -> list[str]:
    """Return the command lines of running processes, other than this one, whose environment names `folder`."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            environment = (process / "environ").read_bytes()
            if b"NETDOJO_HOME=" + str(folder).encode() in environment:
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return found
