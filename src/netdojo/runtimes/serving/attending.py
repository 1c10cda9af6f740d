"""What breaking a network asks of its supervisor: programs held beside a node, processes ended, power off and on."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from netdojo.runtimes.programs import IMAGE, program
from netdojo.runtimes.serving import commands, observe
from netdojo.runtimes.serving.kinship import pid_space
from netdojo.runtimes.serving.processes import all_pids, command_line, end_session, session_members

if TYPE_CHECKING:
    from netdojo.runtimes.serving.node import ServedNode
    from netdojo.runtimes.serving.processes import Processes

BOOT_DEADLINE = 60.0
"""Seconds for a node's entrypoint and for each of its `exec` lines when it is switched on again."""
END_DEADLINE = 5.0
"""Seconds within which killed processes are gone."""
_POLL = 0.01


class Attendants:
    """Programs that run beside nodes until they are released, each under a key; they end with the network."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._held: dict[str, tuple[int, asyncio.Future[int]]] = {}

    async def answer(self, node: ServedNode | None, request: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked: hold, release, held, beside, processes, kill, power."""
        verb = request["verb"]
        if verb in {"release", "held"}:
            return await self._release(request["key"]) if verb == "release" else self._running()
        if node is None or not node.running:
            return {"gone": True}
        if verb == "hold":
            return self._hold(node, request["key"], request["argv"])
        if verb == "beside":
            return await self._beside(node, request)
        if verb == "processes":
            return {"processes": [_described(pid) for pid in processes_of(node)]}
        if verb == "kill":
            return {"left": await kill(node, lambda name: name in request["names"])}
        return await (self._boot(node) if request["on"] else _cut_power(node))

    def _hold(self, node: ServedNode, key: str, argv: list[str]) -> dict[str, Any]:
        """Start a program that dies with this process; what it says goes to the network's log."""
        words, env = node.beside(argv)
        null = os.open(os.devnull, os.O_RDONLY)
        try:
            attended = [program("setpriv"), "--pdeathsig", "KILL", *words]
            self._held[key] = self._processes.start(attended, (null, 1, 2), env)
        finally:
            os.close(null)
        return {}

    async def _release(self, key: str) -> dict[str, Any]:
        """End a program with all that it started, also what it starts while it is being ended."""
        leader, _ = self._held.pop(key, (0, None))
        end = asyncio.get_running_loop().time() + END_DEADLINE
        while leader and [pid for pid in session_members(leader) if command_line(pid)]:
            if asyncio.get_running_loop().time() > end:
                return {"left": True}
            end_session(leader)
            await asyncio.sleep(_POLL)
        return {"left": False}

    def _running(self) -> dict[str, Any]:
        return {"held": [key for key, (_, ended) in self._held.items() if not ended.done()]}

    async def _beside(self, node: ServedNode, request: dict[str, Any]) -> dict[str, Any]:
        """Run the host's own command on the node's network, whether the node has power or not."""
        words, env = node.beside(request["argv"])
        stdin = base64.b64decode(request["stdin"])
        code, out, err = await commands.run(self._processes, words, env, stdin, request["timeout"])
        return {"code": code, "stdout": base64.b64encode(out).decode(), "stderr": base64.b64encode(err).decode()}

    async def _boot(self, node: ServedNode) -> dict[str, Any]:
        """Run the image's entrypoint and the `exec` lines; a line that fails keeps no node from booting."""
        failure = await commands.run_steps(self._processes, node, [[f"{IMAGE}/entrypoint"]], BOOT_DEADLINE)
        if failure:
            return {"failure": failure}
        node.powered = True
        lines = [await commands.run_steps(self._processes, node, [line], BOOT_DEADLINE) for line in node.plan["exec"]]
        node.services = observe.services(node)
        return {"failure": "", "notes": [line for line in lines if line]}


async def _cut_power(node: ServedNode) -> dict[str, Any]:
    """End every process of a node beyond those that keep its namespaces."""
    node.powered = False
    return {"left": await kill(node, lambda _: True)}


async def kill(node: ServedNode, chosen: Callable[[str], bool]) -> list[str]:
    """Kill the processes of a node whose name is `chosen` until there are none; return those that are left."""
    end = asyncio.get_running_loop().time() + END_DEADLINE
    while True:
        found = [(pid, name) for pid, name in _named(processes_of(node)) if chosen(name)]
        if not found or asyncio.get_running_loop().time() > end:
            return [name for _, name in found]
        for pid, _ in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(_POLL)


def processes_of(node: ServedNode) -> list[int]:
    """Return the processes of a node, without those that keep its namespaces and those that have ended."""
    space, kept = pid_space(node.pid), node.keepers
    return [pid for pid in all_pids() if pid not in kept and pid_space(pid) == space and command_line(pid)]


def _named(pids: Iterable[int]) -> Iterable[tuple[int, str]]:
    for pid in pids:
        with suppress(OSError), open(f"/proc/{pid}/comm", errors="replace") as file:
            yield pid, file.read().strip()


def _described(pid: int) -> dict[str, Any]:
    """Return what is needed to start a process again, and whether it leads a session, as a daemon does."""
    described: dict[str, Any] = {"pid": pid, "name": "", "argv": command_line(pid), "env": [], "files": "1024"}
    described["leads"] = False
    with suppress(OSError):
        described["leads"] = os.getsid(pid) == pid
        described["name"] = next((name for _, name in _named([pid])), "")
        with open(f"/proc/{pid}/environ", errors="replace") as file:
            described["env"] = [one for one in file.read().split("\0") if one]
        with open(f"/proc/{pid}/limits") as file:
            described["files"] = next(line.split()[3] for line in file if line.startswith("Max open files"))
    return described
