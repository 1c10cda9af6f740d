"""Keeps a submission still while the judge looks at its network, so that no two looks see two networks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from netdojo import runtimes
from netdojo.errors import NodeUnreachable
from netdojo.grading.confined import Confined
from netdojo.model import Network


class Standstill:
    """The sandbox frozen and its SSH sessions held, but for the moments in which the notebook is asked something.

    What the nodes run by themselves goes on: that is the network. Without a network the sandbox alone is frozen.
    """

    def __init__(self, confined: Confined, network: Network | None) -> None:
        self.confined = confined
        self.network = network
        self.still = False

    @contextmanager
    def lasting(self) -> Iterator[None]:
        """Keep everything still from entering to leaving."""
        self._hold()
        try:
            yield
        finally:
            self._go_on()

    @contextmanager
    def interrupted(self) -> Iterator[None]:
        """Let everything go on for a moment where it is still, and else do nothing."""
        if not self.still:
            yield
            return
        self._go_on()
        try:
            yield
        finally:
            self._hold()

    def _hold(self) -> None:
        """Freeze what can type first, then hold what has been typed."""
        self.still = True
        self.confined.freeze()
        self._sessions(held=True)

    def _go_on(self) -> None:
        self.still = False
        self._sessions(held=False)
        self.confined.thaw()

    def _sessions(self, *, held: bool) -> None:
        """Hold the sessions of a network or let them go on; one that has ended is told of by the checks that ask it."""
        if self.network:
            with suppress(NodeUnreachable):
                runtimes.sessions(self.network, held=held)
