"""Describes the sandbox of a submission: the list of what it sees of this machine, and its limits."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from functools import cache
from pathlib import Path

from netdojo.errors import HostNotReady
from netdojo.grading.hiding import masks, private
from netdojo.model import Lab, Network
from netdojo.runtimes.packages import install

PACKAGE = Path(__file__).resolve().parents[1]
USER = 1000
HOME = "/home/learner"
COURSE = "/course"
NETWORK = "/run/netdojo"
SUBMISSION = "/run/submission"
SOCKETS = "/tmp/kernel"  # noqa: S108  # within the sandbox, whose /tmp is its own
PUBLIC = ("labs", "modules", "topologies", "mkdocs.yml")
"""What of a course a learner has anyway; graders/ is none of it."""
ROOT_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
ETC = ("ld.so.cache", "alternatives", "localtime")
MEBI = 2**20
EPOCH = datetime.fromtimestamp(0, timezone.utc)


@dataclass(frozen=True)
class Limits:
    """What a submission may use. Times are in seconds, sizes in bytes; `rlimits` hold for each of its processes."""

    cell: float = 60.0
    call: float = 10.0
    whole: float = 600.0
    processes: int = 96
    memory: int = 1536 * MEBI
    tmpfs: int = 256 * MEBI
    rlimits: dict[str, int] = field(
        default_factory=lambda: {
            "DATA": 1024 * MEBI,
            "NPROC": 256,
            "FSIZE": 64 * MEBI,
            "CPU": 300,
            "NOFILE": 512,
            "CORE": 0,
        }
    )


def lay_out(scratch: Path, lab: Lab, network: Network, contents: dict[str, bytes]) -> None:
    """Write what the sandbox is given into `scratch`: the submission, how to reach the network, and a few of /etc."""
    for name, held in contents.items():
        file = scratch / "submission" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(held)
    given = scratch / "network"
    given.mkdir()
    (given / "network.json").write_text(as_seen_inside(network, lab).model_dump_json(), encoding="utf-8")
    shutil.copyfile(network.known_hosts, given / "known_hosts")
    etc = scratch / "etc"
    etc.mkdir()
    (etc / "passwd").write_text(f"learner:x:{USER}:{USER}::{HOME}:/bin/sh\n", encoding="ascii")
    (etc / "group").write_text(f"learner:x:{USER}:\n", encoding="ascii")
    (etc / "hosts").write_text("127.0.0.1 localhost\n", encoding="ascii")


def as_seen_inside(network: Network, lab: Lab) -> Network:
    """Return the network with the paths that it has in the sandbox; of the host's, and of when, nothing is told."""
    folder = Path(COURSE) / "topologies"
    seen = network.topology.model_copy(
        update={
            "file": folder / lab.topology_file.parent.name / lab.topology_file.name,
            "images": folder / "images",
            "private": (),
        }
    )
    return network.model_copy(update={"folder": Path(NETWORK), "topology": seen, "pid": 0, "started": EPOCH})


def options(scratch: Path, lab: Lab, limits: Limits) -> list[str]:
    """Return bubblewrap's options for a sandbox over `scratch`."""
    files = [*system(), *writable(limits), *given_files(scratch)]
    shown = [files[place + 1] for place, word in enumerate(files) if word == "--ro-bind"]
    return [
        *isolation(),
        *files,
        *masks(private(lab), shown),
        *course_files(lab),
        *environment(lab),
        *sealed(limits),
    ]


def inside(lab: Lab, limits: Limits) -> list[str]:
    """Return the command that is run in the sandbox: the relay, which starts the kernel."""
    relay = PACKAGE / "grading" / "relay.py"
    given = {
        "limits": limits.rlimits,
        "submission": SUBMISSION,
        "workspace": f"{HOME}/{lab.slug}",
        "sockets": SOCKETS,
    }
    return [sys.executable, "-I", "-u", str(relay), json.dumps(given)]


@cache
def bubblewrap() -> str:
    """Return the path of bubblewrap; raises HostNotReady without it."""
    found = shutil.which("bwrap")
    if found is None:
        raise HostNotReady("bubblewrap is not installed: nothing can be graded", help=install("bubblewrap"))
    return found


@cache
def understood() -> str:
    """Return bubblewrap's own list of options; an older one knows fewer."""
    return subprocess.run([bubblewrap(), "--help"], capture_output=True, text=True, timeout=10, check=False).stdout


def isolation() -> list[str]:
    """Return the options that cut the sandbox off; its network namespace is the one that it is started in."""
    names = [f"--unshare-{kind}" for kind in ("user", "pid", "ipc", "uts")]
    hardened = ["--disable-userns"] if "--disable-userns" in understood() else []
    identity = ["--uid", str(USER), "--gid", str(USER), "--hostname", "lab"]
    return [*names, *hardened, *identity, "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]


def system() -> Iterator[str]:
    """Yield the options that show the system's programs and libraries, read-only."""
    yield from ("--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev")
    for name in ROOT_FOLDERS:
        folder = Path("/", name)
        if folder.is_symlink():
            yield from ("--symlink", os.readlink(folder), str(folder))
        elif folder.is_dir():
            yield from ("--ro-bind", str(folder), str(folder))
    for name in ETC:
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")


def writable(limits: Limits) -> Iterator[str]:
    """Yield the options that make the two places that can be written, in memory and limited."""
    for folder in ("/tmp", HOME):  # noqa: S108  # within the sandbox
        if "--size" in understood():
            yield from ("--size", str(limits.tmpfs))
        yield from ("--tmpfs", folder)


def sealed(limits: Limits) -> Iterator[str]:
    """Yield the options that leave nothing else to write to: neither the root, nor /dev, nor endless shared memory."""
    if "--size" in understood():
        yield from ("--size", str(limits.tmpfs))
    yield from ("--tmpfs", "/dev/shm", "--remount-ro", "/dev", "--remount-ro", "/")  # noqa: S108  # its own


def given_files(scratch: Path) -> Iterator[str]:
    """Yield the options that show Python with its packages, the submission, and how to reach the network."""
    shown = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_prefix).resolve(), PACKAGE]
    for folder in dict.fromkeys(path for path in shown if not path.is_relative_to("/usr")):
        yield from ("--ro-bind", str(folder), str(folder))
    for name in ("passwd", "group", "hosts"):
        yield from ("--ro-bind", str(scratch / "etc" / name), f"/etc/{name}")
    yield from ("--ro-bind", str(scratch / "network"), NETWORK)
    yield from ("--ro-bind", str(scratch / "submission"), SUBMISSION)


def course_files(lab: Lab) -> Iterator[str]:
    """Yield the options that show the public part of the lab's course."""
    for name in PUBLIC:
        yield from ("--ro-bind-try", str(lab.folder.parents[1] / name), f"{COURSE}/{name}")


def environment(lab: Lab) -> Iterator[str]:
    """Yield the options that set the few variables that there are."""
    values = {
        "PATH": os.pathsep.join([str(Path(sys.prefix) / "bin"), "/usr/bin", "/bin"]),
        "HOME": HOME,
        "USER": "learner",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NETDOJO_HOME": f"{HOME}/.netdojo",
        "NETDOJO_COURSE": COURSE,
        "NETDOJO_LAB": lab.slug,
        "NETDOJO_NETWORK": f"{NETWORK}/network.json",
    }
    for name, value in values.items():
        yield from ("--setenv", name, value)
    yield from ("--chdir", HOME)


def named(limits: Limits) -> dict[str, str]:
    """Return the limits as a report's environment names them."""
    return {f"limit.{name}": str(value) for name, value in asdict(limits).items() if name != "rlimits"}
