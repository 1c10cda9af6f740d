"""Starts the nodes of a network in namespaces, in the order of their stages: tree, entrypoint, program, commands."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from netdojo.runtimes import settings
from netdojo.runtimes.programs import IMAGE
from netdojo.runtimes.serving import commands
from netdojo.runtimes.serving.processes import Processes, all_pids
from netdojo.runtimes.serving.telling import note
from netdojo.runtimes.serving.terminals import start_on_terminal

if TYPE_CHECKING:
    from netdojo.runtimes.namespaces.nodes import LiveNode
    from netdojo.runtimes.serving.telling import Teller

STEP_DEADLINE = 25.0
STEP_A_NODE = 0.5
"""Seconds for a node's entrypoint, and for each command of a stage or of `exec`; and what each node adds to them."""
STAGES = ("create", "create-links", "configure")
"""What a node goes through here; all links are there before the first node is started."""
NOTHING: dict[str, list[Any]] = {"wait_for": [], "exec": []}
_FIND = ("sh", "-c", 'command -v "$0"')


class InNamespaces:
    """The nodes of a network in namespaces, which are there before they are served.

    It holds which stages are over, for the nodes that wait for them; when one node fails, those that wait start no
    more.
    """

    def __init__(self, nodes: dict[str, LiveNode]) -> None:
        self._nodes = nodes
        self._deadline = STEP_DEADLINE + STEP_A_NODE * len(nodes)
        self._over = {(name, stage): asyncio.Event() for name in nodes for stage in STAGES}
        self._failed = False

    async def begin(self, processes: Processes, told: Teller) -> dict[str, LiveNode]:  # noqa: ARG002  # Site names it
        for node in self._nodes.values():
            processes.watch(node.pid).add_done_callback(partial(_stopped, node))
        return self._nodes

    async def start(self, processes: Processes, node: LiveNode) -> str:
        """Take a node through its stages, then run its `exec` lines; return what went wrong, or nothing."""
        failure = await self._pass_through(processes, node)
        failure = _ended_early(node) or failure
        if failure:
            self._failed = True
            for event in self._over.values():
                event.set()
        return failure

    async def _pass_through(self, processes: Processes, node: LiveNode) -> str:
        for name in STAGES:
            stage = node.plan["stages"].get(name, NOTHING)
            for wait in stage["wait_for"]:
                await self._over[wait["node"], wait["stage"]].wait()
            if self._failed:
                return ""
            if failure := await self._run_stage(processes, node, stage, name):
                return failure
            self._over[node.name, name].set()
        return await commands.run_steps(processes, node, node.plan["exec"], self._deadline)

    async def _run_stage(self, processes: Processes, node: LiveNode, stage: dict[str, Any], name: str) -> str:
        """Run a stage's commands around its work: the node's tree in create; in configure first the image's entrypoint.

        The entrypoint starts as soon as there is a tree, as in a container.
        """
        entering, leaving = (
            [one["words"] for one in stage["exec"] if one["phase"] == phase] for phase in ("on-enter", "on-exit")
        )
        return (
            (await self._create(processes, node) if name == "create" else "")
            or (await node.preparing if name == "configure" and node.preparing else "")
            or await commands.run_steps(processes, node, [*entering, *leaving], self._deadline)
        )

    async def _create(self, processes: Processes, node: LiveNode) -> str:
        """Wait for the node's tree, and start what prepares the node."""
        made = commands.Output(node.ready)
        await made.ended
        if made.kept != b"ok":
            return f"node {node.name} could not be made: {made.kept.decode() or 'it ended'}"
        if failure := await commands.run_steps(processes, node, settings.late(node.plan["sysctls"]), self._deadline):
            return failure
        node.preparing = asyncio.ensure_future(self._prepare(processes, node))
        return ""

    async def _prepare(self, processes: Processes, node: LiveNode) -> str:
        """Run the image's entrypoint to its end, and start the node's own program."""
        main: list[str] = node.plan["main"]
        prepare = [] if node.plan["own_entrypoint"] else [[f"{IMAGE}/entrypoint"]]
        failure = await commands.run_steps(processes, node, prepare, self._deadline)
        if failure or not main:
            return failure
        if await commands.run_steps(processes, node, [[*_FIND, main[0]]], self._deadline):
            return f"node {node.name}: there is no program {main[0]!r} for it to run"
        words, env = node.inside(main)
        node.main = start_on_terminal(processes, words, {**env, "TERM": "xterm"})
        node.main.add_done_callback(partial(_end, node))
        return ""

    def pids(self) -> Iterable[int]:
        """Return every process of the network: its pid namespace is its own."""
        return all_pids()


def _ended_early(node: LiveNode) -> str:
    """Return what became of the node's own program if it is over before the node is ready."""
    if node.main is None or not node.main.done():
        return ""
    words = shlex.join(node.plan["main"])
    return f"node {node.name}: {words!r} ended with code {node.main.result()}, and must keep running"


def _end(node: LiveNode, ended: asyncio.Future[int]) -> None:
    """End a node whose own program has ended, as a container ends with its first process."""
    note(f"node {node.name}: {shlex.join(node.plan['main'])!r} ended with code {ended.result()}\n".encode())
    with suppress(ProcessLookupError):
        os.kill(node.pid, signal.SIGKILL)


def _stopped(node: LiveNode, ended: asyncio.Future[int]) -> None:
    node.running = False
    note(f"node {node.name} has stopped with code {ended.result()}\n".encode())
