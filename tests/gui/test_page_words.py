"""What was done to a page so that it could be read is said where the page is."""

from __future__ import annotations

import pytest

from console.ui.kit.labels import Paragraph
from console.ui.page_tiles import Tile
from console.ui.viewer_text import TextPane
from worker.core.jobs import Page, PageMark

TURNED = Page(2, "done", confidence=97.4, turned=2, tried="orientation", gain=61.7, skew=-1.52)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (TURNED, ", turned upside down, +62 points, straightened by 1.5°"),
        (
            Page(2, "done", confidence=97.4, turned=3, gain=1.2, reused=True),
            ", turned to the left, +1 point, read before",
        ),
        (Page(2, "done", confidence=97.4, turned=1, tried="upscaled"), ", turned to the right, enlarged"),
        (PageMark(2, "done", confidence=97.4, tried="threshold", gain=9.6, skew=0.01), ", cleaned, +10 points"),
        (PageMark(2, "done", confidence=97.4, tried="threshold", gain=-6.7), ", cleaned"),
        (Page(2, "done", confidence=97.4), ""),
    ],
)
def test_a_tile_says_it(page: Page | PageMark, said: str):
    assert Tile(2, page).spoken() == f"Page 2, confidence 97.4{said}"


def test_it_stands_over_the_text_of_a_page_that_had_it_done(qtbot):
    pane = TextPane()
    qtbot.addWidget(pane)
    (pains,) = pane.findChildren(Paragraph)
    pane.show_page(TURNED)
    assert (pains.isVisibleTo(pane), pains.text()) == (True, "turned upside down, +62 points, straightened by 1.5°")
    for other in (Page(3, "done", confidence=99.0), None):
        pane.show_page(other)
        assert not pains.isVisibleTo(pane)
