"""The learner's API in a real kernel, on a real network."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import KernelManager

from netdojo import places, runtimes

SLUG = "netmiko-first-contact"
CELL_DEADLINE = 60


class Notebook:
    """A kernel in the lab's folder, and what its cells show."""

    def __init__(self, folder: Path) -> None:
        self.sockets = tempfile.TemporaryDirectory()
        self.manager = KernelManager(transport="ipc", ip=f"{self.sockets.name}/kernel")
        self.manager.start_kernel(cwd=str(folder))
        self.client = self.manager.client()
        self.client.start_channels()

    def run(self, source: str) -> str:
        """Run a cell and return what it shows, as text; errors are part of it."""
        return "\n".join(str(shown.get("text/plain", "")) for shown in self.shown(source))

    def shown(self, source: str) -> list[dict[str, Any]]:
        """Run a cell and return its outputs as bundles of MIME types."""
        found: list[dict[str, Any]] = []

        def keep(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] in {"display_data", "execute_result", "update_display_data"}:
                found.append(content["data"])
            elif message["msg_type"] == "stream":
                found.append({"text/plain": content["text"]})
            elif message["msg_type"] == "error":
                found.append({"text/plain": "\n".join(content["traceback"])})

        self.client.execute_interactive(source, timeout=CELL_DEADLINE, output_hook=keep, allow_stdin=False)
        return found

    def end(self) -> None:
        """End the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.sockets.cleanup()


@pytest.fixture(scope="module")
def notebook(session_home: Path) -> Iterator[Notebook]:
    """Give one kernel with the lab open and its network deployed."""
    folder = places.workspaces() / SLUG
    folder.mkdir(parents=True, exist_ok=True)
    found = Notebook(folder)
    try:
        found.client.wait_for_ready(timeout=CELL_DEADLINE)
        found.run("import json, netdojo\nlab = netdojo.open_lab()")
        assert "6 of 6 nodes running" in found.run("lab.deploy()")
        yield found
    finally:
        found.end()
        for network in runtimes.networks():
            if network.name == SLUG:
                runtimes.destroy(network)


def test_network_is_shown_as_picture_and_as_text(notebook: Notebook) -> None:
    """The network is an SVG in the notebook and words where there is no HTML."""
    shown = notebook.shown("lab.show()")[-1]

    assert "<svg" in shown["text/html"]
    assert "6 of 6 nodes running, 8 of 8 links up" in shown["text/plain"]


def test_node_is_looked_at_in_tables(notebook: Notebook) -> None:
    """inspect shows one node in full as tables, all nodes a line each, and suggests the near one."""
    shown = notebook.shown('lab.inspect("leaf1")')[-1]

    assert 3 == shown["text/html"].count("<table>")
    assert "spine1:eth1" in shown["text/html"]
    assert "/usr/lib/frr/bgpd" in shown["text/plain"]
    assert 7 == notebook.shown("lab.inspect()")[-1]["text/html"].count("<tr>")
    assert "did you mean 'leaf1'" in notebook.run('lab.inspect("lef1")')


def test_connection_speaks_with_the_router(notebook: Notebook) -> None:
    """connect gives a netmiko session to the node that is named."""
    cell = 'with lab.connect("leaf3") as leaf3:\n    print(json.loads(leaf3.send_command("show bgp summary json"))'
    assert "65013" in notebook.run(cell + '["ipv4Unicast"]["as"])')


def test_packets_are_a_table(notebook: Notebook) -> None:
    """What was captured in a `with` is a table of HTML and of text, a list of packets, and a file of the workspace."""
    cell = 'with lab.capture("leaf1:eth1", "icmp6", count=1) as packets:\n    packets.wait(30)\npackets'
    shown = notebook.shown(cell)[-1]

    folder = places.workspaces() / SLUG / "captures"
    assert "<td>ICMP6</td>" in shown["text/html"]
    assert f"1 packet at leaf1:eth1. For Wireshark: {folder}/leaf1-eth1-" in shown["text/plain"]
    assert f"ICMP6 1 {folder}\n" == notebook.run("print(packets[0].protocol, len(packets), packets.file.parent)")


def test_capture_for_some_seconds(notebook: Notebook) -> None:
    """With seconds it needs no `with`; a filter that is none is told as a sentence."""
    assert "packets at leaf1:eth2" in notebook.run('lab.capture("leaf1:eth2", seconds=0)')
    said = notebook.run('lab.capture("leaf1:eth2", "tcp prt 1", seconds=0)')
    assert "can't parse filter expression: syntax error" in said
    assert "Traceback" not in said


def test_packets_are_not_read_before_they_are_there(notebook: Notebook) -> None:
    """What has not begun says how it is used, and a capture is made once."""
    assert "to be used as: with lab.capture" in notebook.run('early = lab.capture("leaf1:eth1")\nearly')
    assert "Read them after the with block" in notebook.run("len(early)")
    assert "captured already" in notebook.run("with early:\n    pass\nwith early:\n    pass")


def test_inventory_is_a_path(notebook: Notebook) -> None:
    """lab.inventory gives where the file is, for a command line of the next tool."""
    file = places.workspaces() / SLUG / "inventories" / "ansible.yml"
    assert str(file) in notebook.run('print(lab.inventory("ansible"))')
    assert 0o600 == file.stat().st_mode & 0o777


def test_near_node_is_suggested(notebook: Notebook) -> None:
    """A node with a typo gets the near one, as a sentence and without a traceback."""
    said = notebook.run('lab.connect("leef3")')

    assert "no node named 'leef3'" in said
    assert "did you mean 'leaf3'?" in said
    assert "Traceback" not in said


def test_second_deploy_shows_what_runs(notebook: Notebook) -> None:
    """A lab that is deployed already is not deployed twice: it is shown, and what gives the start again is said."""
    before = runtimes.find(SLUG).pid
    said = notebook.run("lab.deploy()")

    assert "The network runs already" in said
    assert "lab.reset() gives you the start again" in said
    assert "6 of 6 nodes running" in said
    assert before == runtimes.find(SLUG).pid


def test_hints_open_one_at_a_time(notebook: Notebook) -> None:
    """Each call opens the next hint, also after the lab was opened again; the last one stays."""
    found = [notebook.run(f'{opening}lab.hint("find")') for opening in ("", "lab = netdojo.open_lab()\n", "", "")]

    assert ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"] == [text[:11] for text in found]


def test_check_says_what_is_missing(notebook: Notebook) -> None:
    """A check before the work is done says not yet, why, and what comes next; the result is remembered."""
    said = notebook.run('result = lab.check("find")\nresult.passed')

    assert "Not yet" in said
    assert "there is no function broken_sessions yet" in said
    assert "False" in said
    kept = json.loads((places.workspaces() / SLUG / ".netdojo" / "checks.json").read_text())
    assert "failed" == kept["find"]["verdict"]


def test_function_that_raises_is_told(notebook: Notebook) -> None:
    """An exception in the learner's function is part of the rationale."""
    said = notebook.run("def broken_sessions(summaries):\n    return summaries['x']\nlab.check('find')")

    assert "broken_sessions(…) raised KeyError: 'x'" in said


def test_results_are_shown_once(notebook: Notebook) -> None:
    """A check as the last expression of a cell is not shown twice."""
    bundles = [shown for shown in notebook.shown('lab.check("find")') if "Not yet" in shown.get("text/plain", "")]

    assert 1 == len(bundles)


def test_save_writes_each_configuration(notebook: Notebook) -> None:
    """save keeps the network and each node's running configuration, and says whether the lab grades it."""
    said = notebook.run("lab.save()")

    assert "Saved 6 nodes" in said
    assert "the configuration of 6 nodes in configs/" in said
    assert (places.workspaces() / SLUG / "saved" / "save.yml").is_file()
    assert "This lab grades the notebook, not these files." in said
    saved = (places.workspaces() / SLUG / "configs" / "leaf3.conf").read_text()
    assert ("hostname leaf3" in saved, "router bgp 65013" in saved) == (True, True)


def test_a_lab_is_left_and_taken_up_again(notebook: Notebook) -> None:
    """diff shows what was typed; restore brings a saved network back once the one that ran has ended."""
    assert "nothing has changed" in notebook.run("lab.diff()")
    network = runtimes.find(SLUG)
    words = ["vtysh", "-c", "conf t", "-c", "interface lo", "-c", "description <mine>"]
    assert runtimes.execute(network, "leaf1", words).ok
    shown = notebook.shown("lab.diff()")[-1]
    assert "+ description <mine>" in shown["text/plain"]
    assert "+ description &lt;mine&gt;" in shown["text/html"]
    notebook.run("lab.save('long-lab')")
    assert "End it first: netdojo lab destroy" in notebook.run("lab.restore('long-lab')")
    runtimes.destroy(network)
    assert "6 of 6 nodes running" in notebook.run("lab.restore('long-lab')")
    assert "nothing has changed" in notebook.run("lab.diff('long-lab')")
    assert "+ description <mine>" in notebook.run("lab.diff()")
    notebook.run("lab.reset()")


def test_submit_wants_a_saved_notebook(notebook: Notebook) -> None:
    """A notebook whose file lacks the running cell is not handed in by mistake."""
    file = places.workspaces() / SLUG / f"{SLUG}.ipynb"
    cells = [nbformat.v4.new_code_cell("print('before')")]  # type: ignore[no-untyped-call]  # no types
    file.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))  # type: ignore[no-untyped-call]  # no types
    try:
        said = notebook.run("lab.submit()")
    finally:
        file.unlink()

    assert "it does not have the cell that submits" in said
    assert "Save the notebook (Ctrl+S)" in said


def test_reset_gives_the_start_again(notebook: Notebook) -> None:
    """What was configured is gone after a reset; the notebook's variables are not."""
    change = (
        'kept = 7\nwith lab.connect("leaf1") as leaf1:\n    leaf1.send_config_set(["hostname changed"])\nlab.reset()'
    )
    assert "6 of 6 nodes running" in notebook.run(change)

    said = notebook.run('with lab.connect("leaf1") as leaf1:\n    print(kept, leaf1.find_prompt())')
    assert "7 leaf1#" in said
