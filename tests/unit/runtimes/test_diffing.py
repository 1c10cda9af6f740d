"""What differs between two states of a node, as a person reads it."""

from __future__ import annotations

from typing import Any

import pytest

from netdojo.model import Changes, FileKind, KernelState, LinkSetting, NodeChanges, SavedFile, SavedNode
from netdojo.runtimes import diffing
from netdojo.runtimes.save_files import SavedState
from netdojo.runtimes.states import ABSENT, FileSeen, NodeState

RUNNING = "frr version 8.4.4\nhostname a\n!\ninterface lo\n ip address 10.0.0.1/32\nexit\n!\nend\n"
MORE = RUNNING.replace("exit\n", " description mine\nexit\n", 1)


def state(**given: Any) -> NodeState:
    return NodeState(**{"configuration": RUNNING, "nftables": "", "kernel": KernelState(), "files": {}, **given})


def file(data: bytes, mode: str = "0644") -> FileSeen:
    return FileSeen(SavedFile(kind=FileKind.file, mode=mode), len(data), data)


def changed(start: NodeState, now: NodeState) -> NodeChanges:
    return diffing.changes(start, now, start)


def test_nothing_has_changed() -> None:
    """The same state, and one that differs in what FRR puts in by itself, are no change."""
    assert changed(state(), state()).nothing
    assert changed(state(), state(configuration=f"service integrated-vtysh-config\n{RUNNING}")).nothing
    assert "nothing has changed" == Changes(network="a", against=None, nodes={}).text()


@pytest.mark.parametrize("running", [RUNNING, MORE])
def test_a_written_configuration_is_no_change_of_a_file(running: str) -> None:
    """`write memory` puts the startup file into FRR's own form; only that it was written is told."""
    given = {diffing.STARTUP: file(b"interface lo\n ip address 10.0.0.1/32\nhostname a\n")}
    written = {diffing.STARTUP: file(running.removesuffix("end\n").encode(), "0640")}
    found = changed(state(files=given), state(configuration=running, files=written))

    assert {} == found.files
    told = ("/etc/frr/frr.conf: written from the running configuration",)
    assert (told if running == MORE else ()) == found.others


def test_a_startup_file_of_ones_own_is_a_change() -> None:
    """What somebody else than vtysh wrote there is shown."""
    found = changed(
        state(files={diffing.STARTUP: file(b"hostname a\n")}), state(files={diffing.STARTUP: file(b"hostname b\n")})
    )

    assert "-hostname a\n+hostname b\n" in found.files[diffing.STARTUP]


def test_files_are_told_by_what_became_of_them() -> None:
    """Text as a diff, the rest in a line each."""
    link = FileSeen(SavedFile(kind=FileKind.link, mode="0777", target="/b"))
    before = {"/text": file(b"a\n"), "/bytes": file(b"\0"), "/gone": file(b"x\n"), "/link": file(b"x"), "/new": ABSENT}
    now = {"/text": file(b"b\n", "0600"), "/bytes": file(b"\0\0"), "/gone": ABSENT, "/link": link, "/new": file(b"n\n")}
    found = changed(state(files=before), state(files=now))

    assert {"/text": "--- before /text\n+++ now /text\n@@ -1 +1 @@\n-a\n+b\n"} == {"/text": found.files["/text"]}
    assert ["/new", "/text"] == sorted(found.files)
    assert (
        "/bytes: changed, 2 bytes (before: 1)",
        "/gone: deleted, it was a file, mode 0644",
        "/link: link to /b (before: file, mode 0644)",
        "/new: new file, mode 0644",
        "/text: mode 0600 (before: 0644)",
    ) == found.others


def test_against_a_save_what_it_says_is_what_was() -> None:
    """Compared is with the save; a file that is again as at the start, and of which nothing is known, is named."""
    kernel = KernelState(links={"eth1": LinkSetting(mtu=1400)})
    files = {"/a": SavedFile(kind=FileKind.file), "/b": SavedFile(kind=FileKind.file)}
    node = SavedNode(configuration=True, nftables=False, kernel=kernel, files=files)
    saved = SavedState(node, MORE, "", {"/a": b"saved\n", "/b": b"saved\n"})
    start = state(kernel=KernelState(links={"eth1": LinkSetting()}), files={"/a": ABSENT})
    now = state(kernel=start.kernel, files={"/a": file(b"now\n")})
    found = diffing.changes(diffing.saved_before(start, now, saved), now, start)

    assert "- description mine\n" in found.configuration
    assert "-saved\n+now\n" in found.files["/a"]
    assert ("link eth1: mtu 1500 up (before: mtu 1400 up)",) == found.settings
    assert ("/b: as at the start, as saved it is file",) == found.others
