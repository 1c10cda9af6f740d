"""The learner's API inside the grader's sandbox: the network is there already, and the grader judges from outside."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from netdojo.errors import NotFound
from netdojo.model import Lab, Network
from netdojo.notebook.breaking import NotImposed
from netdojo.notebook.connecting import connection
from netdojo.notebook.packets import Nothing, Packets
from netdojo.notebook.shown import Shown, say
from netdojo.runtimes import capture_files, inventories

VARIABLE = "NETDOJO_NETWORK"


def attached_network() -> Network | None:
    """Return the network that the grader names in NETDOJO_NETWORK, or None outside of a sandbox."""
    file = os.environ.get(VARIABLE)
    return Network.model_validate_json(Path(file).read_text()) if file else None


class AttachedSession:
    """The same verbs as a learner's session; those that change or judge the network leave that to the grader.

    `left_out` names what was asked for that would have changed the network.
    """

    def __init__(self, lab: Lab, folder: Path, network: Network) -> None:
        self.lab = lab
        self.folder = folder
        self.network = network
        self.left_out: list[str] = []

    def deploy(self) -> Shown:
        return say(f"{self.network.name} is deployed: {len(self.network.access)} nodes.")

    def show(self) -> Shown:
        return self.deploy()

    def inspect(self, node: str | None = None) -> Shown:
        if node is not None and node not in (names := [access.name for access in self.network.access]):
            raise NotFound("node", node, names)
        return self.deploy()

    def connect(self, node: str) -> Any:
        """Return an open netmiko connection to `node`."""
        return connection(self.network, node)

    def capture(
        self,
        place: str,
        filter: str = "",
        *,
        seconds: float | None = None,
        count: int | None = None,  # noqa: ARG002  # as in the lab
    ) -> Packets:
        """Capture nothing: the sandbox has no way to a link."""
        say("The grader captures no packets.")
        file = capture_files.new(self.folder, place)
        packets = Packets(place, file, nullcontext(Nothing(place, filter, file)))
        if seconds is None:
            return packets
        with packets:
            return packets

    def inventory(self, format: str) -> Path:
        """Write an inventory of the network for a tool, as in the lab."""
        return inventories.keep(self.network, format, self.folder)

    def fault(self, kind: str, target: str, **_: Any) -> NotImposed:  # noqa: ARG002  # as the learner's session has it
        return NotImposed()

    def faults(self) -> Shown:
        return NotImposed()

    def lift(self, id: int | None = None) -> Shown:  # noqa: ARG002  # as the learner's session has it
        return NotImposed()

    def check(self, task: str | None = None) -> Shown:
        """Leave the judging to the grader; raises NotFound for a task that is not there."""
        if task is not None:
            self.known(task)
        return say("The grader checks this from outside.")

    def hint(self, task: str) -> Shown:
        self.known(task)
        return say("Hints are for the lab; the grader needs none.")

    def reset(self) -> Shown:
        self.left_out.append("reset")
        return say("The grader deploys a fresh network; it is not reset here.")

    def save(self, folder: str | Path | None = None) -> Shown:  # noqa: ARG002  # as a learner's session has it
        return say("The grader reads what was saved in the lab.")

    def restore(self, folder: str | Path | None = None) -> Shown:  # noqa: ARG002
        self.left_out.append("restore")
        return say("The grader deploys a network from the lab's start; nothing is restored here.")

    def diff(self, against: str | Path | None = None) -> Shown:  # noqa: ARG002
        return say("The grader judges what the network does, not what was changed in it.")

    def submit(self) -> Shown:
        return say("This is the submission.")

    def known(self, task: str) -> None:
        """Raise NotFound unless the lab has `task`."""
        names = [one.id for one in self.lab.tasks]
        if task not in names:
            raise NotFound("task", task, names)
