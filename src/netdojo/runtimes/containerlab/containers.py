"""The nodes of a network in containers: made by containerlab, entered by their namespaces."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netdojo.runtimes import kernel
from netdojo.runtimes.containerlab import engine
from netdojo.runtimes.programs import CLEAN_ENV, IMAGE, beside, program
from netdojo.runtimes.serving import commands
from netdojo.runtimes.serving.kinship import children_of, pid_space
from netdojo.runtimes.serving.processes import Processes, all_pids, command_line
from netdojo.runtimes.serving.service import BeginningFailed
from netdojo.runtimes.serving.telling import note

if TYPE_CHECKING:
    from netdojo.runtimes.serving.telling import Teller

NODE_START_DEADLINE = 60.0
"""Seconds for a node's entrypoint and for each of its `exec` lines."""

END_DEADLINE = 5.0
"""Seconds in which docker knows that a container's first process has ended."""

GONE_MEANWHILE = b"could not list containers"
"""What containerlab says, before it makes anything, when somebody else's container went while it looked at them all."""

SHELLS = {"nokia_srlinux": "sr_cli", "srl": "sr_cli", "arista_ceos": "Cli", "ceos": "Cli"}
"""What a session starts in the nodes of other vendors; a plain shell in those that are not named."""

_POLL = 0.02
_CREATING = re.compile(rb"Creating container name=(\S+)")
_PASSED_OVER = re.compile(
    r"^\S+ ERRO (Failed to execute command\b.*?|failed deploy links\b.*?)(?=^\d\d:\d\d:\d\d |\Z)",
    re.MULTILINE | re.DOTALL,
)
"""A command of a stage, or a link, that failed: containerlab 0.69 tells of it, goes on, and exits with 0."""


class Container:
    """A node in a container; its words are those of `netdojo.runtimes.serving.node.ServedNode`."""

    def __init__(self, plan: dict[str, Any], described: dict[str, Any], clean: str) -> None:
        self.name: str = plan["name"]
        self.plan = plan
        self.pid: int = described["State"]["Pid"]
        self.env = dict(one.split("=", 1) for one in described["Config"]["Env"])
        self.described = described
        self.run: str = plan["run"]
        self.net = kernel.socket_within(f"/proc/{self.pid}/ns/net")
        self.services: set[str] = set()
        self.running = True
        self.powered = True
        self._clean = clean

    def inside(self, argv: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
        enter = [program("nsenter"), "-t", str(self.pid), "-m", "-u", "-i", "-n", "-p", "--"]
        return [*enter, *argv], {**CLEAN_ENV, **self.env}

    def beside(self, argv: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
        words = beside(f"/proc/{self.pid}/ns/net", self.run, self._clean)
        return [*words, *argv], {**CLEAN_ENV, "HOME": "/nonexistent"}

    def shell(self, command: str | None) -> list[str]:
        start = f"{IMAGE}/shell" if self.plan["ours"] else SHELLS.get(self.plan["kind"], "sh")
        return [start, *(["-c", command] if command is not None else [])]

    @property
    def keepers(self) -> set[int]:
        """The first process, and the command that it was given: the container ends with either."""
        return {self.pid, *sorted(children_of([self.pid])[self.pid], key=began)[:1]}

    @property
    def prepared(self) -> bool:
        """Whether the image's entrypoint has done its work and become the command that keeps the container."""
        if not self.plan["ours"] or self.plan["own_entrypoint"]:
            return True
        running = [command_line(pid) for pid in children_of([self.pid])[self.pid]]
        return bool(running) and not any(f"{IMAGE}/entrypoint" in words[:3] for words in running)


class InContainers:
    """Where containerlab makes the nodes of a network."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        self._nodes: dict[str, Container] = {}

    async def begin(self, processes: Processes, told: Teller) -> dict[str, Container]:
        """Have containerlab make containers and links; raises BeginningFailed with what it said."""
        words = engine.deploy_words(Path(self._plan["file"]))

        def heard(data: bytes) -> None:
            for name in _CREATING.findall(data):
                told.say(phase="creating", node=name.decode())

        while True:
            code, out, err = await commands.run(processes, words, engine.environment(), b"", self._plan["ready"], heard)
            note(out + err)
            made = await asyncio.to_thread(engine.containers, Path(self._plan["folder"]))
            if not code or made or GONE_MEANWHILE not in err:
                break
        failures = [await asyncio.to_thread(ended, one) for one in made if not one["State"]["Pid"]]
        failures += passed_over(err)
        if code or failures:
            raise BeginningFailed("\n".join(failures) or f"containerlab: {complaint(err)}")
        try:
            self._take(made)
        except (FileNotFoundError, ProcessLookupError) as error:
            raise BeginningFailed("\n".join(await self._ended()) or str(error)) from error
        told.say(phase="wiring", total=len(self._nodes))
        return self._nodes

    async def _ended(self) -> list[str]:
        """Return how each container ended that has; docker may know of it a moment later than the kernel."""
        end = asyncio.get_running_loop().time() + END_DEADLINE
        while asyncio.get_running_loop().time() < end:
            now = await asyncio.to_thread(engine.containers, Path(self._plan["folder"]))
            if over := [one for one in now if not one["State"]["Pid"]]:
                return [await asyncio.to_thread(ended, one) for one in over]
            await asyncio.sleep(_POLL)
        return []

    def _take(self, made: list[dict[str, Any]]) -> None:
        """Enter each container that was made, watch over it, and make its links what they are in namespaces."""
        loop = asyncio.get_running_loop()
        by_name = {one["Config"]["Labels"]["clab-node-name"]: one for one in made}
        for plan in self._plan["nodes"]:
            node = Container(plan, by_name[plan["name"]], f"{self._plan['folder']}/judge")
            self._nodes[node.name] = node
            watch = os.pidfd_open(node.pid)
            loop.add_reader(watch, _stopped, node, watch, loop)
        for link in self._plan["links"]:
            for name, interface in (link["a"], link["b"]):
                if self._nodes[name].plan["kind"] == "linux":
                    kernel.switch_offloads_off(self._nodes[name].net, interface)

    async def start(self, processes: Processes, node: Container) -> str:
        """Wait for the entrypoint to do its work, then run the `exec` lines; return what went wrong, or nothing."""
        end = asyncio.get_running_loop().time() + NODE_START_DEADLINE
        while node.running and not node.prepared:
            if asyncio.get_running_loop().time() > end:
                return f"node {node.name}: its entrypoint had not ended after {NODE_START_DEADLINE:.0f} s"
            await asyncio.sleep(_POLL)
        if not node.running:
            now = await asyncio.to_thread(engine.described, [node.described["Id"]])
            return await asyncio.to_thread(ended, *now)
        return await commands.run_steps(processes, node, node.plan["exec"], NODE_START_DEADLINE)

    def pids(self) -> Iterable[int]:
        """Return the processes of every container, and this one."""
        spaces = {pid_space(node.pid) for node in self._nodes.values()}
        return [os.getpid(), *(pid for pid in all_pids() if pid_space(pid) in spaces)]


def ended(described: dict[str, Any]) -> str:
    """Return how a container came to its end, with its last words."""
    name = described["Config"]["Labels"]["clab-node-name"]
    said = engine.last_words(described)
    return f"node {name} ended with code {described['State']['ExitCode']}" + (f":\n{said}" if said else "")


def passed_over(said: bytes) -> list[str]:
    """Return what failed and did not keep containerlab from going on, each with what it said."""
    return [told.strip() for told in _PASSED_OVER.findall(said.decode(errors="replace"))]


def complaint(said: bytes) -> str:
    """Return what containerlab complained of, or the end of all that it said."""
    lines = said.decode(errors="replace").splitlines()
    faults = [line for line in lines if re.search(r"\b(ERRO|ERROR|FATA)\b|^\s*[Ee]rror", line)]
    return "\n".join(faults or lines[-10:])[-2000:]


def _stopped(node: Container, watch: int, loop: asyncio.AbstractEventLoop) -> None:
    node.running = False
    loop.remove_reader(watch)
    os.close(watch)
    note(f"node {node.name} has stopped\n".encode())


def began(pid: int) -> int:
    """Return when a process began, in ticks of the kernel's clock."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[19])
    return 0
