"""Whether this kernel takes the settings that a topology wants of nodes' networks, found by trying them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator

from netdojo.model import Topology
from netdojo.runtimes import programs, settings
from netdojo.runtimes.checking import ELSEWHERE, NO_NUL, NUL, Refusal

OF_CONTAINERS = re.compile(r"kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\..+")
"""Settings beyond the network that a container has of its own."""
PATIENCE = 10.0
"""Seconds that a trial may take."""
_TRY = """
echo entered
while [ $# -gt 1 ]; do
  if [ ! -f "/proc/sys/$1" ]; then echo absent
  elif { printf %s "$2" > "/proc/sys/$1"; } 2>/dev/null; then echo taken
  else echo refused; fi
  shift 2
done
"""


def refusals(topology: Topology) -> Iterator[Refusal]:
    """Yield a refusal for each setting that is not of the network, or that the kernel does not take."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for node in topology.nodes:
        for name, value in node.sysctls.items():
            field = f"topology.nodes.{node.name}.sysctls.{name}"
            if not name.startswith("net.") or "/" in name:
                message = "must be a setting of the network, net.… (a node shares the host's kernel)"
                yield Refusal(field, message, ELSEWHERE if OF_CONTAINERS.fullmatch(name) else "")
            elif NUL in name + value:
                yield Refusal(field, NO_NUL)
            else:
                wanted.setdefault((name, value), []).append(field)
    for (_, value), fields, answer in zip(wanted, wanted.values(), tried(list(wanted)), strict=False):
        if answer != "taken":
            absent = "must be a setting that a network of its own has in this machine's kernel"
            refused = f"must be a value that the kernel takes here (got {value!r})"
            yield from (Refusal(field, absent if answer == "absent" else refused) for field in fields)


def tried(wanted: list[tuple[str, str]]) -> list[str]:
    """Return "taken", "absent" or "refused" of each setting in a network of its own; nothing where none can be made.

    An interface that only comes with a link is tried by the settings that every new one gets.
    """
    if not wanted:
        return []
    given = [word for name, value in wanted for word in (_of_new_ones(name), value)]
    try:
        own = [programs.program("unshare"), "--net", *(["--user", "--map-root-user"] if os.geteuid() else [])]
        words = [*own, programs.program("sh"), "-c", _TRY, "sh", *given]
        done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.split()[1:]


def _of_new_ones(name: str) -> str:
    found = settings.parts(name)
    return "/".join([*found[:3], "default", *found[4:]]) if settings.interface(name) else settings.path(name)
