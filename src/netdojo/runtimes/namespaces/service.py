"""What a running network answers on its control socket: execute, ask, inspect, destroy."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import struct
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from netdojo.runtimes.namespaces import commands, observe
from netdojo.runtimes.namespaces.processes import Processes

if TYPE_CHECKING:
    from netdojo.runtimes.namespaces.first import Teller
    from netdojo.runtimes.namespaces.nodes import LiveNode

REQUEST_LIMIT = 64 * 1024 * 1024
"""Bytes of one request; more is not read."""


async def live(
    plan: dict[str, Any],
    told: Teller,
    listeners: tuple[dict[str, socket.socket], dict[str, socket.socket]],
    nodes: dict[str, LiveNode],
    alive: int,
    host_pid: int,
) -> None:
    """Bring the network up and serve it until it is destroyed, cannot come up, or `alive` ends with the keeper."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(alive, over.set)
    network = Service(plan, nodes, Processes(loop), over)
    bringing_up = loop.create_task(network.bring_up(told, *listeners, host_pid))
    waiting = loop.create_task(over.wait())
    await asyncio.wait({bringing_up, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if bringing_up.done() and bringing_up.result():
        await waiting


class Service:
    """A network that is up: its nodes, and what may be asked of them."""

    def __init__(
        self, plan: dict[str, Any], nodes: dict[str, LiveNode], processes: Processes, over: asyncio.Event
    ) -> None:
        self.plan = plan
        self.nodes = nodes
        self.processes = processes
        self._over = over
        self._began = time.monotonic()
        self._server: asyncio.AbstractServer | None = None
        for node in nodes.values():
            processes.watch(node.pid).add_done_callback(partial(_stopped, node))

    async def bring_up(
        self,
        told: Teller,
        listeners: dict[str, socket.socket],
        inner: dict[str, socket.socket],
        host_pid: int,
    ) -> bool:
        """Start every node and serve the network; return whether it is up, and tell why when it is not."""
        starting = [asyncio.ensure_future(self._start_node(node, told)) for node in self.nodes.values()]
        await asyncio.sleep(0)
        from netdojo.runtimes.namespaces import front

        doors = front.Front(self.plan, self.processes)
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

    async def _start_node(self, node: LiveNode, told: Teller) -> str:
        """Run the node's entrypoint and its `exec` lines; return what went wrong, or nothing."""
        failure = await commands.start_node(self.processes, node)
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
                await self._serve_owner(json.loads(await reader.readline()), reader, writer)
            writer.close()
            await writer.wait_closed()

    async def _serve_owner(
        self, request: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Work out the answer for as long as the client waits for it."""
        answering = asyncio.ensure_future(self._answer(request))
        leaving = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            answering.cancel()
            return
        leaving.cancel()
        writer.write(json.dumps(answering.result()).encode() + b"\n")
        await writer.drain()

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["verb"] == "inspect":
            return observe.state(self.nodes, self.plan["links"], time.monotonic() - self._began)
        if request["verb"] == "destroy":
            self._over.set()
            return {}
        node = self.nodes[request["node"]]
        if not node.running:
            return {"gone": True}
        prepare = {"execute": commands.in_node, "ask": commands.beside_node}[request["verb"]]
        words, env = prepare(node, request["argv"])
        stdin = base64.b64decode(request["stdin"])
        code, out, err = await commands.run(self.processes, words, env, stdin, request["timeout"])
        return {"code": code, "stdout": base64.b64encode(out).decode(), "stderr": base64.b64encode(err).decode()}


def _stopped(node: LiveNode, ended: asyncio.Future[int]) -> None:
    node.running = False
    print(f"node {node.name} has stopped with code {ended.result()}", flush=True)  # noqa: T201  # it is the log


def _is_owner(peer: socket.socket) -> bool:
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return bool(struct.unpack("3i", credentials)[1] == os.getuid())
