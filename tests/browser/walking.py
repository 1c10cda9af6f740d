"""The steps that a learner takes in the browser, in a learner's words."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

STARTED = 60_000
"""Milliseconds for a network to be there, on a busy machine."""
BUILT = 120_000
"""Milliseconds for nbgrader to build the notebook, the first time that it is opened."""
CHECKED = 90_000
GRADED = 240_000
RAN = 60_000
"""Milliseconds for one cell: it may wait 30 s for BGP."""
HAS_RUN = re.compile(r"\[\d+\]:")
PLACEHOLDER = "YOUR CODE HERE"
LAST_CELL = "lab.submit()"
SHORT = 300
"""Characters."""


def begin(page: Page, button: str) -> None:
    """Press a lab's button; those that ask first are asked."""
    opener = {"Reset network": "Reset network…", "Stop network": "Stop network…", "Submit for a grade": "Submit…"}
    if button in opener:
        page.locator("summary", has_text=opener[button]).click()
    page.get_by_role("button", name=button, exact=True).click()


def ended(page: Page, headline: str, within: float) -> None:
    """Wait until the work is over and its notice says `headline`."""
    expect(page.locator("#job .notice:not([data-running]) h2")).to_contain_text(headline, timeout=within)


def start_network(page: Page) -> None:
    begin(page, "Start network")
    ended(page, "The network is ready: 6 nodes", STARTED)


def open_notebook(page: Page) -> Page:
    """Open the notebook in its tab, and return it once its kernel is ready and all of its cells are there.

    JupyterLab lays the cells out one after another, each when it has the time.
    """
    with page.expect_popup(timeout=BUILT) as popup:
        page.get_by_role("link", name="Open notebook").click()
    notebook = popup.value
    cells = notebook.locator(".jp-Notebook .jp-CodeCell")
    expect(cells.last).to_contain_text(LAST_CELL, timeout=STARTED)
    notebook.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=STARTED)
    return notebook


def run_cells(notebook: Page, answers: dict[str, str]) -> None:
    """Go through the notebook from the top with Shift+Enter; type each answer into the cell that waits for it.

    `answers` is text of a cell that is there → what the cell shall hold instead.
    """
    cells = notebook.locator(".jp-Notebook .jp-CodeCell")
    for number in range(cells.count()):
        cell = cells.nth(number)
        cell.scroll_into_view_if_needed()
        held = cell.locator(".cm-content").inner_text()
        answer = next((text for mark, text in answers.items() if mark in held), None)
        if answer is not None:
            type_into(notebook, cell, answer)
        elif LAST_CELL not in held and PLACEHOLDER not in held:
            cell.locator(".cm-content").click()
        else:
            continue
        notebook.keyboard.press("Shift+Enter")
        expect(cell.locator(".jp-InputPrompt")).to_have_text(HAS_RUN, timeout=RAN)


def type_into(notebook: Page, cell: Locator, text: str) -> None:
    """Type `text` over what the cell holds; the editor's own indentation is taken back.

    A short text is typed key by key. A long one comes a line at a time, as it would from the clipboard.
    """
    cell.locator(".cm-content").click()
    notebook.keyboard.press("Control+a")
    notebook.keyboard.press("Delete")
    write = notebook.keyboard.type if len(text) < SHORT else notebook.keyboard.insert_text
    for number, line in enumerate(text.splitlines()):
        if number:
            notebook.keyboard.press("Enter")
            notebook.keyboard.press("Shift+Home")
            notebook.keyboard.press("Delete")
        write(line)


def save(notebook: Page) -> None:
    notebook.keyboard.press("Escape")
    notebook.keyboard.press("Control+s")
    expect(notebook.locator(".jp-mod-dirty")).to_have_count(0)


def task(page: Page, id: str) -> Locator:
    """Return the part of a lab's page that says how a task stands."""
    return page.locator(f"#task-{id}")
