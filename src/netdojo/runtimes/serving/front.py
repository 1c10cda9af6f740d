"""The SSH front: one server a node, with a password, a host key and a client key made for this network alone."""

from __future__ import annotations

import hmac
import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netdojo import atomic_files, exhaustion
from netdojo.runtimes.serving.sessions import Session
from netdojo.runtimes.serving.ssh import asyncssh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netdojo.runtimes.serving.node import ServedNode
    from netdojo.runtimes.serving.processes import Processes
    from netdojo.runtimes.serving.starts import Starts
    from netdojo.runtimes.serving.using import Use
    from netdojo.runtimes.serving.visits import Visits


class Front:
    """The keys of a network, and its SSH servers."""

    def __init__(self, plan: dict[str, Any], processes: Processes, starts: Starts, use: Use, visits: Visits) -> None:
        self.plan = plan
        self.starts = starts
        self.processes = processes
        self.use = use
        self.visits = visits
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519", comment=f"netdojo-{plan['name']}")
        self._servers: list[asyncssh.SSHAcceptor] = []

    async def open(
        self, nodes: Mapping[str, ServedNode], listeners: dict[str, socket.socket], inner: dict[str, socket.socket]
    ) -> None:
        """Serve every node on the host's loopback and on the network's own."""
        for name, node in nodes.items():
            options = self._options(node)
            for listener in (listeners[name], inner[name]):
                self._servers.append(await asyncssh.listen(sock=listener, options=options))

    def _options(self, node: ServedNode) -> asyncssh.SSHServerConnectionOptions:
        return asyncssh.SSHServerConnectionOptions(
            server_factory=lambda: NodeServer(self, node),
            server_host_keys=[self.host_key],
            encoding=None,
            line_editor=False,
            agent_forwarding=False,
            x11_forwarding=False,
            allow_scp=False,
            gss_host=None,
            compression_algs=None,
            login_timeout=30,
            server_version="netdojo",
        )


class NodeServer(asyncssh.SSHServer):
    """Who may log in to a node: the network's user, by its password or its key; and what then starts."""

    def __init__(self, front: Front, node: ServedNode) -> None:
        self._front = front
        self._node = node
        self._counted = False

    def auth_completed(self) -> None:
        """Whoever is logged in uses the network."""
        self._counted = True
        self._front.use.begin()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncssh names it
        if self._counted:
            self._front.use.end()

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002  # asyncssh names it
        return True

    def password_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        return await self._let_in(self._is_user(username) and same(password, self._front.plan["password"]))

    def public_key_auth_supported(self) -> bool:
        return True

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return await self._let_in(self._is_user(username) and key == self._front.client_key.convert_to_public())

    async def _let_in(self, allowed: bool) -> bool:
        """Remember what the node is like before somebody comes who may change it."""
        if allowed and self._node.running:
            try:
                await self._front.starts.remember(self._node)
            except (OSError, RuntimeError) as error:
                told = exhaustion.refusal(error) or error
                raise asyncssh.DisconnectError(asyncssh.DISC_BY_APPLICATION, str(told)) from error
        return allowed

    def _is_user(self, username: str) -> bool:
        return same(username, self._front.plan["username"])

    def session_requested(self) -> Session:
        return Session(self._front.processes, self._front.visits, self._node)


def same(given: str, wanted: str) -> bool:
    """Compare without telling by the time taken how much is right."""
    return hmac.compare_digest(given.encode(), wanted.encode())


def write_access(plan: dict[str, Any], front: Front, listeners: dict[str, socket.socket], host_pid: int) -> None:
    """Write what a client needs into the network's folder; network.json last, since with it the network is there."""
    ports = {name: listener.getsockname()[1] for name, listener in listeners.items()}
    host_key = front.host_key.export_public_key().decode().strip()
    known = "".join(f"[127.0.0.1]:{port} {host_key}\n" for port in ports.values())
    write_private(plan["folder"], "known_hosts", known)
    write_private(plan["folder"], "id_ed25519", front.client_key.export_private_key().decode())
    write_private(plan["folder"], "ssh_config", ssh_config(plan, ports))
    network = {key: plan[key] for key in ("name", "runtime", "topology", "started", "folder", "username", "password")}
    access = [{"name": name, "host": "127.0.0.1", "port": port} for name, port in ports.items()]
    write_private(plan["folder"], "network.json", json.dumps({**network, "pid": host_pid, "access": access}))


def ssh_config(plan: dict[str, Any], ports: dict[str, int]) -> str:
    """Return an OpenSSH configuration with which `ssh -F ssh_config NODE` works."""
    folder = plan["folder"].replace("%", "%%")
    hosts = "".join(f"Host {name}\n  HostName 127.0.0.1\n  Port {port}\n" for name, port in ports.items())
    return hosts + (
        "Host *\n"
        f"  User {plan['username']}\n"
        f'  IdentityFile "{folder}/id_ed25519"\n'
        "  IdentitiesOnly yes\n"
        f'  UserKnownHostsFile "{folder}/known_hosts"\n'
        "  GlobalKnownHostsFile /dev/null\n"
        "  StrictHostKeyChecking yes\n"
        "  HostKeyAlgorithms ssh-ed25519\n"
    )


def write_private(folder: str, name: str, text: str) -> None:
    """Write a file for this user's eyes alone, whole or not at all."""
    atomic_files.replace(Path(folder, name), text.encode(), mode=atomic_files.PRIVATE)
