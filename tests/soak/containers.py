"""The machine that containers run on, where others have theirs: what is looked at is what bears this soak's names."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from netdojo.runtimes.containerlab.native import OWNER, lab_name

from . import machine
from .machine import DAEMONS, name_of, pids

TRACES = ("/run/netns", "/etc/ssh/ssh_config.d")


def lab() -> str:
    """Return the name by which containerlab knows the soak's network."""
    return lab_name("pair", machine.here() / "home" / "networks" / "pair")


def census() -> frozenset[str]:
    """Return all that the soak has on this machine, but for this process; and what cables lie about."""
    return frozenset([*_processes(), *_in_docker(), *_names(), *_kernel(), *_ports(), *machine.files()])


def is_of_network(one: str) -> bool:
    """Whether something of a census is of the network's containers, or in its folder."""
    return one.startswith(("contained ", "container ", "network ", "name ", "host ")) or machine.is_of_network(one)


def ours(pid: int) -> bool:
    """Whether a process was started by a client of the soak."""
    with suppress(OSError):
        marked = f"{machine.MARK}={machine.here()}".encode()
        return pid != os.getpid() and marked in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return False


def _processes() -> Iterator[str]:
    """Yield the processes of clients, and those in networks of their own: nodes', and what was started beside them."""
    here, outside, others = _space("self", "net"), _space("self"), _others_containers()
    for pid in pids():
        space = _space(str(pid), "net")
        its = ours(pid) or (space != here and not _is_anothers(pid, others))
        if space and its and not machine.is_over(pid):
            contained = _space(str(pid)) != outside
            yield f"{'contained' if contained else 'process'} {pid} {name_of(pid)}"
            if space != here:
                yield f"{'contained' if contained else 'namespace'} {space}"


def _is_anothers(pid: int, containers: set[str]) -> bool:
    """Whether a process is of one of others' `containers`, or below one with another home than the soak's."""
    with suppress(OSError):
        if containers & {*re.findall(r"[0-9a-f]{64}", Path(f"/proc/{pid}/cgroup").read_text())}:
            return True
    home = f"NETDOJO_HOME={machine.here()}/home".encode()
    while pid > 1:
        with suppress(OSError):
            variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            if any(one.startswith(b"NETDOJO_HOME=") and one != home for one in variables):
                return True
        pid = machine.parent_of(pid)
    return False


def _others_containers() -> set[str]:
    mine = f"label={OWNER}={_folder()}"
    return {*docker("ps", "-aq", "--no-trunc")} - {*docker("ps", "-aq", "--no-trunc", "--filter", mine)}


def _ports() -> Iterator[str]:
    """Yield the ports on which a process listens that a client has started."""
    held = set()
    for pid in filter(ours, pids()):
        with suppress(OSError):
            held |= {os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()}
    return machine.ports(lambda socket: f"socket:[{socket}]" in held)


def _in_docker() -> Iterator[str]:
    yield from (f"container {one}" for one in docker("ps", "-aq", "--filter", f"label={OWNER}={_folder()}"))
    yield from (f"network {one}" for one in docker("network", "ls", "-q", "--filter", f"name={lab()}"))


def _names() -> Iterator[str]:
    for folder in TRACES:
        yield from (f"name {path}" for path in Path(folder).glob(f"*{lab()}*"))
    yield from (f"host {line}" for line in Path("/etc/hosts").read_text().splitlines() if lab() in line)


def _kernel() -> Iterator[str]:
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        if str(machine.here()) in line:
            yield f"mount {line.split()[4]}"
    for row in Path("/proc/net/unix").read_text().splitlines()[1:]:
        if str(machine.here()) in row:
            yield f"socket {row.split()[-1]}"
    for row in Path("/proc/net/dev").read_text().splitlines()[2:]:
        if row.strip().startswith("clab-"):
            yield f"interface {row.split(':')[0].strip()}"


def daemons() -> list[int]:
    """Return the daemons of the soak's nodes."""
    firsts = docker("ps", "-q", "--filter", f"label={OWNER}={_folder()}")
    if not firsts:
        return []
    spaces = {_space(pid) for pid in docker("inspect", "-f", "{{.State.Pid}}", *firsts)} - {""}
    return [pid for pid in pids() if name_of(pid) in DAEMONS and _space(str(pid)) in spaces]


def _space(pid: str, kind: str = "pid") -> str:
    """Return the namespace of a kind that a process is in; nothing when it has ended."""
    with suppress(OSError):
        return os.readlink(f"/proc/{pid}/ns/{kind}")
    return ""


def _folder() -> Path:
    return machine.here() / "home" / "networks" / "pair"


def docker(*words: str) -> list[str]:
    return subprocess.run(["docker", *words], capture_output=True, text=True, timeout=60, check=False).stdout.split()
