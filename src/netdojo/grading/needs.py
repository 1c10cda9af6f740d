"""What grading needs of the host, as `netdojo doctor` shows it: found by using it, never by a version."""

from __future__ import annotations

import shutil
import subprocess

from netdojo.grading.bookkeeper import with_programs
from netdojo.grading.sandbox import isolation, system
from netdojo.runtimes.namespaces.host import remedy
from netdojo.runtimes.needs import Need
from netdojo.runtimes.packages import install


def doctor() -> list[Need]:
    """Return whether a sandbox can be made, and whether nbgrader finds the program that it calls."""
    return [sandbox(), migrations()]


def sandbox() -> Need:
    """Return whether bubblewrap makes a sandbox here, cut off as a submission's is."""
    name = "sandbox (bubblewrap)"
    program = shutil.which("bwrap")
    if program is None:
        return Need(name=name, ok=False, detail="not installed", remedy=install("bubblewrap"))
    tried = subprocess.run(
        [program, *isolation(), *system(), "/usr/bin/true"], capture_output=True, text=True, timeout=20, check=False
    )
    if tried.returncode == 0:
        return Need(name=name, ok=True, detail=program)
    return Need(name=name, ok=False, detail=tried.stderr.strip() or "it does not start", remedy=remedy())


def migrations() -> Need:
    """Return whether nbgrader will find alembic, which it calls by name."""
    found = shutil.which("alembic", path=with_programs()["PATH"])
    mends = "" if found else "rm -rf .venv && make doctor"
    return Need(name="gradebook (alembic)", ok=bool(found), detail=found or "not on PATH", remedy=mends)
