"""Where netdojo keeps what it writes: one folder for a person, `NETDOJO_HOME` or the platform's data folder."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path


def home() -> Path:
    """Return the folder that holds everything below; nothing is written outside it at run time."""
    named = os.environ.get("NETDOJO_HOME")
    return Path(named).expanduser().absolute() if named else user_data_path("netdojo")


def networks() -> Path:
    """One folder a deployed network; each goes with its network."""
    return home() / "networks"


def workspaces() -> Path:
    """One folder a lab: the learner's notebook and files."""
    return home() / "work"


def ledger_file() -> Path:
    return home() / "ledger.sqlite"


def issuer() -> Path:
    """The folder of the issuer's key, mode 0700."""
    return home() / "issuer"


def badges() -> Path:
    return home() / "badges"


def submissions() -> Path:
    """One folder a recorded submission: what was handed in, and its report."""
    return home() / "submissions"


def nbgrader() -> Path:
    """nbgrader's course folder as built from graders/: source, release, submitted, autograded, gradebook.db."""
    return home() / "nbgrader"
