"""The whole path in a browser: a learner passes the lab and gets the badge."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from . import answers
from .conftest import COURSE, Server, Tabs, description, findings, shoot, shoot_described
from .walking import (
    CHECKED,
    GRADED,
    begin,
    ended,
    open_notebook,
    run_cells,
    save,
    start_network,
    task,
)

pytestmark = pytest.mark.timeout(420)

PICTURE = COURSE / "docs" / "images" / "lab-page.png"
LAB = "First contact: read and repair a fabric with netmiko"


def test_from_the_lesson_to_the_badge(own_server: Server, tabs: Tabs) -> None:
    """A learner reads the lesson, starts the lab, types the solution, checks, submits, and finds the badge."""
    page = tabs.open(own_server)
    page.get_by_role("link", name="First contact with netmiko").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("netmiko")
    page.locator('a[href*="labs/netmiko-first-contact"]').first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(LAB)
    start_network(page)

    notebook = open_notebook(page)
    run_cells(notebook, answers.ALL)
    save(notebook)
    shoot(notebook, "notebook")

    expect(task(page, "read")).to_contain_text("Passed")
    expect(task(page, "find")).to_contain_text("Passed")
    begin(page, "Check all tasks")
    ended(page, "Checked: 2 of 2 tasks passed", CHECKED)
    expect(task(page, "ecmp")).to_contain_text("Passed")
    shoot(page, "lab-passed")
    shown = shoot_described(page, "lab-page")

    begin(page, "Submit for a grade")
    ended(page, "Passed: 14 of 14 points", GRADED)
    shoot(page, "lab-submitted")
    page.get_by_role("link", name="See your progress.").click()
    badge = page.get_by_role("img", name=f"Badge: {LAB}")
    expect(badge).to_be_visible()
    assert badge.evaluate("image => image.complete && image.naturalWidth > 0")
    expect(page.locator(".disclaimer")).to_contain_text("elf-declared, CE-style learning hours")
    shoot(page, "progress")
    assert [] == findings(page)
    page.get_by_role("link", name=f"Verify {LAB}").click()
    expect(page.get_by_text("Valid", exact=True)).to_have_count(2)
    shoot(page, "verify")
    assert [] == findings(page)
    assert shown == description(PICTURE), "the README's picture is of an older page: make screenshot"
