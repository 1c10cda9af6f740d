"""Parts of pages that are worked out, and what is around them."""

from __future__ import annotations

import pytest

from netdojo.page_parts import filled


def test_part_takes_the_place_of_the_last_one() -> None:
    """What is around it stays, and so do parts of other names."""
    page = "a\n<!-- one: begin -->\nold\n<!-- one: end -->\nb\n<!-- two: begin -->\n<!-- two: end -->\n"
    once = filled(page, "one", "new")

    assert "a\n<!-- one: begin -->\n\nnew\n\n<!-- one: end -->\nb\n<!-- two: begin -->\n<!-- two: end -->\n" == once
    assert once == filled(once, "one", "new")


@pytest.mark.parametrize("page", ["nothing", "<!-- one: begin -->", "<!-- one: end -->\n<!-- one: begin -->"])
def test_page_without_the_part_is_refused(page: str) -> None:
    """Both marks must be there, in their order."""
    with pytest.raises(ValueError, match="the page must have"):
        filled(page, "one", "new")
