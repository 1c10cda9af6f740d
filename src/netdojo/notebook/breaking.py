"""Faults in the hands of a learner: shown as they are put on, and lifted at the end of a `with` block."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from html import escape
from types import TracebackType
from typing import Any

from netdojo import runtimes
from netdojo.errors import FaultRefused
from netdojo.model import Fault, Network
from netdojo.notebook.shown import Shown

COLUMNS = ("fault", "kind", "target", "state", "from", "to", "how")


class Imposed(Shown):
    """A fault that has been put on the network. As a context manager it is lifted on leaving."""

    def __init__(self, network: Network, fault: Fault) -> None:
        self.network = network
        self.fault = fault
        text = f"fault {fault.id}: {fault.kind.value} at {fault.target} ({fault.mechanism}). Seen: {fault.seen}."
        super().__init__(text, f"<p>{escape(text)}</p>")

    def lift(self) -> None:
        """Lift it; one that was lifted before is left."""
        with suppress(FaultRefused):
            runtimes.lift(self.network, self.fault.id)

    def __enter__(self) -> Imposed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.lift()


class NotImposed(Shown):
    """What stands for a fault where the grader runs the notebook: it breaks networks itself."""

    def __init__(self) -> None:
        text = "The grader's network is not broken here."
        super().__init__(text, f"<p>{escape(text)}</p>")

    def lift(self) -> None:
        """Lift nothing."""

    def __enter__(self) -> NotImposed:
        return self

    def __exit__(self, *_: Any) -> None:
        """Leave everything as it is."""


def show_faults(faults: Iterable[Fault]) -> Shown:
    """Show faults as a table, the first one first."""
    rows = [cells(fault) for fault in faults]
    if not rows:
        return Shown("No fault has been put on this network.", "<p>No fault has been put on this network.</p>")
    text = "\n".join(" | ".join(row) for row in (COLUMNS, *rows))
    head = "".join(f"<th>{escape(name)}</th>" for name in COLUMNS)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return Shown(text, f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def cells(fault: Fault) -> tuple[str, ...]:
    """Return a fault as a row; times are those of this machine's zone."""
    began = fault.imposed.astimezone().strftime("%H:%M:%S")
    ended = fault.lifted.astimezone().strftime("%H:%M:%S") if fault.lifted else ""
    return (str(fault.id), fault.kind.value, fault.target, fault.state.value, began, ended, fault.mechanism)
