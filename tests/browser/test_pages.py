"""The pages by themselves: who gets in, what is announced, the keyboard, small screens, both themes."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from .conftest import Server, Tabs, findings, shoot
from .walking import begin, ended

PATHS = {"catalogue": "/", "lab": "/labs/netmiko-first-contact", "progress": "/progress", "trouble": "/labs/netmiko"}


def fetched(address: str, **given: object) -> tuple[int, str]:
    """Return the status and text of an address, without following it elsewhere."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object, **__: object) -> None:
            return None

    request = urllib.request.Request(address, **given)  # type: ignore[arg-type]  # method and data
    try:
        with urllib.request.build_opener(Stay).open(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Location", "") or error.read().decode()


@pytest.mark.parametrize("path", ["/", "/labs/netmiko-first-contact", "/progress", "/lessons/", "/static/portal.css"])
def test_nobody_gets_in_without_the_token(server: Server, path: str) -> None:
    """Every page sends a stranger to the sign-in."""
    status, location = fetched(server.url + path)

    assert 302 == status
    assert "/login?next=" in location


def test_a_change_without_the_pages_own_token_is_refused(server: Server) -> None:
    """A form of another site cannot start anything, even in a browser that is signed in."""
    status, _ = fetched(f"{server.lab()}/start", method="POST", data=b"")

    assert 403 == status


def test_the_token_leaves_the_address(server: Server, tabs: Tabs) -> None:
    """Once signed in, the address holds no token that a history or a screenshot would keep."""
    page = tabs.open(server)

    assert f"{server.url}/" == page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PATHS)
def test_axe_finds_nothing(server: Server, tabs: Tabs, name: str, scheme: str) -> None:
    """Each page passes axe's rules in both themes."""
    page = tabs.open(server, scheme=scheme)
    page.goto(server.url + PATHS[name])
    shoot(page, f"{name}-{scheme}-1280")

    assert [] == findings(page)


@pytest.mark.parametrize("name", PATHS)
def test_a_small_screen_shows_all(server: Server, tabs: Tabs, name: str) -> None:
    """At 320 px nothing has to be scrolled sideways."""
    page = tabs.open(server, width=320)
    page.goto(server.url + PATHS[name])
    shoot(page, f"{name}-light-320")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_slug_with_a_typo_gets_the_near_one(server: Server, tabs: Tabs) -> None:
    """A lab that is not there says which one may be meant."""
    page = tabs.open(server)
    answer = page.goto(server.lab("netmiko-frist-contact"))

    assert answer is not None
    assert 404 == answer.status
    expect(page.get_by_text("did you mean 'netmiko-first-contact'?")).to_be_visible()


def test_hints_are_opened_one_at_a_time(server: Server, tabs: Tabs) -> None:
    """The second hint is only offered inside the first."""
    page = tabs.open(server)
    page.goto(server.lab())
    first = page.locator("#at-repair summary", has_text="Hint 1 of 3")
    second = page.locator("#at-repair summary", has_text="Hint 2 of 3")

    expect(second).to_be_hidden()
    first.click()
    expect(second).to_be_visible()


def test_the_keyboard_alone_starts_and_stops_and_two_tabs_agree(server: Server, tabs: Tabs) -> None:
    """Pressing Enter on Start is enough; the focus stays near, a second tab agrees, axe is content."""
    page = tabs.open(server)
    page.goto(server.lab())
    other = page.context.new_page()
    other.goto(server.lab())
    page.locator("#start-button").focus()
    page.keyboard.press("Enter")
    ended(page, "The network is ready: 6 nodes", 60_000)
    expect(other.locator("#job")).to_contain_text("The network is ready: 6 nodes", timeout=4_000)
    expect(page.locator("#said")).to_contain_text("The network is ready: 6 nodes")
    expect(page.locator("#actions :focus")).to_have_count(1)
    expect(page.locator("#network")).to_contain_text("6 of 6 nodes running, 8 of 8 links up")
    assert [] == findings(page)
    console(page)
    begin(page, "Stop network")
    ended(page, "The network is stopped", 30_000)
    expect(other.locator("#network")).to_contain_text("not deployed", timeout=4_000)


def console(page: Page) -> None:
    """Open a node's console in its tab, and wait until the router shows its prompt."""
    heard: list[str] = []
    with page.expect_popup() as popup:
        page.locator("#console-leaf1").click()
    terminal = popup.value
    terminal.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
    deadline = time.monotonic() + 30
    while "leaf1#" not in "".join(heard):
        assert time.monotonic() < deadline, f"the console said {heard}"
        terminal.wait_for_timeout(100)
    terminal.close()


def test_without_scripts_the_forms_still_work(server: Server, tabs: Tabs) -> None:
    """A browser without JavaScript starts and stops the network by plain forms."""
    page = tabs.open(server, scripts=False)
    page.goto(server.lab())
    page.get_by_role("button", name="Start network", exact=True).click()
    assert server.lab() == page.url
    wait_for_plain(page, "The network is ready: 6 nodes")
    begin(page, "Stop network")
    wait_for_plain(page, "The network is stopped")


def wait_for_plain(page: Page, text: str) -> None:
    """Load a page without scripts again until it says `text`, at most 60 s."""
    deadline = time.monotonic() + 60
    while text not in page.locator("#job").inner_text():
        assert time.monotonic() < deadline, f"never said {text!r}"
        page.reload()


def test_a_reload_in_the_middle_shows_the_same_work(server: Server, tabs: Tabs) -> None:
    """The work is the server's: a page that is loaded anew shows it, under way or over."""
    page = tabs.open(server)
    page.goto(server.lab())
    begin(page, "Start network")
    page.reload()
    ended(page, "The network is ready: 6 nodes", 60_000)
    page.reload()
    assert "The network is ready: 6 nodes" in page.locator("#job").inner_text()
    begin(page, "Stop network")
    ended(page, "The network is stopped", 30_000)


def test_the_lessons_are_served_from_the_same_place(server: Server, tabs: Tabs) -> None:
    """A lesson's page comes from this server, with a heading and a way to its lab."""
    page = tabs.open(server)
    page.get_by_role("link", name="First contact with netmiko").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator('a[href*="labs/netmiko-first-contact"]').first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lesson_and_lab_lead_to_each_other(server: Server, tabs: Tabs, scheme: str) -> None:
    """The lab's page links its lesson, and the lesson the lab, the catalogue and the progress."""
    page = tabs.open(server, scheme=scheme)
    page.goto(server.lab())
    page.locator(".crumbs").get_by_role("link", name="First contact with netmiko").click()
    assert page.url.endswith("/netdojo/lessons/modules/python-automation/netmiko-first-contact/")
    shoot(page, f"lesson-{scheme}-1280")
    assert [] == findings(page)
    for name, place in (("Catalogue", "/"), ("Progress", "/progress")):
        page.get_by_role("navigation", name="Course").get_by_role("link", name=name).click()
        assert f"{server.url}{place}" == page.url
        page.go_back()
    page.get_by_role("link", name="Start the lab").first.click()
    assert server.lab() == page.url


def test_lesson_on_a_small_screen(server: Server, tabs: Tabs) -> None:
    """At 320 px the ways back are in sight, and nothing has to be scrolled sideways."""
    page = tabs.open(server, width=320)
    page.goto(f"{server.url}/lessons/modules/python-automation/netmiko-first-contact/")
    shoot(page, "lesson-light-320")

    expect(page.get_by_role("navigation", name="Course").get_by_role("link", name="Progress")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
