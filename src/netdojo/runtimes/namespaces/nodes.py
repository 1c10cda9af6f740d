"""Nodes: each is a pid 1 in its own network, mount, uts, ipc and pid namespace, over the host's programs read-only."""

from __future__ import annotations

import errno
import os
import signal
import socket
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from netdojo.runtimes import kernel, settings
from netdojo.runtimes.namespaces import limits
from netdojo.runtimes.namespaces.targets import ETC, OWN, OWN_LINKS, OWN_VAR, PROGRAMS, within
from netdojo.runtimes.programs import (
    ACCOUNTS,
    CLEAN_ENV,
    GROUPS,
    IMAGE,
    IMAGE_PROGRAMS,
    beside,
    make_clean_etc,
    program,
)

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping, Sequence

DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "net/tun")
MASKED = ("sysrq-trigger", "kcore", "keys", "timer_list", "sched_debug")
FIXED = ("bus", "fs", "irq", "acpi", "scsi")
LIMIT = "limit:"
"""What stands before the kind of namespaces whose limit kept a node from being started."""
NAMES = "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n"
"""Where names are looked up: the host's own ways would lead to services that no node has."""
NO_DAD = {"default/accept_dad": "0", "default/dad_transmits": "0", "all/accept_dad": "0", "lo/accept_dad": "0"}


class LiveNode:
    """A node that has been started.

    `pid` is its pid 1 as the network's first process sees it; from `ready` its own report can be read; `run` is its
    /run as seen from outside; `net` is a socket in its network; `services` are the daemons that it came up with.
    `preparing` will hold what went wrong while the node was prepared, or nothing, and `main` the exit code of its own
    program, where it has one.
    A plain class, since dataclasses take longer to load than a node takes to start.
    """

    def __init__(self, plan: dict[str, Any], pid: int, ready: int, run: str) -> None:
        self.name: str = plan["name"]
        self.plan = plan
        self.pid = pid
        self.ready = ready
        self.run = run
        self.net = kernel.socket_within(f"/proc/{pid}/ns/net")
        self.services: set[str] = set()
        self.preparing: asyncio.Future[str] | None = None
        self.main: asyncio.Future[int] | None = None
        self.running = True
        self.powered = True

    @property
    def keepers(self) -> set[int]:
        return {self.pid}

    def inside(self, argv: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
        enter = [program("nsenter"), "-t", str(self.pid), "-m", "-u", "-i", "-n", "-p", "--"]
        return [*enter, *argv], {**CLEAN_ENV, **self.plan["env"]}

    def beside(self, argv: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
        state = os.path.dirname(os.path.dirname(os.path.dirname(self.run)))
        words = beside(f"/proc/{self.pid}/ns/net", self.run, state)
        return [*words, *argv], {**CLEAN_ENV, "HOME": "/nonexistent"}

    def shell(self, command: str | None) -> list[str]:
        return [f"{IMAGE}/shell", *(["-c", command] if command is not None else [])]


def begin(plan: dict[str, Any], state: str) -> dict[str, LiveNode]:
    """Start every node's pid 1, each making its own root while the others start; raises OSError, LimitMet."""
    make_clean_etc(state)
    started = [(node, *_fork_node(node, state)) for node in plan["nodes"]]
    found = {}
    for node, told, ready in started:
        with os.fdopen(told) as answer:
            said = answer.read()
        if said.startswith(LIMIT):
            raise limits.LimitMet(said.removeprefix(LIMIT), f"node {node['name']}: {limits.DETAIL}")
        pid = int(said or -errno.ECHILD)
        if pid < 0:
            raise OSError(-pid, f"node {node['name']} could not be started: {os.strerror(-pid)}")
        found[node["name"]] = LiveNode(node, pid, ready, f"{state}/{node['name']}/tree/run")
    return found


def _fork_node(node: dict[str, Any], state: str) -> tuple[int, int]:
    """Fork a node; return where its pid will be told, and where its readiness will."""
    home = f"{state}/{node['name']}"
    os.makedirs(f"{home}/tree")
    told, tell = os.pipe()
    ready, say_ready = os.pipe()
    if os.fork() == 0:
        _between(node, state, tell, say_ready)
    os.close(tell)
    os.close(say_ready)
    return told, ready


def _between(node: dict[str, Any], state: str, tell: int, say_ready: int) -> None:
    """Enter the node's namespaces, start its pid 1 there, and go."""
    try:
        limits.unshare()
        for key, value in NO_DAD.items():
            _write(f"/proc/sys/net/ipv6/conf/{key}", value)
        child = os.fork()
        if child:
            os.write(tell, str(child).encode())
            os._exit(0)
        os.close(tell)
        _become_node(node, state, say_ready)
    except limits.LimitMet as error:
        os.write(tell, f"{LIMIT}{error.kind}".encode())
    except OSError as error:
        with suppress(OSError):
            os.write(tell, str(-(error.errno or errno.ECHILD)).encode())
    finally:
        os._exit(1)


def _become_node(node: dict[str, Any], state: str, say_ready: int) -> None:
    socket.sethostname(node["name"])
    try:
        make_root(node, state)
    except OSError as error:
        os.write(say_ready, str(error).encode())
        os._exit(1)
    os.write(say_ready, b"ok")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.setsid()
    os.execve("/usr/bin/sleep", ["sleep", "infinity"], node["env"])  # noqa: S606  # it does nothing but stay


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def make_root(node: dict[str, Any], state: str) -> None:
    """Build the node's own tree and make it this mount namespace's root; raises OSError."""
    root = f"{state}/{node['name']}/tree"
    kernel.mount(root, root, flags=kernel.BIND)
    for name in (*OWN, *(f"var/{name}" for name in OWN_VAR)):
        os.makedirs(f"{root}/{name}", exist_ok=True)
    for name in ("tmp", "var/tmp", "run/lock"):
        os.chmod(f"{root}/{name}", stat.S_ISVTX | 0o777)  # noqa: S103  # as /tmp is everywhere
    for link, to in OWN_LINKS.items():
        os.symlink(to, f"{root}{link}")
    _show_programs(root)
    _hide(node["private"], root)
    _make_etc(node, root, state)
    _make_dev(root)
    _make_proc(node, root)
    _place_image(node, root)
    for bind in node["binds"]:
        _bind_file(bind, root)
    kernel.enter_root(root)


def _show_programs(root: str) -> None:
    for name in PROGRAMS:
        here = f"/{name}"
        if os.path.islink(here):
            os.symlink(os.readlink(here), f"{root}/{name}")
        elif os.path.isdir(here):
            os.mkdir(f"{root}/{name}")
            kernel.bind(here, f"{root}/{name}", read_only=True)


def _hide(private: list[str], root: str) -> None:
    """Put nothing in the place of what is among the programs and not to be seen."""
    for path in private:
        if os.path.isdir(f"{root}{path}"):
            kernel.mount("tmpfs", f"{root}{path}", "tmpfs", kernel.RDONLY | kernel.NOSUID | kernel.NODEV)
        elif os.path.exists(f"{root}{path}"):
            kernel.mount("/dev/null", f"{root}{path}", flags=kernel.BIND)


def _make_etc(node: dict[str, Any], root: str, state: str) -> None:
    """Give the node an /etc of its own: accounts, names, an /etc/frr, and what programs need of the host's."""
    home = f"{state}/{node['name']}/etc"
    os.makedirs(f"{home}/frr")
    hosts = "".join(f"127.0.0.1 {name}\n" for name in ("localhost", node["name"])) + "::1 localhost\n"
    for name, text in (("passwd", ACCOUNTS), ("group", GROUPS), ("hostname", f"{node['name']}\n"), ("hosts", hosts)):
        _write(f"{home}/{name}", text)
    _write(f"{home}/nsswitch.conf", NAMES)
    _write(f"{home}/resolv.conf", "")
    _write(f"{home}/frr/vtysh.conf", "")
    kernel.mount(home, f"{root}/etc", flags=kernel.BIND)
    for name in ETC:
        _show_of_etc(f"/etc/{name}", f"{root}/etc/{name}")


def _show_of_etc(source: str, target: str) -> None:
    """Show a file as a copy that the node may change, and a folder as it is, read-only."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.islink(source):
        os.symlink(os.readlink(source), target)
    elif os.path.isdir(source):
        os.mkdir(target)
        kernel.bind(source, target, read_only=True)
    elif os.path.isfile(source) and os.access(source, os.R_OK):
        _copy(source, target)


def _copy(source: str, target: str) -> None:
    with open(source, "rb") as given, open(target, "wb") as made:
        made.write(given.read())


def _make_dev(root: str) -> None:
    """Give the node the harmless devices alone: the host's disks are not its business."""
    dev = f"{root}/dev"
    for name in DEVICES:
        if os.path.exists(f"/dev/{name}"):
            os.makedirs(os.path.dirname(f"{dev}/{name}"), exist_ok=True)
            _write(f"{dev}/{name}", "")
            kernel.mount(f"/dev/{name}", f"{dev}/{name}", flags=kernel.BIND)
    for name in ("pts", "shm"):
        os.mkdir(f"{dev}/{name}")
    kernel.mount("/dev/pts", f"{dev}/pts", flags=kernel.BIND)
    os.symlink("pts/ptmx", f"{dev}/ptmx")
    os.symlink("/proc/self/fd", f"{dev}/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", f"{dev}/{name}")


def _make_proc(node: dict[str, Any], root: str) -> None:
    """Mount /proc and /sys of the node's namespaces; only its network's settings can be written."""
    proc = f"{root}/proc"
    kernel.mount("proc", proc, "proc", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC)
    for name, value in node["sysctls"].items():
        if not settings.interface(name):
            _write(f"{proc}/sys/{settings.path(name)}", value)
    kernel.bind(f"{proc}/sys/net", f"{root}/mnt")
    kernel.bind(f"{proc}/sys", f"{proc}/sys", read_only=True)
    kernel.bind(f"{root}/mnt", f"{proc}/sys/net")
    kernel.detach(f"{root}/mnt")
    for name in FIXED:
        if os.path.isdir(f"{proc}/{name}"):
            kernel.bind(f"{proc}/{name}", f"{proc}/{name}", read_only=True)
    for name in MASKED:
        if os.path.exists(f"{proc}/{name}"):
            kernel.mount("/dev/null", f"{proc}/{name}", flags=kernel.BIND)
    kernel.mount("sysfs", f"{root}/sys", "sysfs", kernel.RDONLY | kernel.NOSUID | kernel.NODEV | kernel.NOEXEC)


def _place_image(node: dict[str, Any], root: str) -> None:
    """Put the image's programs into the node: every file of its folder that can be run."""
    for name in (one for one in os.listdir(node["image"]) if one in IMAGE_PROGRAMS or _can_run(node["image"], one)):
        _copy(f"{node['image']}/{name}", f"{root}{IMAGE}/{name}")
        os.chmod(f"{root}{IMAGE}/{name}", 0o755)  # noqa: S103  # a program, for everybody in the node


def _can_run(folder: str, name: str) -> bool:
    return os.path.isfile(f"{folder}/{name}") and os.access(f"{folder}/{name}", os.X_OK)


def _bind_file(bind: dict[str, Any], root: str) -> None:
    source, target = bind["source"], within(root, bind["target"])
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    elif not os.path.exists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        _write(target, "")
    kernel.bind(source, target, read_only=bind["read_only"])
