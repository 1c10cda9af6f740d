"""A fault that is put on a deployed network on purpose, and how long it was there."""

from __future__ import annotations

from enum import Enum

from netdojo.model.base import Instant, Noun


class FaultKind(str, Enum):
    """What can be broken; `sentence` says what it does."""

    link_down = "link-down"
    flap = "flap"
    loss = "loss"
    rate = "rate"
    delay = "delay"
    mtu = "mtu"
    daemon_killed = "daemon-killed"
    node_stopped = "node-stopped"
    config_drift = "config-drift"
    duplicate_address = "duplicate-address"

    @property
    def sentence(self) -> str:
        return SENTENCES[self]


SENTENCES = {
    FaultKind.link_down: "NODE:INTERFACE: the cable is cut, no carrier at either end",
    FaultKind.flap: "NODE:INTERFACE: the cable comes and goes",
    FaultKind.loss: "NODE:INTERFACE: the cable loses packets, in both directions",
    FaultKind.rate: "NODE:INTERFACE: the cable carries little, in both directions",
    FaultKind.delay: "NODE:INTERFACE: packets are late, in both directions",
    FaultKind.mtu: "NODE:INTERFACE: this end has another mtu than the far one",
    FaultKind.daemon_killed: "NODE:DAEMON, as leaf1:bgpd: it is killed and stays away",
    FaultKind.node_stopped: "NODE: the power is off; when lifted, it boots",
    FaultKind.config_drift: "NODE: FRR runs with other lines than before",
    FaultKind.duplicate_address: "NODE:INTERFACE: it has another node's address",
}
"""What each kind is put on, and what it does."""


class FaultState(str, Enum):
    """Where a fault is in its life; `imposing` stays only where its client died on the way."""

    imposing = "imposing"
    in_force = "in force"
    over = "over"
    lifted = "lifted"
    withdrawn = "withdrawn"


class FaultOptions(Noun):
    """How bad a fault is. What a kind has no use for is None or empty.

    `percent` is of packets, `rate` in bits a second, `delay` and `jitter` in milliseconds, `mtu` in bytes, `up` and
    `down` in seconds. Without a `count`, a cable flaps until the fault is lifted. `lines` are typed in FRR's
    configuration mode.
    """

    percent: float | None = None
    rate: int | None = None
    delay: float | None = None
    jitter: float | None = None
    mtu: int | None = None
    up: float | None = None
    down: float | None = None
    count: int | None = None
    lines: tuple[str, ...] = ()
    address: str = ""


class Fault(Noun):
    """A fault of a network, numbered from 1.

    `mechanism` is what the kernel or the daemon was asked for, `seen` what showed from outside the node that the fault
    has taken effect. `over` is a fault that has come to its end by itself, and is still to be lifted.
    """

    id: int
    kind: FaultKind
    target: str
    options: FaultOptions = FaultOptions()
    state: FaultState
    mechanism: str = ""
    seen: str = ""
    imposed: Instant
    lifted: Instant | None = None
