"""A real server with a home of its own, and Debian's Chromium that looks at it."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser, BrowserContext, Page, Request, WebError, sync_playwright

COURSE = Path(__file__).parents[2]
SHOTS = COURSE / "build" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
STARTS = 60.0
"""Seconds for the server to answer on a machine that does other work as well."""
ENDS = 130.0
"""Seconds for the server to end the work that is under way, then itself."""
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SERVE = "import sys; from netdojo.portal import serve; sys.exit(serve(port=int(sys.argv[1])))"
BUILD = "import sys, pathlib; from netdojo.cli import building; building.build_site(*map(pathlib.Path, sys.argv[1:]))"
SHOWN = """
() => {
  const words = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const text = walker.currentNode.data.replace(/\\s+/g, " ").trim();
    if (text && parent.checkVisibility() && !parent.closest("script, style, .unseen")) words.push(text);
  }
  return words;
}
"""
"""Script that returns the texts of a page that a person sees, wherever the screen ends."""
TIME = re.compile(r"(\d+ (h|min) )?\d+ (s|min)\b|\d\d:\d\d \w+")
"""What a page says of how long and when: other on each run."""
DESTROY = "from netdojo import runtimes; [runtimes.destroy(network) for network in runtimes.networks()]"


@dataclass
class Server:
    """A running server: where it is, its token, and its home."""

    url: str
    token: str
    home: Path

    @property
    def entry(self) -> str:
        """The address that the server prints, token and all."""
        return f"{self.url}/?token={self.token}"

    def lab(self, slug: str = "netmiko-first-contact") -> str:
        return f"{self.url}/labs/{slug}"


@dataclass
class Tabs:
    """Opens pages, and remembers what they asked for and what went wrong in them."""

    browser: Browser
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, server: Server, *, scheme: str = "light", width: int = 1280, scripts: bool = True) -> Page:
        """Return a page that is signed in by the token, and shows the catalogue."""
        context = self.browser.new_context(
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
        )
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        context.on("request", self.heard)
        context.on("weberror", self.failed)
        page = context.new_page()
        page.goto(server.entry)
        return page

    def failed(self, error: WebError) -> None:
        """Note a fault of our own pages' scripts; those of JupyterLab and its terminal page are their makers'."""
        if error.page is not None and "/netdojo/" in error.page.url:
            self.errors.append(str(error.error))

    def heard(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.outside.append(request.url)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lessons, built as `make start` builds them."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-c", BUILD, str(COURSE), str(folder)],
        cwd=COURSE,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def tabs(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Tabs]:
    """Pages that must ask nothing of the outside, and in which no script may fail."""
    opened = Tabs(browser)
    yield opened
    for number, page in enumerate(page for context in opened.contexts for page in context.pages):
        shoot(page, f"last-of-{request.node.name}-{number}")
    for context in opened.contexts:
        context.close()
    assert [] == opened.outside, "asked beyond 127.0.0.1"
    assert [] == opened.errors, "a script failed"


@pytest.fixture(scope="session")
def run_server(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Server]]:
    """Start servers, each with a home of its own; end them and what they started when the tests are over."""
    running: list[tuple[subprocess.Popen[str], Path]] = []

    def run() -> Server:
        home = tmp_path_factory.mktemp("home")
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(free_port())],
            env=environment(home) | {"NETDOJO_SITE": str(site)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append((process, home))
        return listening(process, home)

    yield run
    for process, home in running:
        end(process, home)


@pytest.fixture(scope="session")
def server(run_server: Callable[[], Server]) -> Server:
    """A server that tests share."""
    return run_server()


@pytest.fixture
def own_server(run_server: Callable[[], Server]) -> Server:
    """A server where nothing has been done yet."""
    return run_server()


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "NETDOJO_HOME": str(home), "NETDOJO_COURSE": str(COURSE)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(process: subprocess.Popen[str], home: Path) -> Server:
    """Return the server once it has printed its address."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], STARTS)
    assert ready, f"the server did not start in {STARTS:.0f} s"
    said = process.stdout.readline()
    assert "netdojo: " in said, f"the server ended: {said}{process.stdout.read()}"
    _, _, address = said.strip().partition(": ")
    url, _, token = address.partition("/?token=")
    return Server(url, token, home)


def end(process: subprocess.Popen[str], home: Path) -> None:
    """End the server, then the networks that its learners left running."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(ENDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()
    subprocess.run([sys.executable, "-c", DESTROY], env=environment(home), check=True)
    shutil.rmtree(home, ignore_errors=True)


def shoot(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep a picture for people to look at, of the `whole` page or of what a screen shows."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=whole)


def shoot_described(page: Page, name: str) -> str:
    """Keep a picture of what a screen shows, the page's words in it as its description, and return those."""
    shoot(page, name, whole=False)
    words = TIME.sub("…", "\n".join(page.evaluate(SHOWN)))
    file = SHOTS / f"{name}.png"
    held = PngInfo()
    held.add_itxt("Description", words)
    with Image.open(file) as picture:
        picture.load()
        picture.save(file, pnginfo=held, optimize=True)
    return words


def description(picture: Path) -> str:
    """Return the words of the page that a picture was taken of."""
    with Image.open(picture) as opened:
        opened.load()
        return str(opened.info.get("Description", ""))


def findings(page: Page) -> list[str]:
    """Return what axe says against the page, with the elements."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]
