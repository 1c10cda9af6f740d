"""A network in a list of them: this home's, or all that are on this machine."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from netdojo.model.base import Noun


class ListedState(str, Enum):
    """Whether a network can be used.

    `starting` is one that does not answer, since it comes up or ends; of one that is `abandoned` only containers are
    left, since the processes that held it were killed.
    """

    running = "running"
    starting = "starting"
    abandoned = "abandoned"


class NetworkListed(Noun):
    """A network, whose it is and what it takes.

    `uptime` and `idle` are in seconds, `memory` is in bytes (proportional set size). `idle` is None where it cannot be
    asked: another user's network answers nobody else, and what does not run answers nobody.
    """

    name: str
    runtime: str
    home: Path
    user: str
    state: ListedState
    uptime: float
    idle: float | None
    memory: int
