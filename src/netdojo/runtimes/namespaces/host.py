"""What the host must have for rootless networks, found by using it, and the one command that mends what is missing."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
from collections.abc import Collection, Iterable
from pathlib import Path

from netdojo.errors import HostNotReady
from netdojo.runtimes.needs import Need
from netdojo.runtimes.packages import FOR_CAPTURES, FOR_CONSOLES, Program, need_of, of_images, require

SETTINGS = Path("/proc/sys")
CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
REFUSED = "this machine does not let an ordinary user make namespaces"
IN_CONTAINER = (
    "start the container with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined "
    "--security-opt systempaths=unconfined`"
)
NAMESPACE_LIMITS = {
    "user": "--user",
    "net": "--net",
    "mnt": "--mount",
    "pid": "--pid",
    "uts": "--uts",
    "ipc": "--ipc",
}
"""Each kind by its name in the kernel's settings, and what `unshare` makes one by."""
MAKE_USER = ("unshare", "--user", "--map-root-user")
PROBE = (*MAKE_USER, "--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--mount-proc")
FEW = 256
"""Namespaces of a kind with which a machine is not told to have too few: the largest network with what else runs."""
ENOUGH = 15000
"""Namespaces of a kind that the kernel lets be made on a machine with 4 GB when nobody sets it, nearly."""


FOR_EVERY_NETWORK = (
    Program("iproute2", "ip", "iproute2"),
    Program("nsenter", "nsenter", "util-linux"),
    Program("unshare", "unshare", "util-linux"),
)
FOR_LEARNERS = (Program("ethtool", "ethtool", "ethtool"),)


def check_programs(images: Iterable[Path]) -> None:
    """Raise HostNotReady when a program is absent that nodes of the images in these folders cannot do without."""
    require((*FOR_EVERY_NETWORK, *of_images(images)))


def check(images: Iterable[Path]) -> None:
    """Raise HostNotReady when a network with nodes of `images` could not be made here now."""
    check_programs(images)
    if refused := _refusal():
        raise refused


def not_ready(detail: str, limit: str = "", settings: Path = SETTINGS) -> HostNotReady:
    """Return the error for a host whose kernel refused what `detail` tells, for the `limit` of a kind of namespaces."""
    if not limit:
        return HostNotReady(f"{REFUSED} ({detail})", help=remedy(settings))
    most = _setting(settings, f"user/max_{limit}_namespaces")
    allowed = "" if most is None else f": user.max_{limit}_namespaces is {most}"
    return HostNotReady(
        f"this machine has too few {limit} namespaces{allowed} ({detail})", help=_more(limit, most or 0)
    )


def remedy(settings: Path = SETTINGS, *, root: bool | None = None) -> str:
    """Return what switches namespaces on: the setting that is really off, or how to start the container."""
    ordinary = os.geteuid() != 0 if root is None else not root
    if ordinary and _setting(settings, "kernel/apparmor_restrict_unprivileged_userns") == 1:
        return _sysctl("kernel.apparmor_restrict_unprivileged_userns", 0)
    if ordinary and _setting(settings, "kernel/unprivileged_userns_clone") == 0:
        return _sysctl("kernel.unprivileged_userns_clone", 1)
    for kind in NAMESPACE_LIMITS:
        most = _setting(settings, f"user/max_{kind}_namespaces")
        if most is not None and most < FEW:
            return _more(kind, most)
    if any(mark.exists() for mark in CONTAINER_MARKS):
        return IN_CONTAINER
    return f"see why with `{' '.join(PROBE)} true`; in a container, {IN_CONTAINER}"


def _more(kind: str, most: int) -> str:
    """Return what lets more namespaces of a kind be made than `most`."""
    return _sysctl(f"user.max_{kind}_namespaces", max(ENOUGH, 2 * most))


def _setting(settings: Path, name: str) -> int | None:
    try:
        return int((settings / name).read_text())
    except (OSError, ValueError):
        return None


def _sysctl(key: str, value: int) -> str:
    return f"sudo sysctl -w {key}={value}   (to keep it: echo {key}={value} | sudo tee /etc/sysctl.d/60-netdojo.conf)"


def needs(images: Path | None = None, used: Collection[str] = ()) -> list[Need]:
    """Return what this runtime needs of the host, met or not, and what those need who use an image of `images`.

    What only images need that are not `used` is optional.
    """
    always = (*FOR_EVERY_NETWORK, *FOR_LEARNERS, *FOR_CAPTURES, *FOR_CONSOLES)
    known = {program.name for program in always}
    folders = [*images.iterdir()] if images is not None and images.is_dir() else []
    needed = {program.name for program in of_images(folder for folder in folders if folder.name in used)}
    for_images = [
        need_of(program).model_copy(update={"optional": program.name not in needed})
        for program in of_images(folders)
        if program.name not in known
    ]
    return [_namespaces_need(), *map(need_of, always), *for_images, _ports_need()]


def _namespaces_need() -> Need:
    name = "user namespaces"
    if not shutil.which(PROBE[0]):
        return Need(name=name, ok=False, detail="unshare not found", remedy=FOR_EVERY_NETWORK[-1].remedy)
    if refused := _refusal():
        return Need(name=name, ok=False, detail=refused.message, remedy=refused.help)
    return Need(name=name, ok=True, detail="they can be made here")


def _refusal() -> HostNotReady | None:
    """Probe by using: make every namespace that a network is made of, and mount a /proc there; return what failed."""
    tried = _try(*PROBE)
    if not tried.returncode:
        return None
    said = tried.stderr.strip()
    return not_ready(said, _limit() if os.strerror(errno.ENOSPC) in said else "")


def _limit() -> str:
    """Return the first kind of namespaces of which no more can be made, "" where it is not one alone."""
    return next((kind for kind, option in NAMESPACE_LIMITS.items() if _try(*MAKE_USER, option).returncode), "")


def _try(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*words, "true"], env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, check=False
    )


def _ports_need() -> Need:
    name = "ports on 127.0.0.1"
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            return Need(name=name, ok=True, detail=f"free ones are there, such as {listener.getsockname()[1]}")
    except OSError as error:
        return Need(name=name, ok=False, detail=str(error), remedy="sudo ip link set lo up")
