"""The parts of a page that change while it is open: only what a reader does not see yet is sent."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from netdojo.portal import pages


def test_nothing_is_sent_to_a_page_that_shows_all() -> None:
    """A page whose digests are those of the parts gets nothing, so nothing moves under a reader."""
    parts = {"job": "<p>a</p>", "said": "b"}
    seen = pages.seen_from(",".join(f"{name}:{pages.mark(html)}" for name, html in parts.items()))

    assert "" == pages.changes(parts, seen)


def test_only_the_part_that_changed_is_sent() -> None:
    """What changed goes over the element of its name."""
    sent = pages.changes({"job": "new", "said": "b"}, {"job": "0", "said": pages.mark("b")})

    assert f'<div id="job" class="live" data-live="{pages.mark("new")}" hx-swap-oob="true">new</div>' == sent


@pytest.mark.parametrize("text", ["", ",", "job", "job:", ":", "a:b:c,,"])
def test_any_text_is_taken_for_what_is_seen(text: str) -> None:
    """What a page claims to show decides nothing but what it is sent."""
    assert "job" in pages.changes({"job": "x"}, pages.seen_from(text))


def test_code_in_a_sentence_is_marked_and_everything_is_escaped() -> None:
    """Back-quotes make code; markup from a lab or a device stays text."""
    assert Markup("run <code>&lt;b&gt;</code> &amp; look") == pages.code("run `<b>` & look")
