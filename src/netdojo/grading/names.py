"""Names the grader's networks after its process, so that those of a grader that was killed are found and ended."""

from __future__ import annotations

import os
import re
import secrets

from netdojo import runtimes

PREFIX = "grade"
OURS = re.compile(rf"^{PREFIX}-(\d+)-[0-9a-f]+$")


def network_name() -> str:
    """Return a name that no other grading has."""
    return f"{PREFIX}-{os.getpid()}-{secrets.token_hex(3)}"


def sweep() -> None:
    """End the networks of graders that are no more."""
    for network in runtimes.networks():
        found = OURS.match(network.name)
        if found and not alive(int(found.group(1))):
            runtimes.destroy(network)


def alive(pid: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
