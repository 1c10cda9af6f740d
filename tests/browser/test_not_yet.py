"""The whole path in a browser: a learner who has not done the lab sees why it does not pass."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from . import answers
from .conftest import Server, Tabs, findings, shoot
from .walking import CHECKED, GRADED, begin, ended, open_notebook, run_cells, save, start_network, task

pytestmark = pytest.mark.timeout(420)


def test_a_lab_that_is_not_done_says_why(own_server: Server, tabs: Tabs) -> None:
    """A learner who leaves the leaves broken sees, at the check and after submitting, what does not hold and where."""
    page = tabs.open(own_server)
    page.goto(own_server.lab())
    start_network(page)

    begin(page, "Check task 3")
    ended(page, "Task 3: not yet.", CHECKED)
    repair = task(page, "repair")
    expect(repair).to_contain_text("Not yet")
    expect(repair).to_contain_text("Idle (Admin)")
    expect(repair).to_contain_text("leaf4")
    expect(page.locator("#said")).to_contain_text("Task 3: not yet.")
    shoot(page, "lab-not-yet")
    assert [] == findings(page)

    notebook = open_notebook(page)
    run_cells(notebook, {"summaries = {}": answers.READ})
    save(notebook)
    begin(page, "Submit for a grade")
    ended(page, "Not yet: 3 of 14 points", GRADED)
    says_why(page.locator("#submission"))
    shoot(page, "lab-failed")
    assert [] == findings(page)
    page.goto(f"{own_server.url}/progress")
    expect(page.get_by_text("No badge yet.")).to_be_visible()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Not yet")


def says_why(result: Locator) -> None:
    """Expect of a failed submission what a learner needs: the first task open, the next step its own."""
    tasks = result.locator("li.graded")
    expect(tasks.nth(0)).to_contain_text("Passed")
    expect(result.locator("details[open] > summary", has_text="What was found")).to_have_count(1)
    expect(tasks.nth(1).get_by_text("(in the line: raise NotImplementedError())").first).to_be_visible()
    expect(result.get_by_text("Try next, for task 2:")).to_be_visible()
    expect(tasks.nth(2).get_by_text("Idle (Admin)").first).to_be_hidden()
    tasks.nth(2).get_by_text("What was found").click()
    expect(tasks.nth(2).get_by_text("leaf4", exact=True).first).to_be_visible()
    expect(tasks.nth(2).get_by_text("Idle (Admin)").first).to_be_visible()
