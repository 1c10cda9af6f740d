"""The learner's API: a lab that is deployed, looked at, checked and submitted from a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import Any

from netdojo import checks, drawing, places, runtimes, tables
from netdojo.content import find_course, find_lab, read_topology
from netdojo.errors import NotFound, WrongUse
from netdojo.grading import submit_elsewhere
from netdojo.model import Course, Lab, Network, Progress, Result, TaskReport, Verdict
from netdojo.notebook import keeping
from netdojo.notebook.breaking import Imposed, show_faults
from netdojo.notebook.connecting import connection
from netdojo.notebook.learner import NotebookKernel
from netdojo.notebook.packets import Packets
from netdojo.notebook.saving import require_saved
from netdojo.notebook.shown import Checked, Shown, Ticker, say, show_receipt
from netdojo.runtimes import capture_files, forgetting, inventories
from netdojo.runtimes.fabric import LiveFabric


class LabSession:
    """A lab in the hands of its learner. Everything that matters is kept by the network and the workspace."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.folder = folder

    def __repr__(self) -> str:
        return f"{self.lab.title}: {self.lab.manifest.summary}"

    @property
    def network(self) -> Network:
        """The lab's network; raises WrongUse when it is not deployed."""
        try:
            return runtimes.find(self.lab.slug)
        except NotFound:
            found = runtimes.forgotten(self.lab.slug)
            if found is None:
                raise WrongUse("the lab's network is not deployed", help="Run lab.deploy() first.") from None
            raise WrongUse(f"the lab's network {forgetting.said(found)}", help="Run lab.deploy() again.") from None

    def deploy(self) -> Shown:
        """Deploy the lab's network and show it once each node takes commands; one that runs is shown as it is."""
        running = self.running()
        if running is not None:
            say("The network runs already, and this is its state now; lab.reset() gives you the start again.")
            return self.show(running)
        return self.deploy_anew()

    def deploy_anew(self, instead: Network | None = None) -> Shown:
        """Deploy the network, in place of the one that is there, if any, and show it."""
        ticker = Ticker()
        topology, start = read_topology(self.lab.topology_file, runtimes.check), self.lab.start

        def tell(step: Progress) -> None:
            ticker.tell(timed(step))

        if instead is None:
            return self.show(runtimes.deploy(topology, name=self.lab.slug, overlay=start, tell=tell))
        return self.show(runtimes.redeploy(instead, topology, overlay=start, tell=tell))

    def running(self) -> Network | None:
        """Return the lab's network, or None while it is not deployed."""
        return next((network for network in runtimes.networks() if network.name == self.lab.slug), None)

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

    def inspect(self, node: str | None = None) -> Shown:
        """Show what runs in `node` (addresses, links, ports, processes, memory), or a line for each node."""
        detail = runtimes.examine(self.network, *([node] if node else []))
        found = tables.of_node(detail.nodes[node]) if node else [tables.of_network(detail)]
        head = [f"{node}: {tables.words(detail.nodes[node])}"] if node else []
        return Shown(
            "\n\n".join([*head, *map(tables.text, found)]),
            "".join([*(f"<p>{escape(line)}</p>" for line in head), *map(tables.html, found)]),
        )

    def connect(self, node: str) -> Any:
        """Return an open netmiko connection to `node`; raises NotFound with the near name."""
        return connection(self.network, node)

    def capture(
        self, place: str, filter: str = "", *, seconds: float | None = None, count: int | None = None
    ) -> Packets:
        """Capture what passes `place` ("leaf1:eth1"): `with lab.capture("leaf1:eth1", "icmp") as packets:`.

        It listens from entering to leaving, or until there are `count` packets. With `seconds` it needs no `with`, and
        is over when they are. `filter` is in tcpdump's words. Raises as `netdojo.runtimes.capture` does.
        """
        file = capture_files.new(self.folder, place)
        packets = Packets(place, file, runtimes.capture(self.network, place, filter, to=file, count=count))
        if seconds is None:
            return packets
        with packets:
            return packets.wait(seconds)

    def inventory(self, format: str) -> Path:
        """Write an inventory of the network for a tool ("ansible", "netmiko", "nornir", "ssh"); return where it is.

        It is in the workspace's inventories/ folder and for your eyes only, since it holds the network's password.
        After lab.reset() it has to be written anew. Raises NotFound with the near format.
        """
        return inventories.keep(self.network, format, self.folder)

    def fault(self, kind: str, target: str, **options: Any) -> Imposed:
        """Break the network: `lab.fault("loss", "leaf1:eth1", percent=20)`; in a `with` block, for as long as it lasts.

        Raises as `netdojo.runtimes.fault` does.
        """
        network = self.network
        return Imposed(network, runtimes.fault(network, kind, target, **options))

    def faults(self) -> Shown:
        """Show what the network was broken with, and what is in force."""
        return show_faults(runtimes.faults(self.network))

    def lift(self, id: int | None = None) -> Shown:
        """Lift the fault `id`, or every one."""
        return show_faults(runtimes.lift(self.network, id))

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
        """Show the next hint of `task`, from where the workspace has come to; the last one stays."""
        found = self.task(task)
        if not found.hints:
            return say(f"{found.title} has no hints.")
        number = checks.open_hint(self.folder, task, len(found.hints))
        return say(f"Hint {number} of {len(found.hints)}: {found.hints[number - 1]}")

    def reset(self) -> Shown:
        """End the network and deploy it anew from the start; the notebook and its variables stay as they are."""
        network = self.running()
        shown = self.deploy_anew(network)
        checks.forget(self.folder)
        return shown

    def save(self, folder: str | Path | None = None) -> Shown:
        """Save the network in `folder`, or in the workspace's saved/, and the routers' configurations in its configs/.

        lab.restore() gives the network back. The grader reads configs/ alone, in a lab that hands it in.
        """
        saved = keeping.save(self.network, self.folder, Path(folder) if folder is not None else None)
        return say(keeping.saved_text(self.lab, saved))

    def restore(self, folder: str | Path | None = None) -> Shown:
        """Deploy the network as it was saved in `folder`, or in the workspace's saved/, and show it."""
        ticker = Ticker()
        given = Path(folder) if folder is not None else None
        return self.show(keeping.restore(self.lab, self.folder, given, tell=lambda step: ticker.tell(timed(step))))

    def diff(self, against: str | Path | None = None) -> Shown:
        """Show what you changed in the network since its start, or since the save in the folder `against`."""
        changes = runtimes.diff(self.network, Path(against) if against is not None else None)
        return Shown(changes.text(), keeping.changes_html(changes))

    def submit(self) -> Shown:
        """Grade the saved notebook on a fresh network, record the result, and show it."""
        require_saved(self.folder / f"{self.lab.slug}.ipynb", self.lab.tasks)
        ticker = Ticker()
        return show_receipt(submit_elsewhere(self.lab.slug, self.folder, tell=lambda p: ticker.tell(timed(p))))

    def task(self, id: str) -> Any:
        """Return the task `id`; raises NotFound with the near one."""
        try:
            return self.lab.task(id)
        except KeyError:
            raise NotFound("task", id, [task.id for task in self.lab.tasks]) from None


def timed(progress: Progress) -> str:
    """Return a step of long work as a line, with its time."""
    return f"{progress.line} ({progress.elapsed:.1f} s)"


def passed_names(results: list[Result]) -> set[str]:
    """Return the names of the checks whose every result passed."""
    names = {result.check for result in results}
    return names - {result.check for result in results if result.verdict is not Verdict.passed}


def guards(found: tuple[checks.Check, ...], verdicts: dict[str, Verdict]) -> set[str]:
    """Return the checks of tasks that passed when they were last checked."""
    return {check.name for check in found if verdicts.get(check.task) is Verdict.passed}


def lab_of(course: Course, folder: Path) -> Lab:
    """Return the lab that has the name of `folder`; raises WrongUse, which says how to name another."""
    labs = {lab.slug: lab for lab in course.labs}
    if folder.name in labs:
        return labs[folder.name]
    shown = (get_close_matches(folder.name, labs, n=1) or sorted(labs) or ["LAB"])[0]
    raise WrongUse(
        f"no lab named {folder.name!r}: without a name, open_lab() takes that of its folder, {folder}",
        help=f'Open the notebook in the folder of its lab, or name the lab: open_lab("{shown}")',
    )


def open_lab(slug: str | None = None) -> Any:
    """Return the lab of this folder, or the lab `slug`.

    Raises NotFound with the near name when the course has no such lab, WrongUse in a folder that is no lab's.
    """
    from netdojo.notebook.attached import AttachedSession, attached_network
    from netdojo.notebook.shown import show_errors_as_sentences

    show_errors_as_sentences()
    folder = Path.cwd()
    course = find_course()
    lab = find_lab(course, slug) if slug else lab_of(course, folder)
    given = attached_network()
    if given is not None:
        return AttachedSession(lab, folder, given)
    return LabSession(lab, folder if slug is None else places.workspaces() / lab.slug)
