"""What a network answers on its control socket, of all of it or of a node: one line of JSON for one, or a stream."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import struct
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from netdojo import exhaustion
from netdojo.runtimes.serving import commands, examining, impairing, observe, vty
from netdojo.runtimes.serving.processes import Processes
from netdojo.runtimes.serving.starts import Starts
from netdojo.runtimes.serving.using import Use, remember
from netdojo.runtimes.serving.visits import Visits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netdojo.runtimes.serving.attending import Attendants
    from netdojo.runtimes.serving.node import ServedNode, Site
    from netdojo.runtimes.serving.telling import Teller


class BeginningFailed(Exception):
    """The nodes could not be made; the message says why."""


FAULTS = ("hold", "release", "held", "beside", "processes", "kill", "power")
"""What a fault asks."""
GLANCES = ("inspect",)
"""What pages and lists ask again and again: no use of the network."""
OF_ALL = ("inspect", "examine", "visits", "destroy")
"""What is asked of the network as a whole; the rest is asked of a node."""
REQUEST_LIMIT = 64 * 1024 * 1024
"""Bytes of one request; more is not read."""


async def live(
    plan: dict[str, Any],
    told: Teller,
    listeners: tuple[dict[str, socket.socket], dict[str, socket.socket]],
    site: Site,
    alive: int,
    host_pid: int,
) -> None:
    """Bring the network up and serve it to its end.

    That is when it is destroyed, cannot come up, is forgotten, or `alive` ends with the keeper.
    """
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(alive, over.set)
    processes = Processes(loop)
    network = Service(plan, site, processes, over)
    bringing_up = loop.create_task(network.bring_up(told, *listeners, host_pid))
    waiting = loop.create_task(over.wait())
    await asyncio.wait({bringing_up, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if bringing_up.done() and bringing_up.result():
        forgetting = loop.create_task(network.be_forgotten())
        await asyncio.wait({forgetting, waiting}, return_when=asyncio.FIRST_COMPLETED)
    processes.leave()


class Service:
    """A network that is up: its nodes, and what may be asked of them."""

    def __init__(self, plan: dict[str, Any], site: Site, processes: Processes, over: asyncio.Event) -> None:
        self.plan = plan
        self.site = site
        self.nodes: Mapping[str, ServedNode] = {}
        self.processes = processes
        self.starts = Starts(processes, plan)
        self.use = Use(plan["forget_after"])
        self.visits = Visits()
        self._over = over
        self._began = time.monotonic()
        self._server: asyncio.AbstractServer | None = None
        self._attendants: Attendants | None = None

    async def bring_up(
        self,
        told: Teller,
        listeners: dict[str, socket.socket],
        inner: dict[str, socket.socket],
        host_pid: int,
    ) -> bool:
        """Start every node and serve the network; return whether it is up, and tell why when it is not."""
        try:
            self.nodes = await self.site.begin(self.processes, told)
        except BeginningFailed as error:
            told.say(error="failed", detail=str(error))
            return False
        if failure := await impairing.apply(self.processes, self.nodes, self.plan["links"]):
            told.say(error="failed", detail=failure)
            return False
        starting = [asyncio.ensure_future(self._start_node(node, told)) for node in self.nodes.values()]
        await asyncio.sleep(0)
        from netdojo.runtimes.serving import front

        doors = front.Front(self.plan, self.processes, self.starts, self.use, self.visits)
        await doors.open(self.nodes, listeners, inner)
        failures = [failure for failure in await asyncio.gather(*starting) if failure]
        if failures:
            told.say(error="failed", detail="\n".join(failures))
            return False
        await self._listen()
        front.write_access(self.plan, doors, listeners, host_pid)
        told.say(phase="ready", total=len(self.nodes), done=len(self.nodes))
        told.end()
        return True

    async def be_forgotten(self) -> None:
        """Return once the network has not been used for too long, having left word of it."""
        await self.use.forgotten()
        remember(self.plan, self.use.idle)

    async def _start_node(self, node: ServedNode, told: Teller) -> str:
        """Run the node's entrypoint and its `exec` lines; return what went wrong, or nothing."""
        failure = await self.site.start(self.processes, node)
        if not failure:
            node.services = observe.services(node)
            told.say(phase="starting", node=node.name)
        return failure

    async def _listen(self) -> None:
        """Open the control socket; bound by way of a descriptor, since its path may be longer than 108 bytes."""
        folder = os.open(self.plan["folder"], os.O_PATH)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(f"/proc/self/fd/{folder}/control")
        os.close(folder)
        os.chmod(f"{self.plan['folder']}/control", 0o600)
        self._server = await asyncio.start_unix_server(self._serve, sock=listener, limit=REQUEST_LIMIT)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request of one line; a peer of another user gets nothing."""
        with suppress(ConnectionError):
            if _is_owner(writer.get_extra_info("socket")):
                request = json.loads(await reader.readline())
                serve = self._stream if request["verb"] == "stream" else self._serve_owner
                try:
                    await serve(request, reader, writer)
                except (OSError, RuntimeError) as error:
                    wanting = exhaustion.refusal(error)
                    if wanting is None:
                        raise
                    writer.write(json.dumps({"wanting": wanting.message, "help": wanting.help}).encode() + b"\n")
            writer.close()
            await writer.wait_closed()

    async def _serve_owner(
        self, request: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Work out the answer for as long as the client waits for it."""
        answering = asyncio.ensure_future(self._count(request))
        leaving = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            answering.cancel()
            return
        leaving.cancel()
        writer.write(json.dumps(answering.result()).encode() + b"\n")
        await writer.drain()

    async def _count(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer, and count it as use of the network unless it is a mere glance."""
        if request["verb"] in GLANCES:
            return await self._answer(request)
        with self.use.lasting():
            return await (self._attend if request["verb"] in FAULTS else self._answer)(request)

    async def _stream(
        self, request: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Run a program beside a node for as long as the client wants what it says."""
        from netdojo.runtimes.serving import streaming

        node = self.nodes[request["node"]]
        writer.write(json.dumps({"gone": not node.running}).encode() + b"\n")
        if node.running:
            words, env = node.beside(request["argv"])
            with self.use.lasting():
                await streaming.stream(self.processes, words, env, reader, writer)

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer what is asked of the network, or of one of its nodes."""
        if request["verb"] in OF_ALL:
            return await self._answer_for_all(request)
        node = self.nodes[request["node"]]
        if not (node.running and node.powered):
            return {"gone": True, "powered": node.powered}
        if request["verb"] == "compare":
            return await self.starts.compare(node, with_files=request["files"])
        if request["verb"] == "place":
            return await self.starts.place(node, request["files"])
        code, out, err = await self._command(node, request)
        return {"code": code, "stdout": base64.b64encode(out).decode(), "stderr": base64.b64encode(err).decode()}

    async def _command(self, node: ServedNode, request: dict[str, Any]) -> tuple[int, bytes, bytes]:
        """Run a command in or beside a node, unless a daemon's plain answer stands for it."""
        argv, timeout = request["argv"], request["timeout"]
        if request["verb"] == "execute":
            await self.starts.remember(node)
            words, env = node.inside(argv)
        elif answer := await vty.ask(node.run, argv, timeout):
            return answer
        else:
            words, env = node.beside(argv)
        return await commands.run(self.processes, words, env, base64.b64decode(request["stdin"]), timeout)

    async def _answer_for_all(self, request: dict[str, Any]) -> dict[str, Any]:
        uptime = time.monotonic() - self._began
        if request["verb"] == "inspect":
            found = observe.state(self.nodes, self.plan["links"], uptime, self.site.pids())
            return {**found, "idle": self.use.idle, "forget_after": self.use.after}
        if request["verb"] == "examine":
            nodes = {name: self.nodes[name] for name in request["nodes"] or self.nodes}
            try:
                return {"nodes": await examining.nodes(self.processes, nodes)}
            except examining.ExaminingFailed as error:
                return {"failed": str(error)}
        if request["verb"] == "visits":
            if request["held"] is not None:
                (self.visits.hold if request["held"] else self.visits.go_on)()
            return {"begun": {name: self.visits.begun[name] for name in self.nodes}}
        self._over.set()
        return {}

    async def _attend(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer what a fault asks, of a node whose start is known; that is loaded by the first fault of a network."""
        from netdojo.runtimes.serving.attending import Attendants

        if self._attendants is None:
            self._attendants = Attendants(self.processes)
        node = self.nodes.get(request.get("node", ""))
        if node is not None and node.running and node.powered:
            await self.starts.remember(node)
        return await self._attendants.answer(node, request)


def _is_owner(peer: socket.socket) -> bool:
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return bool(struct.unpack("3i", credentials)[1] == os.getuid())
