"""The learner's API inside the grader's sandbox: the network is there already, and the grader judges from outside."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from netdojo.errors import NotFound
from netdojo.model import Lab, Network
from netdojo.notebook.connecting import connection
from netdojo.notebook.shown import Shown, say

VARIABLE = "NETDOJO_NETWORK"


def attached_network() -> Network | None:
    """Return the network that the grader names in NETDOJO_NETWORK, or None outside of a sandbox."""
    file = os.environ.get(VARIABLE)
    return Network.model_validate_json(Path(file).read_text()) if file else None


class AttachedSession:
    """The same verbs as a learner's session; those that change or judge the network leave that to the grader."""

    def __init__(self, lab: Lab, folder: Path, network: Network) -> None:
        self.lab = lab
        self.folder = folder
        self.network = network

    def deploy(self) -> Shown:
        return say(f"{self.network.name} is deployed: {len(self.network.access)} nodes.")

    def show(self) -> Shown:
        return self.deploy()

    def connect(self, node: str) -> Any:
        """Return an open netmiko connection to `node`."""
        return connection(self.network, node)

    def check(self, task: str | None = None) -> Shown:
        """Leave the judging to the grader; raises NotFound for a task that is not there."""
        if task is not None:
            self.known(task)
        return say("The grader checks this from outside.")

    def hint(self, task: str) -> Shown:
        self.known(task)
        return say("Hints are for the lab; the grader needs none.")

    def reset(self) -> Shown:
        return say("The grader deploys a fresh network; it is not reset here.")

    def save(self) -> Shown:
        return say("The grader reads what was saved in the lab.")

    def submit(self) -> Shown:
        return say("This is the submission.")

    def known(self, task: str) -> None:
        """Raise NotFound unless the lab has `task`."""
        names = [one.id for one in self.lab.tasks]
        if task not in names:
            raise NotFound("task", task, names)
