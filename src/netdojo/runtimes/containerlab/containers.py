"""The nodes of a network in containers: made by containerlab, entered by their namespaces."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netdojo import exhaustion
from netdojo.runtimes import kernel, settings
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

LAST_LINES = 20
"""Lines of what containerlab said that are told where it made no container."""
END_DEADLINE = 5.0
"""Seconds in which docker knows that a container's first process has ended."""

STOP_DELAY = 0.5
"""Seconds within which a node that has ended is seen to have, after a command in it was ended with it."""

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
_FAILED = re.compile(
    r'Failed to execute command command=("?)(?P<command>.*?)\1 node=(?P<node>\S+) rc=(?P<code>-?\d+)(?P<said>.*)',
    re.DOTALL,
)
_STREAM = re.compile(r'^\s*(stdout|stderr)=("")?', re.MULTILINE)


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
        await self._make_management(processes)
        words = engine.deploy_words(Path(self._plan["file"]), apart=self._plan["apart"])
        variables = engine.deploy_environment(Path(self._plan["folder"]))

        def heard(data: bytes) -> None:
            for name in _CREATING.findall(data):
                told.say(phase="creating", node=name.decode())

        making = Path(self._plan["folder"]) / engine.MAKING
        making.touch()
        while True:
            code, out, err = await commands.run(processes, words, variables, b"", self._plan["ready"], heard)
            note(out + err)
            made = await asyncio.to_thread(engine.containers, Path(self._plan["folder"]))
            if not code or made or GONE_MEANWHILE not in err:
                break
        if not code:
            making.unlink()
        failures = [await asyncio.to_thread(ended, one) for one in made if not one["State"]["Pid"]]
        failures += passed_over(err)
        if code or failures:
            raise BeginningFailed("\n".join(failures) or f"containerlab: {complaint(err)}")
        try:
            self._take(made, err)
        except (FileNotFoundError, ProcessLookupError) as error:
            raise BeginningFailed("\n".join(await self._ended()) or str(error)) from error
        told.say(phase="wiring", total=len(self._nodes))
        return self._nodes

    async def _make_management(self, processes: Processes) -> None:
        """Make the network that nodes of other vendors are managed by, where there are such; raises BeginningFailed."""
        if words := self._plan["management"]:
            argv = [engine.found(words[0]), *words[1:]]
            code, out, err = await commands.run(processes, argv, engine.environment(), b"", engine.PATIENCE)
            note(out + err)
            if code:
                raise BeginningFailed(f"mgmt: {err.decode(errors='replace').strip()}")

    async def _ended(self, name: str = "") -> list[str]:
        """Return how each container ended that has, or that of `name`; docker may know later than the kernel."""
        end = asyncio.get_running_loop().time() + END_DEADLINE
        while asyncio.get_running_loop().time() < end:
            now = await asyncio.to_thread(engine.containers, Path(self._plan["folder"]))
            if over := [one for one in now if not one["State"]["Pid"] and name in ("", name_of(one))]:
                return [await asyncio.to_thread(ended, one) for one in over]
            await asyncio.sleep(_POLL)
        return []

    def _take(self, made: list[dict[str, Any]], said: bytes) -> None:
        """Enter each container that was made, watch over it, and make its links what they are in namespaces.

        Raises BeginningFailed for a node without one, with the end of what containerlab has `said`.
        """
        loop = asyncio.get_running_loop()
        by_name = {name_of(one): one for one in made}
        if missing := [plan["name"] for plan in self._plan["nodes"] if plan["name"] not in by_name]:
            heard = "\n".join(said.decode(errors="replace").splitlines()[-LAST_LINES:])
            raise BeginningFailed(f"containerlab made no container for {', '.join(missing)}; it said:\n{heard}")
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
        """Bring a node up; return what went wrong, or nothing: of one that has ended, how it did."""
        failure = await self._bring_up(processes, node)
        end = asyncio.get_running_loop().time() + STOP_DELAY
        while failure and node.running and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(_POLL)
        return failure if node.running else "\n".join(await self._ended(node.name)) or failure

    async def _bring_up(self, processes: Processes, node: Container) -> str:
        """Wait for the entrypoint to do its work, then run the `exec` lines; return what went wrong, or nothing.

        Docker makes a container's settings before it has links: those of a link's interface come here.
        """
        late = settings.late(node.plan["sysctls"]) if node.plan["kind"] == "linux" else []
        if failure := await commands.run_steps(processes, node, late, NODE_START_DEADLINE):
            return failure
        end = asyncio.get_running_loop().time() + NODE_START_DEADLINE
        while node.running and not node.prepared:
            if asyncio.get_running_loop().time() > end:
                return f"node {node.name}: its entrypoint had not ended after {NODE_START_DEADLINE:.0f} s"
            await asyncio.sleep(_POLL)
        if not node.running:
            return f"node {node.name} ended"
        return await commands.run_steps(processes, node, node.plan["exec"], NODE_START_DEADLINE)

    def pids(self) -> Iterable[int]:
        """Return the processes of every container, and this one."""
        spaces = {pid_space(node.pid) for node in self._nodes.values()}
        return [os.getpid(), *(pid for pid in all_pids() if pid_space(pid) in spaces)]


def ended(described: dict[str, Any]) -> str:
    """Return how a container came to its end, with its last words."""
    said = engine.last_words(described) or described["State"]["Error"]
    code = described["State"]["ExitCode"]
    return f"node {name_of(described)} ended with code {code}" + (f":\n{said}" if said else "")


def name_of(described: dict[str, Any]) -> str:
    """Return the node that a container is."""
    return str(described["Config"]["Labels"]["clab-node-name"])


def passed_over(said: bytes) -> list[str]:
    """Return what failed and did not keep containerlab from going on, each with what it said."""
    return [_in_our_words(told.strip()) for told in _PASSED_OVER.findall(said.decode(errors="replace"))]


def _in_our_words(told: str) -> str:
    """Return containerlab's word of a command that failed as namespaces have it; any other as it is."""
    if not (failed := _FAILED.fullmatch(told)):
        return told
    streams = re.sub(r" stderr=", "\nstderr=", failed["said"])
    lines = [line.strip().removeprefix("│").strip() for line in _STREAM.sub("", streams).splitlines()]
    how = f"ended with code {failed['code']}"
    return commands.failure(failed["node"], failed["command"], how, "\n".join(filter(None, lines)))


def complaint(said: bytes) -> str:
    """Return what containerlab complained of: what it wants of the machine, its faults, or the end of all it said."""
    text = said.decode(errors="replace")
    faults = re.findall(r"^.*\b(?:ERRO|ERROR|FATA)\b.*$|^\s*[Ee]rror.*$", text, re.MULTILINE)
    return "\n".join(exhaustion.lines_of(text) or faults or text.splitlines()[-10:])[-2000:]


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
