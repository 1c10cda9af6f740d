"""What each node was like at its start, remembered when somebody is about to change it, and what it is like now.

Nothing is asked of a node before the first command or session in it: until then only its own programs have worked,
and a network is ready, and converges, without being looked at.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from netdojo import exhaustion
from netdojo.runtimes.programs import program
from netdojo.runtimes.serving import commands, files

if TYPE_CHECKING:
    from collections.abc import Callable

    from netdojo.runtimes.serving.node import ServedNode
    from netdojo.runtimes.serving.processes import Processes

QUESTIONS = {
    "links": "ip -d -j link show",
    "addresses": "ip -j address show",
    "routes4": "ip -N -o -4 route show table all",
    "routes6": "ip -N -o -6 route show table all",
    "rules4": "ip -N -o -4 rule show",
    "rules6": "ip -N -o -6 rule show",
    "vlans": "bridge -j vlan show",
    "qdiscs": "tc qdisc show",
    "nftables": "nft -s list ruleset",
    "sysctls": "grep -rs '' /proc/sys/net",
}
"""What is asked of a node's kernel by the host's own programs; an image need not have them."""
CONFIGURATION = ("vtysh", "-c", "show running-config no-header")
ANSWER_DEADLINE = 20.0
"""Seconds for a node's kernel and its daemons to tell what they are."""

Told = dict[str, Any]


class Starts:
    """The start of each node, remembered once."""

    def __init__(self, processes: Processes, plan: dict[str, Any]) -> None:
        self._processes = processes
        self._plan = plan
        self._tasks: dict[str, asyncio.Task[tuple[Told, dict[str, files.Seen], set[str]]]] = {}

    async def remember(self, node: ServedNode) -> None:
        """Return once the node's start is remembered; whoever asks next waits for the same.

        Raises what this machine has run out of; whoever asks after that tries anew.
        """
        if node.name not in self._tasks:
            self._tasks[node.name] = asyncio.ensure_future(self._record(node))
        task = self._tasks[node.name]
        await asyncio.wait([task])
        error = task.exception()
        if error is not None and exhaustion.refusal(error):
            self._tasks.pop(node.name, None)
            raise error

    async def _record(self, node: ServedNode) -> tuple[Told, dict[str, files.Seen], set[str]]:
        mounts = files.Mounts(node.pid, self._shared(node))
        found = await self._at_root(node, files.look_and_keep, mounts)
        return await self._ask(node), found, mounts.numbers

    async def compare(self, node: ServedNode, *, with_files: bool) -> Told:
        """Return what the node told at its start, what it tells now, and, where asked for, the files that differ."""
        await self.remember(node)
        start, found, known = self._tasks[node.name].result()
        now = await self._ask(node)
        mounts = files.Mounts(node.pid, self._shared(node), known)
        changed = await self._at_root(node, files.changes, mounts, found) if with_files else []
        return {"start": start, "now": now, "files": changed}

    async def place(self, node: ServedNode, wanted: list[Told]) -> Told:
        """Put files into the node; return what went wrong."""
        await self.remember(node)
        _, _, known = self._tasks[node.name].result()
        mounts = files.Mounts(node.pid, self._shared(node), known)
        return {"faults": await self._at_root(node, files.place, mounts, wanted)}

    async def _at_root(self, node: ServedNode, work: Callable[..., Any], *arguments: Any) -> Any:
        """Work on the node's files while the network's other sessions go on."""
        root = os.open(f"/proc/{node.pid}/root", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            return await asyncio.to_thread(work, root, *arguments)
        finally:
            os.close(root)

    async def _ask(self, node: ServedNode) -> Told:
        """Return what the kernel and the daemons tell now; what cannot be asked here is an empty text, or None."""
        script = "; ".join(rf"{question} 2>/dev/null; printf '\0'" for question in QUESTIONS.values())
        kernel, daemons = await asyncio.gather(
            self._run(node.beside([program("sh"), "-c", script])), self._run(node.inside(CONFIGURATION))
        )
        answers = kernel[1].decode(errors="replace").split("\0")
        told: Told = dict(zip(QUESTIONS, answers, strict=False))
        told["configuration"] = None if daemons[0] else daemons[1].decode(errors="replace")
        return told

    async def _run(self, prepared: Any) -> tuple[int, bytes, bytes]:
        words, env = prepared
        return await commands.run(self._processes, words, env, b"", ANSWER_DEADLINE)

    def _shared(self, node: ServedNode) -> set[str]:
        """Return where the node shows what lies elsewhere on this machine and is no copy: it is not the node's own."""
        described = next(one for one in self._plan["topology"]["nodes"] if one["name"] == node.name)
        staged = next(one for one in self._plan["nodes"] if one["name"] == node.name)
        copies = {bind["target"] for bind in staged["binds"]}
        return {bind["target"].rstrip("/") for bind in described["binds"]} - copies
