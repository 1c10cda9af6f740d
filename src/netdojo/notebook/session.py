"""The learner's API: a lab that is deployed, looked at, checked and submitted from a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any

from netdojo import checks, drawing, places, runtimes
from netdojo.content import find_course, find_lab, read_topology
from netdojo.errors import NodeUnreachable, NotFound, WrongUse
from netdojo.grading import submit_elsewhere
from netdojo.model import Lab, Network, Progress, Result, TaskReport, Verdict
from netdojo.notebook.connecting import connection
from netdojo.notebook.learner import NotebookKernel
from netdojo.notebook.saving import require_saved
from netdojo.notebook.shown import Checked, Shown, Ticker, say, show_receipt
from netdojo.runtimes.fabric import LiveFabric


class LabSession:
    """A lab in the hands of its learner. Everything that matters is kept by the network and the workspace."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.opened_hints: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"{self.lab.title}: {self.lab.manifest.summary}"

    @property
    def network(self) -> Network:
        """The lab's network; raises WrongUse when it is not deployed."""
        try:
            return runtimes.find(self.lab.slug)
        except NotFound:
            raise WrongUse("the lab's network is not deployed", help="Run lab.deploy() first.") from None

    def deploy(self) -> Shown:
        """Deploy the lab's network and show it once each node takes commands; one that runs is shown as it is."""
        running = next((network for network in runtimes.networks() if network.name == self.lab.slug), None)
        if running is not None:
            say("The network runs already, and this is its state now; lab.reset() gives you the start again.")
            return self.show(running)
        return self.deploy_anew()

    def deploy_anew(self) -> Shown:
        """Deploy the network and show it."""
        ticker = Ticker()
        network = runtimes.deploy(
            read_topology(self.lab.topology_file),
            name=self.lab.slug,
            overlay=self.lab.start,
            tell=lambda progress: ticker.tell(phase(progress)),
        )
        return self.show(network)

    def show(self, network: Network | None = None) -> Shown:
        """Show the network with its live state."""
        found = network or self.network
        state = runtimes.inspect(found)
        ways = "\n".join(f"ssh -F {found.ssh_config} {access.name}" for access in found.access)
        sentence = f"<p>{escape(drawing.summary(found.topology, state))}</p>"
        consoles = f"<details><summary>Consoles, from a terminal</summary><pre>{escape(ways)}</pre></details>"
        return Shown(
            f"{drawing.describe(found.topology, state)}\n{ways}",
            f"{drawing.draw(found.topology, state)}{sentence}{consoles}",
        )

    def connect(self, node: str) -> Any:
        """Return an open netmiko connection to `node`; raises NotFound with the near name."""
        return connection(self.network, node)

    def check(self, task: str | None = None) -> Checked:
        """Run the public checks of `task`, or of every task, on the live network and this notebook."""
        ticker = Ticker()
        wanted = [self.task(task)] if task else list(self.lab.tasks)
        reports = list(self.reports([one.id for one in wanted], ticker))
        checks.remember(self.folder, reports)
        return Checked(reports)

    def reports(self, wanted: list[str], ticker: Ticker) -> Iterator[TaskReport]:
        """Yield a report for each task of `wanted`, in the lab's order."""
        found = checks.load_checks(self.lab.folder / "checks.py")
        fabric = LiveFabric(self.network)
        verdicts = {task: report.verdict for task, report in checks.recall(self.folder).items()}
        holding = guards(found, verdicts)
        for task in self.lab.tasks:
            if task.id not in wanted:
                continue
            ticker.tell(f"Checking: {task.title}")
            results = checks.run_task(task.id, found, fabric=fabric, kernel=NotebookKernel(), passed=holding)
            report = checks.fold(task, results, verdicts)
            verdicts[task.id] = report.verdict
            holding |= passed_names(results)
            yield report

    def hint(self, task: str) -> Shown:
        """Show the next hint of `task`; the last one stays."""
        found = self.task(task)
        if not found.hints:
            return say(f"{found.title} has no hints.")
        number = min(self.opened_hints.get(task, 0) + 1, len(found.hints))
        self.opened_hints[task] = number
        return say(f"Hint {number} of {len(found.hints)}: {found.hints[number - 1]}")

    def reset(self) -> Shown:
        """End the network and deploy it anew from the start; the notebook and its variables stay as they are."""
        with suppress(WrongUse):
            runtimes.destroy(self.network)
        return self.deploy_anew()

    def save(self) -> Shown:
        """Write each node's running configuration into the workspace's configs/ folder."""
        folder = self.folder / "configs"
        folder.mkdir(exist_ok=True)
        network = self.network
        for node in network.topology.nodes:
            (folder / f"{node.name}.conf").write_text(running_configuration(network, node.name))
        handed_in = any(name.rstrip("/") == "configs" for name in self.lab.manifest.files)
        grade = "They are part of what you submit." if handed_in else "This lab grades the notebook, not these files."
        return say(f"Saved the configuration of {len(network.topology.nodes)} nodes in {folder}. {grade}")

    def submit(self) -> Shown:
        """Grade the saved notebook on a fresh network, record the result, and show it."""
        require_saved(self.folder / f"{self.lab.slug}.ipynb", self.lab.tasks)
        ticker = Ticker()
        return show_receipt(submit_elsewhere(self.lab.slug, self.folder, tell=lambda p: ticker.tell(phase(p))))

    def task(self, id: str) -> Any:
        """Return the task `id`; raises NotFound with the near one."""
        try:
            return self.lab.task(id)
        except KeyError:
            raise NotFound("task", id, [task.id for task in self.lab.tasks]) from None


def running_configuration(network: Network, node: str) -> str:
    """Return what the node itself calls its configuration; raises NodeUnreachable when it does not say."""
    answer = runtimes.execute(network, node, ["vtysh", "-c", "show running-config"])
    if not answer.ok:
        raise NodeUnreachable(
            f"{node} does not show its configuration: {answer.stderr.strip()}", help="Look at it with lab.show()."
        )
    return answer.stdout


def phase(progress: Progress) -> str:
    """Return a step of long work as a line."""
    count = f" {progress.done} of {progress.total}" if progress.total else ""
    node = f" {progress.node}" if progress.node else ""
    return f"{progress.phase}{node}{count} ({progress.elapsed:.1f} s)"


def passed_names(results: list[Result]) -> set[str]:
    """Return the names of the checks whose every result passed."""
    names = {result.check for result in results}
    return names - {result.check for result in results if result.verdict is not Verdict.passed}


def guards(found: tuple[checks.Check, ...], verdicts: dict[str, Verdict]) -> set[str]:
    """Return the checks of tasks that passed when they were last checked."""
    return {check.name for check in found if verdicts.get(check.task) is Verdict.passed}


def open_lab(slug: str | None = None) -> Any:
    """Return the lab of this folder, or the lab `slug`.

    Raises NotFound with the near name when the course has no such lab.
    """
    from netdojo.notebook.attached import AttachedSession, attached_network
    from netdojo.notebook.shown import show_errors_as_sentences

    show_errors_as_sentences()
    folder = Path.cwd()
    lab = find_lab(find_course(), slug or folder.name)
    given = attached_network()
    if given is not None:
        return AttachedSession(lab, folder, given)
    return LabSession(lab, folder if slug is None else places.workspaces() / lab.slug)
