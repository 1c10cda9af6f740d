"""Claim: who comes back to the course has a page before the wait is felt, though JupyterLab is behind it.

    python benchmarks/start.py [--runs 5] [--json]

Runs `make start` in this clone, whose set-up and lessons are there by then: a first start, which is not counted, sees
to that. It has a home of its own. Prints the seconds from the call: address (the line with the URL is there), page (the
catalogue has been fetched from it, whole), ended (from SIGTERM until the server is gone).

The peer is JupyterLab alone, of the same environment, turn by turn: `jupyter lab` until its own page has been fetched.
It has no pages of a course, and sets nothing up.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from measuring.figures import beside, print_spreads, ratio, spread

COURSE = Path(__file__).parents[1]
FIGURES = ("address", "page", "ended")
SECONDS = {"page": 5.0}
"""At most, the median."""
PATIENCE = 120.0
"""Seconds for a page to be there."""
SIDES = {
    "netdojo": ["make", "--silent", "start"],
    "jupyter lab": ["jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port={port}"],
}
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*\?token=\w+")


def measure(words: list[str], home: str) -> dict[str, float]:
    """Start a server, fetch its first page and end it."""
    folders = {"NETDOJO_HOME": f"{home}/netdojo", "HOME": home}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    began = time.monotonic()
    with subprocess.Popen(
        [word.format(port=port) for word in words],
        cwd=COURSE,
        env={**os.environ, **folders, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as server:
        try:
            url = address(server)
            known = time.monotonic() - began
            fetch(url, began + PATIENCE)
            fetched = time.monotonic() - began
        finally:
            ending = time.monotonic()
            os.killpg(server.pid, signal.SIGTERM)
            server.communicate()
    return {"address": known, "page": fetched, "ended": time.monotonic() - ending}


def address(server: subprocess.Popen[str]) -> str:
    """Return the address that a server prints."""
    said = []
    for line in server.stdout or ():
        said.append(line)
        if found := ADDRESS.search(line):
            return found[0]
    raise SystemExit(f"no address was printed:\n{''.join(said)}")


def fetch(url: str, deadline: float) -> None:
    """Return once the page at `url` has been read; JupyterLab says where it is before it listens there."""
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as page:
                page.read()
            return
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def measure_all(runs: int) -> dict[str, Any]:
    """Return the spread of each figure of both sides, and how many times as long the peer takes to its page."""
    found: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    with tempfile.TemporaryDirectory(prefix="netdojo-") as home:
        for turn in range(runs + 1):
            for side, words in SIDES.items():
                one = measure(words, home)
                if turn:
                    found[side].append(one)
    spreads = {side: {name: spread([run[name] for run in ran]) for name in FIGURES} for side, ran in found.items()}
    return {
        "runs": runs,
        "seconds": spreads,
        "ratios": {"page": ratio(spreads["jupyter lab"]["page"], spreads["netdojo"]["page"])},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print one object")
    given = parser.parse_args()
    found = measure_all(given.runs)
    if given.json:
        print(json.dumps(found))
        return
    print_spreads(((side, name, one) for side, of in found["seconds"].items() for name, one in of.items()), "s")
    page = found["seconds"]["netdojo"]["page"]["median"]
    print(f"a second `make start` to a page: {page:.2f} s{beside(page, SECONDS['page'], at_least=False)}")
    print(f"jupyter lab takes {found['ratios']['page']:.2f} times as long")


if __name__ == "__main__":
    main()
