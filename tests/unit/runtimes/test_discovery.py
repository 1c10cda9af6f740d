"""What passes for the keeper of a network, and what does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from netdojo.runtimes import discovery
from netdojo.runtimes.kernel import KEEPER

POSE = "import ctypes, sys; ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0); print(flush=True); input()"


@pytest.mark.parametrize(
    "words", [[], ["7", "no-number"], ["7", "99"], ["from netdojo.runtimes.x.supervisor", "1", "0"]]
)
def test_process_that_only_has_the_name_is_no_keeper(words: list[str]) -> None:
    """Without a folder behind the descriptor that its command line names, it is passed over."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", POSE, KEEPER, *words], **pipes) as posing:  # type: ignore[call-overload]
        posing.stdout.readline()
        found = discovery.keeper_of(posing.pid)
        posing.kill()

    assert found is None or "pipe:" in str(found.folder)
    assert discovery.keeper_of(os.getpid()) is None


def test_another_users_network_is_what_the_kernel_says_of_it(tmp_path: Path) -> None:
    """Root lists it with its memory and age; nothing in its folder is opened, whatever is there."""
    folder = tmp_path / "home" / "networks" / "lab"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "network.json")
    found = discovery.listing(discovery.Keeper(os.getpid(), os.getuid() + 1, folder, folder, "namespaces"))

    assert ("lab", tmp_path / "home", None) == (found.name, found.home, found.idle)
    assert found.memory > 1e6
    assert found.uptime > 0


def test_home_is_two_above_the_folder() -> None:
    """As the folder of networks lies in it."""
    assert Path("/srv/home") == discovery.home_of(Path("/srv/home/networks/lab"))


def test_age_is_in_seconds() -> None:
    """This process is not older than the machine, and one that is not there has none."""
    assert 0 <= discovery.age(os.getpid()) <= discovery.age(1)
    assert 0 == discovery.age(2**30)
