"""What the host must have for rootless networks, found by using it, and the one command that mends what is missing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from netdojo.errors import HostNotReady
from netdojo.runtimes.namespaces.processes import PATH
from netdojo.runtimes.needs import Need

SETTINGS = Path("/proc/sys")
CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
REFUSED = "this machine does not let an ordinary user make namespaces"
IN_CONTAINER = (
    "start the container with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined "
    "--security-opt systempaths=unconfined`"
)
PROBE = (
    "unshare",
    "--user",
    "--map-root-user",
    "--net",
    "--mount",
    "--uts",
    "--ipc",
    "--pid",
    "--fork",
    "--mount-proc",
)
NAMESPACE_LIMITS = ("user", "net", "mnt", "pid", "uts", "ipc")


@dataclass(frozen=True)
class Program:
    """A program of a Debian `package`, found on PATH or at its own path. `image` is whose nodes need it."""

    need: str
    name: str
    package: str
    image: str = ""

    @property
    def found(self) -> str | None:
        return shutil.which(self.name, path=PATH)

    @property
    def remedy(self) -> str:
        return f"sudo apt-get install --yes {self.package}"


FOR_EVERY_NETWORK = (
    Program("iproute2", "ip", "iproute2"),
    Program("nsenter", "nsenter", "util-linux"),
    Program("unshare", "unshare", "util-linux"),
)
FOR_IMAGES = (
    Program("FRR", "/usr/lib/frr/zebra", "frr", image="frr"),
    Program("vtysh", "vtysh", "frr", image="frr"),
)
FOR_CONSOLES = (Program("OpenSSH client", "ssh", "openssh-client"),)
FOR_LEARNERS = (Program("ethtool", "ethtool", "ethtool"),)


def check_programs(images: Iterable[str]) -> None:
    """Raise HostNotReady when a program is absent that nodes of `images` cannot be run without."""
    wanted = set(images)
    require((*FOR_EVERY_NETWORK, *(program for program in FOR_IMAGES if program.image in wanted)))


def require(programs: Iterable[Program]) -> None:
    """Raise HostNotReady with one apt line for every one of `programs` that is absent."""
    absent = [program for program in programs if not program.found]
    if absent:
        names = ", ".join(dict.fromkeys(program.need for program in absent))
        packages = " ".join(dict.fromkeys(program.package for program in absent))
        raise HostNotReady(f"{names} not found on this machine", help=f"sudo apt-get install --yes {packages}")


def not_ready(detail: str, settings: Path = SETTINGS) -> HostNotReady:
    """Return the error for a host whose kernel refused what `detail` tells."""
    return HostNotReady(f"{REFUSED} ({detail})", help=remedy(settings))


def remedy(settings: Path = SETTINGS, *, root: bool | None = None) -> str:
    """Return what switches namespaces on: the setting that is really off, or how to start the container."""
    ordinary = os.geteuid() != 0 if root is None else not root
    if ordinary and _setting(settings, "kernel/apparmor_restrict_unprivileged_userns") == 1:
        return _sysctl("kernel.apparmor_restrict_unprivileged_userns", 0)
    if ordinary and _setting(settings, "kernel/unprivileged_userns_clone") == 0:
        return _sysctl("kernel.unprivileged_userns_clone", 1)
    for kind in NAMESPACE_LIMITS:
        if _setting(settings, f"user/max_{kind}_namespaces") == 0:
            return _sysctl(f"user.max_{kind}_namespaces", 15000)
    if any(mark.exists() for mark in CONTAINER_MARKS):
        return IN_CONTAINER
    return f"see why with `{' '.join(PROBE)} true`; in a container, {IN_CONTAINER}"


def _setting(settings: Path, name: str) -> int | None:
    try:
        return int((settings / name).read_text())
    except (OSError, ValueError):
        return None


def _sysctl(key: str, value: int) -> str:
    return f"sudo sysctl -w {key}={value}   (to keep it: echo {key}={value} | sudo tee /etc/sysctl.d/60-netdojo.conf)"


def needs() -> list[Need]:
    """Return what this runtime needs of the host, met or not."""
    programs = [_program_need(program) for program in (*FOR_IMAGES, *FOR_EVERY_NETWORK, *FOR_LEARNERS, *FOR_CONSOLES)]
    return [_namespaces_need(), *programs, _ports_need()]


def _program_need(program: Program) -> Need:
    found = program.found
    return Need(name=program.need, ok=bool(found), detail=found or "not found", remedy="" if found else program.remedy)


def _namespaces_need() -> Need:
    """Probe by using: make every namespace that a network is made of, and mount a /proc there."""
    name = "user namespaces"
    if not shutil.which(PROBE[0]):
        return Need(name=name, ok=False, detail="unshare not found", remedy=FOR_EVERY_NETWORK[-1].remedy)
    tried = subprocess.run([*PROBE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode == 0:
        return Need(name=name, ok=True, detail="an ordinary user can make them")
    return Need(name=name, ok=False, detail=tried.stderr.strip() or REFUSED, remedy=remedy())


def _ports_need() -> Need:
    name = "ports on 127.0.0.1"
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            return Need(name=name, ok=True, detail=f"free ones are there, such as {listener.getsockname()[1]}")
    except OSError as error:
        return Need(name=name, ok=False, detail=str(error), remedy="sudo ip link set lo up")
