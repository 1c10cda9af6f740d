"""The processes of a network of ours as the host sees them: which are a node's, what time and memory they take."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from netdojo.model import Network
from netdojo.runtimes.serving.kinship import children_of

TICKS = os.sysconf("SC_CLK_TCK")


def node_pids(network: Network) -> dict[str, int]:
    """Return the first process of each node."""
    found = {}
    for pid in children_of([network.pid])[network.pid]:
        with suppress(OSError):
            name = Path("/proc", str(pid), "root", "etc", "hostname").read_text().strip()
            if os.readlink(f"/proc/{pid}/ns/net") != os.readlink(f"/proc/{network.pid}/ns/net"):
                found[name] = pid
    return {access.name: found[access.name] for access in network.access}


def processes(network: Network) -> Iterator[int]:
    """Yield every process within the network: all that are in its user namespace."""
    home = os.readlink(f"/proc/{network.pid}/ns/user")
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and os.readlink(entry / "ns" / "user") == home:
                yield int(entry.name)


def cpu_seconds(network: Network) -> float:
    """Return the time that the network has taken of the processors: what runs now, and what it has run before."""
    return sum(_cpu_seconds(pid) for pid in processes(network))


def _cpu_seconds(pid: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS
    return 0.0


def megabytes_by_name(network: Network) -> dict[str, float]:
    """Return the proportional set size of all processes of a name, in megabytes, the largest first."""
    found: dict[str, float] = {}
    for pid in processes(network):
        with suppress(OSError):
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            found[name] = found.get(name, 0.0) + proportional_size(pid) / 1e6
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def proportional_size(pid: int) -> int:
    """Return a process's share of memory in bytes: its own pages, and of each page that is shared its part."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
