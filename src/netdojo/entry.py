"""`netdojo`: the command line, which Ctrl-C ends at once also while it is being loaded."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line; until it is loaded there is nothing to be left, so an interrupt is the system's to do."""
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from netdojo.cli import app

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    app()
