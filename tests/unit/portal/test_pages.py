"""A lab's page shows one moment: its parts are never of before and after the same piece of work."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from netdojo.content import read_topology
from netdojo.credentials.check import BadgeCheck, Step
from netdojo.credentials.check import Outcome as StepOutcome
from netdojo.model import Lab
from netdojo.portal import pages
from netdojo.portal.desk import Desk
from netdojo.portal.extension import templates
from netdojo.portal.jobs import Job, Jobs, Outcome

COURSE = Path(__file__).parents[3]


class Ends:
    """A desk at which a job ends just when somebody looks for its network."""

    site_built = False

    def __init__(self, lab: Lab, job: Job) -> None:
        self._lab = lab
        self._job = job

    def lab(self, _: str) -> Lab:
        return self._lab

    def look(self, _: str) -> tuple[None, None]:
        self._job.outcome = cast(Outcome, object())
        return None, None

    def topology(self, _: Lab) -> Any:
        return read_topology(COURSE / "topologies" / "leaf-spine-2x4" / "leaf-spine-2x4.clab.yml")

    def ended(self, _: str) -> str:
        return ""

    def is_coming_up(self, _: str) -> bool:
        return True

    def reports(self, _: str) -> dict[str, Any]:
        return {}

    def checks(self, _: Lab) -> tuple[()]:
        return ()


class One:
    """The jobs of a server that has one."""

    def __init__(self, job: Job | None) -> None:
        self.job = job

    def of(self, _: str) -> Job | None:
        return self.job


def test_work_that_ends_meanwhile_is_still_under_way(lab: Lab, home: Path) -> None:
    """A page without the network that was started does not say that it is ready; the next one does both."""
    job = Job(1, lab.slug, "start")
    page = pages.lab_page(cast(Desk, Ends(lab, job)), cast(Jobs, One(job)), lab.slug)

    assert (True, False) == (page.busy, job.running)
    assert not page.network.on
    nothing = pages.lab_page(cast(Desk, Ends(lab, job)), cast(Jobs, One(None)), lab.slug)
    assert nothing.job is None


def test_network_that_comes_up_elsewhere_can_be_stopped(lab: Lab, home: Path) -> None:
    """It is said to come up, and Stop stands in the place of Start; this page's own work is told instead."""
    job = Job(1, lab.slug, "start")
    own = pages.lab_page(cast(Desk, Ends(lab, job)), cast(Jobs, One(job)), lab.slug)
    assert ("Not started", False) == (own.network.state.word, own.network.coming_up)

    page = pages.lab_page(cast(Desk, Ends(lab, job)), cast(Jobs, One(None)), lab.slug)
    shown = templates().get_template("parts/actions.html").render(page=page, url="", xsrf="")
    assert "Coming up" == page.network.state.word
    assert ("Stop network" in shown, "Start network" in shown, "Check all" in shown) == (True, False, False)


def test_badge_that_does_not_hold_is_told_with_the_next_step() -> None:
    """The page that verifies a badge says what to do once for each file that is not valid, and for no other."""
    steps = [Step(name="signature", outcome=one, detail="-") for one in (StepOutcome.holds, StepOutcome.broken)]
    found = [BadgeCheck(file=Path("badge.json"), steps=(step,)) for step in steps]
    page = templates().get_template("verify.html")
    shown = page.render(url="", base_url="/", here="progress", badge=SimpleNamespace(title="A"), found=found)

    assert 1 == shown.count("<p>Ask for the file as it was issued: its holder or its issuer has it.</p>")
