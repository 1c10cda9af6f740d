"""A machine of its own for what would disturb others: all that is to be seen on it is the soak's doing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from ..ordinary import ROOT, become

MARK = "NETDOJO_SOAK"
"""The variable that holds the folder of the machine within it."""
DAEMONS = ("zebra", "bgpd", "staticd", "mgmtd", "watchfrr")
"""What runs in a router."""
NETWORK = "home/networks/pair"
"""The folder of the network."""
RESULTS = "results"
"""Where clients put what they are asked for."""
ASKED = ("capture.pcap", "save-0", "save-1", "save-2")
"""What they are asked for: it stays."""
FOLDERS = ("tmp", RESULTS)
SPACES = ("net", "mnt", "pid", "user", "uts", "ipc")
INIT = """
mount --make-rshared / && mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs "$NETDOJO_SOAK" || exit
ip link set lo up && "$@"
exit $?
"""
"""Its first process: as on most machines, mounts would show elsewhere; it reaps what others leave."""


def run(words: list[str], user: int = 0) -> subprocess.CompletedProcess[str]:
    """Run `words`, a module of tests and its arguments, on a new machine; nothing of it outlives this call.

    Its root is this user, or the ordinary user of the number `user` where this one is root.
    """
    with tempfile.TemporaryDirectory(prefix="soak-", dir="/tmp") as folder:
        other = become(user) if user and not os.geteuid() else []
        if other:
            os.chown(folder, user, user)
        own = [*other, "unshare", *(["--user", "--map-root-user"] if user or os.geteuid() else [])]
        own += ["--mount", "--propagation", "private", "--pid", "--net", "--ipc", "--mount-proc", "--fork"]
        return subprocess.run(
            [*own, "--kill-child", "sh", "-c", INIT, "sh", sys.executable, "-m", *words],
            cwd=ROOT,
            env=environment(Path(folder)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )


def environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("NETDOJO", "TMP"))}
    home, tmp = folder / "home", folder / "tmp"
    return {**kept, MARK: str(folder), "NETDOJO_HOME": str(home), "TMPDIR": str(tmp), "PYTHONDONTWRITEBYTECODE": "1"}


def daemons() -> list[int]:
    return [pid for pid in pids() if name_of(pid) in DAEMONS]


def here() -> Path:
    """Return this machine's folder, with a place for temporary files in it and one for what clients are asked for."""
    folder = Path(os.environ[MARK])
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True, mode=0o1777)
    return folder


def census() -> frozenset[str]:
    """Return all that is on this machine, but for this process and what holds it."""
    found = [*_processes(), *_spaces(), *_mounts(), *_sockets(), *_interfaces(), *files()]
    return frozenset(found)


def _processes() -> Iterator[str]:
    mine = {os.getpid(), 1}
    for pid in pids():
        name = name_of(pid)
        if pid not in mine and name and not is_over(pid):
            yield f"process {pid} {name}"


def _spaces() -> Iterator[str]:
    for pid in pids():
        for kind in SPACES:
            with suppress(OSError):
                yield f"namespace {os.readlink(f'/proc/{pid}/ns/{kind}')}"
    yield from (f"name {path}" for path in below(Path("/run")))


def _mounts() -> Iterator[str]:
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        yield f"mount {line.split()[4]}"


def _sockets() -> Iterator[str]:
    yield from ports()
    yield from (f"socket {row.split()[-1]}" for row in Path("/proc/net/unix").read_text().splitlines()[1:])


def everybody(_: str) -> bool:
    """Leave nobody's socket out."""
    return True


def ports(whose: Callable[[str], bool] = everybody) -> Iterator[str]:
    """Yield the ports on which something listens here; `whose` tells by its inode whether a socket counts."""
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for row in Path(f"/proc/net/{protocol}").read_text().splitlines()[1:]:
            _, address, _, state, *_, inode = row.split()[:10]
            if state in {"0A", "07"} and whose(inode):
                yield f"port {protocol} {address}"


def _interfaces() -> Iterator[str]:
    for row in Path("/proc/net/dev").read_text().splitlines()[2:]:
        yield f"interface {row.split(':')[0].strip()}"


def files() -> Iterator[str]:
    """Yield what is in the home, in the place for temporary files, and beside what clients were asked for."""
    folder = here()
    for top in (folder / "home", folder / "tmp"):
        yield from (f"file {path}" for path in below(top))
    for path in below(folder / RESULTS):
        if Path(path).relative_to(folder / RESULTS).parts[0] not in ASKED:
            yield f"file {path}"


def is_of_network(one: str) -> bool:
    """Whether something of a census is the network's folder, or in it."""
    folder = f"file {here()}/{NETWORK}"
    return one == folder or one.startswith(f"{folder}/")


def is_half_written(one: str) -> bool:
    """Whether something of a census is beside what a client was asked for: what that is to become."""
    return one.startswith(f"file {here()}/{RESULTS}/")


def below(top: Path) -> Iterator[str]:
    """Yield each path below `top`, but of a folder that goes meanwhile what has been seen of it."""
    for folder, folders, names in os.walk(top):
        yield from (os.path.join(folder, name) for name in (*folders, *names))


def pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def name_of(pid: int) -> str:
    """Return a process's name; nothing when it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def parent_of(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    return 0


def is_over(pid: int) -> bool:
    """Whether a process has ended and is only to be reaped, or was."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] == "Z"
    return True


def words_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def until(condition: Callable[[], object], deadline: float) -> bool:
    """Poll until `condition` holds; return whether it did by the deadline (seconds)."""
    end = time.monotonic() + deadline
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True
