"""What the pages know: the course, a lab's network, its results and the learner's record, read from the rooms below."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from netdojo import places
from netdojo.errors import NetdojoError, NetworkComingUp, NotFound
from netdojo.model import Course, Lab, Network, NetworkState, TaskReport, Topology

if TYPE_CHECKING:
    from netdojo.checks import Check

FRESH = 0.8
"""Seconds for which one look at a network serves every tab that asks."""


@dataclass
class Desk:
    """The services behind the pages. `folder` names the course, `site` the built lessons; None finds them."""

    folder: Path | None = None
    site_folder: Path | None = None
    _course: tuple[tuple[tuple[str, float], ...], Course] | None = None
    _checks: dict[Path, tuple[float, tuple[Check, ...]]] = field(default_factory=dict)
    _looks: dict[str, tuple[float, Network | None, NetworkState | None]] = field(default_factory=dict)
    _looking: threading.Lock = field(default_factory=threading.Lock)

    def course(self) -> Course:
        """Return the course, read anew when one of its manifests has changed; raises InvalidFiles with all faults."""
        from netdojo import content

        stamp = manifests(content.course_folder(self.folder))
        if self._course is None or self._course[0] != stamp:
            self._course = (stamp, content.find_course(self.folder))
        return self._course[1]

    def lab(self, slug: str) -> Lab:
        """Return the lab; raises NotFound, which suggests the near one."""
        from netdojo import content

        return content.find_lab(self.course(), slug)

    def site(self) -> Path:
        """Return the folder of the built lessons, which need not be there."""
        return self.site_folder or self.course().folder / "build" / "site"

    @property
    def site_built(self) -> bool:
        return (self.site() / "index.html").is_file()

    def topology(self, lab: Lab) -> Topology:
        from netdojo import content

        return content.read_topology(lab.topology_file)

    def checks(self, lab: Lab) -> tuple[Check, ...]:
        """Return the lab's public checks, read anew when their file has changed."""
        from netdojo import checks

        file = lab.folder / "checks.py"
        stamp = file.stat().st_mtime
        known = self._checks.get(file)
        if known is None or known[0] != stamp:
            known = self._checks[file] = (stamp, checks.load_checks(file))
        return known[1]

    def look(self, slug: str) -> tuple[Network | None, NetworkState | None]:
        """Return the lab's network and how it is now; (None, None) while there is none."""
        with self._looking:
            seen = self._looks.get(slug)
            if seen is None or time.monotonic() - seen[0] > FRESH:
                seen = (time.monotonic(), *look(slug))
                self._looks[slug] = seen
            return seen[1], seen[2]

    def is_coming_up(self, slug: str) -> bool:
        """Tell whether the lab's network is being deployed."""
        from netdojo import runtimes

        return slug in runtimes.coming_up()

    def ended(self, slug: str) -> str:
        """Return when and why the lab's last network ended by itself; "" when it did not."""
        from netdojo import runtimes
        from netdojo.runtimes import forgetting

        found = runtimes.forgotten(slug)
        return f"The network {forgetting.said(found)}." if found else ""

    def forget_look(self, slug: str) -> None:
        """Make the next look a fresh one."""
        with self._looking:
            self._looks.pop(slug, None)

    def workspace(self, slug: str) -> Path:
        return places.workspaces() / slug

    def reports(self, slug: str) -> dict[str, TaskReport]:
        """Return task id → the last check's report, whoever ran it."""
        from netdojo import checks

        return checks.recall(self.workspace(slug))


def manifests(folder: Path) -> tuple[tuple[str, float], ...]:
    """Return each manifest of the course and when it was last written."""
    files = [folder / "mkdocs.yml", *folder.glob("labs/*/lab.yml"), *folder.glob("modules/*/module.yml")]
    return tuple(sorted((str(file), file.stat().st_mtime) for file in files))


def look(slug: str) -> tuple[Network | None, NetworkState | None]:
    """Ask the runtime for the network of this name; one that ends while it is asked is none."""
    from netdojo import runtimes

    try:
        network = runtimes.find(slug)
    except (NotFound, NetworkComingUp):
        return None, None
    try:
        return network, runtimes.inspect(network)
    except NetdojoError:
        return network, None
