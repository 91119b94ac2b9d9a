"""A job's pages: picture and text, keys, live growth, trouble and its way out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLabel

from console.bridge.background import Background
from console.ui.page_tiles import Tile
from console.ui.viewer import ViewerPage
from console.ui.viewer_strip import KEPT, PageStrip
from console.ui.viewer_text import flowed
from tests.gui.accessible import unnamed
from tests.gui.viewed import DONE, NOW, PAGES, Source
from worker.core.errors import CorruptFile
from worker.core.jobs import Page, State


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def page(qtbot, background: Background, source: Source) -> Iterator[ViewerPage]:
    made = ViewerPage(background, load=source.load, render=source.render)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    yield made
    made.hide()
    QApplication.processEvents()  # what it has asked for still finds the threads


@pytest.fixture
def opened(page: ViewerPage, qtbot) -> ViewerPage:
    page.open(DONE.id, DONE.name)
    qtbot.waitUntil(lambda: page.sheet.showing)
    return page


def words(page: ViewerPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_a_job_is_opened(opened: ViewerPage):
    said = words(opened)
    assert "Bericht.pdf" in said
    assert "3 pages, mean confidence 92.5, German" in said
    assert "Page 1 of 3" in said
    assert opened.text.text == "Eins und noch eins"
    assert "as it was read, 4 words" in said


def test_a_job_is_opened_at_a_page(page: ViewerPage, qtbot):
    page.open(DONE.id, DONE.name, number=2)
    qtbot.waitUntil(lambda: page.sheet.showing)
    assert (page.number, page.text.text) == (2, "Zwei")
    assert page.strip.currentIndex().row() == 1


def test_the_picture_fills_the_width_of_its_room(opened: ViewerPage, source: Source, qtbot):
    picture = opened.sheet._paper
    assert picture.paper.width() == pytest.approx(opened.sheet.width() - 50, abs=12)


def test_arrows_turn_the_pages_and_stop_at_the_ends(opened: ViewerPage, qtbot):
    for key, number in ((Qt.Key.Key_Right, 2), (Qt.Key.Key_Right, 3), (Qt.Key.Key_Right, 3), (Qt.Key.Key_Left, 2)):
        qtbot.keyClick(opened, key)
        assert opened.number == number
    assert opened.text.text == "Zwei"
    assert "confidence 84.0" in words(opened)
    assert opened.strip.currentIndex().row() == 1


def test_a_click_in_the_strip_turns_to_the_page(opened: ViewerPage, qtbot):
    where = opened.strip.visualRect(opened.strip.tiles.index(2)).center()
    qtbot.mouseClick(opened.strip.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert opened.number == 3
    assert "no words on this page" in words(opened)


def test_zoom_is_larger_smaller_and_fitted(opened: ViewerPage, source: Source, qtbot):
    fitted = opened.sheet.zoom
    qtbot.keyClick(opened, Qt.Key.Key_Plus)
    assert opened.sheet.zoom == pytest.approx(fitted * 1.25)
    wanted = pytest.approx(500 * opened.sheet.zoom * 96 / 72, abs=2)
    qtbot.waitUntil(lambda: any(width == wanted for _, width, _ in source.drawn))
    qtbot.keyClick(opened, Qt.Key.Key_Minus)
    qtbot.keyClick(opened, Qt.Key.Key_Minus)
    assert opened.sheet.zoom == pytest.approx(fitted / 1.25)
    qtbot.keyClick(opened, Qt.Key.Key_F)
    assert opened.sheet.zoom == pytest.approx(fitted, rel=0.05)
    qtbot.keyClick(opened, Qt.Key.Key_F)
    assert opened.sheet.zoom * 96 / 72 * 700 <= opened.sheet.height()


def test_small_pictures_come_for_the_pages_in_view(opened: ViewerPage, qtbot):
    qtbot.waitUntil(lambda: set(opened.strip.pictures) == {1, 2, 3})


def test_of_the_small_pictures_those_that_were_seen_last_are_kept(qtbot):
    strip = PageStrip()
    qtbot.addWidget(strip)
    for number in range(KEPT):
        strip.show_picture(number, QImage())
    strip.picture(0)
    strip.show_picture(KEPT, QImage())
    assert set(strip.pictures) == {*range(KEPT + 1)} - {1}


def test_only_the_newest_page_is_drawn(page: ViewerPage, source: Source, qtbot):
    page.open(DONE.id)
    qtbot.waitUntil(lambda: page.sheet.showing)
    page.turn(2)
    page.turn(3)
    qtbot.waitUntil(lambda: [number for number, width, _ in source.drawn if width > 200][-1] == 3)  # not the small ones


@pytest.mark.parametrize(
    ("page_read", "figure", "spoken"),
    [
        (None, "–", "Page 2, not read yet"),
        (Page(2, "done", confidence=97.4), "97", "Page 2, confidence 97.4"),
        (Page(2, "failed"), "", "Page 2, failed"),
        (Page(2, "blank"), "blank", "Page 2, blank"),
        (Page(2, "done", source="text", words=5), "text", "Page 2, text"),
    ],
)
def test_a_tile_says_how_its_page_was_read(page_read: Page | None, figure: str, spoken: str):
    tile = Tile(2, page_read)
    assert (tile.figure[0], tile.spoken()) == (figure, spoken)


def test_a_weak_page_has_an_icon_and_not_only_a_colour():
    assert [Tile(1, Page(1, "done", confidence=sure)).figure[2] for sure in (95, 85, 60)] == [
        "",
        "circle-alert",
        "circle-alert",
    ]


def test_a_running_job_grows_where_it_stands(page: ViewerPage, source: Source, qtbot):
    running = replace(DONE, state=State.RUNNING, pages_done=1, outputs={})
    source.jobs[DONE.id] = (running, PAGES[:1])
    page.open(DONE.id)
    qtbot.waitUntil(lambda: page.job is not None)
    assert "Its picture comes with the finished PDF." in words(page)
    assert page.text.text == "Eins und noch eins"
    page.turn(2)
    assert "Not read yet" in words(page)
    source.jobs[DONE.id] = (replace(DONE, updated=NOW + timedelta(seconds=1)), PAGES)
    source.draws.clear()
    page.show_jobs([replace(DONE, updated=NOW + timedelta(seconds=1))])
    qtbot.waitUntil(lambda: "The page is drawn" in words(page))
    assert "Not read yet" not in words(page)
    source.draws.set()
    qtbot.waitUntil(lambda: page.sheet.showing)
    assert page.number == 2
    assert page.text.text == "Zwei"


def test_the_same_picture_of_a_job_is_not_loaded_again(opened: ViewerPage, source: Source):
    opened.show_jobs([DONE, replace(DONE, id=UUID(int=9))])
    assert source.loads == [DONE.id]


def test_a_failed_job_says_why_and_is_retried(page: ViewerPage, source: Source, qtbot):
    failed = replace(
        DONE, state=State.FAILED, outputs={}, error_class="corrupt", error="Bericht.pdf is damaged.", advice="Scan it."
    )
    source.jobs[DONE.id] = (failed, [])
    page.open(DONE.id)
    qtbot.waitUntil(page.trouble.isVisible)
    assert "Bericht.pdf is damaged." in words(page)
    assert "Scan it." in words(page)
    assert not page.trouble.password.isVisible()
    with qtbot.waitSignal(page.retry_asked) as asked:
        page.trouble.button.click()
    assert asked.args == [failed, ""]
    assert not page.trouble.button.isEnabled()
    page.settle()  # it could not be queued: PostgreSQL was away
    assert page.trouble.button.isEnabled()


def test_a_locked_job_is_retried_with_its_password(page: ViewerPage, source: Source, qtbot):
    locked = replace(DONE, state=State.FAILED, outputs={}, error_class="needs_password", error="It is locked.")
    source.jobs[DONE.id] = (locked, [])
    page.open(DONE.id)
    qtbot.waitUntil(page.trouble.password.isVisible)
    with qtbot.assertNotEmitted(page.retry_asked):
        page.trouble.button.click()
    qtbot.waitUntil(page.trouble.password.hasFocus)
    page.trouble.password.setText("geheim")
    with qtbot.waitSignal(page.retry_asked) as asked:
        qtbot.keyClick(page.trouble.password, Qt.Key.Key_Return)
    assert asked.args[1] == "geheim"
    assert page.hasFocus()  # not what happens to stand beside the field that goes


def test_a_pdf_that_cannot_be_drawn_is_said_and_the_text_stays(page: ViewerPage, source: Source, qtbot):
    source.error = CorruptFile("Page 1 of Bericht.pdf cannot be drawn.")
    page.open(DONE.id)
    qtbot.waitUntil(lambda: "Page 1 of Bericht.pdf cannot be drawn." in words(page))
    assert page.text.text == "Eins und noch eins"


def test_a_database_that_is_away_is_said(page: ViewerPage, qtbot):
    page.open(UUID(int=7), "x.pdf")
    qtbot.waitUntil(lambda: "PostgreSQL does not answer." in words(page))


def test_a_job_opened_in_between_wins(page: ViewerPage, source: Source, qtbot):
    other = replace(DONE, id=UUID(int=2), name="Zweiter.pdf")
    source.jobs[other.id] = (other, PAGES)
    source.gate.clear()
    page.open(DONE.id)
    page.open(other.id)
    source.gate.set()
    qtbot.waitUntil(lambda: page.job == other)
    qtbot.waitUntil(lambda: page.sheet.showing)
    assert page.job == other


def test_outputs_can_be_opened_and_saved_once_they_are_there(page: ViewerPage, source: Source, qtbot):
    page.open(DONE.id)
    assert not page._save.isEnabled()
    qtbot.waitUntil(lambda: page.sheet.showing)
    with qtbot.waitSignal(page.save_asked) as asked:
        qtbot.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == [DONE]
    with qtbot.waitSignal(page.pdf_asked):
        qtbot.keyClick(page, Qt.Key.Key_O)


def test_the_text_is_copied(opened: ViewerPage):
    opened.text.copy.click()
    assert QGuiApplication.clipboard().text() == "Eins und noch eins"


def test_lines_of_a_paragraph_run_on_and_rows_of_a_table_do_not():
    text = "A report\n\nIt was a long line that went on\nand on over two lines and then\nended.\n\n1871 4\n1872 5\n\f"
    assert flowed(text) == (
        "A report\n\nIt was a long line that went on and on over two lines and then ended.\n\n1871 4\n1872 5"
    )
    assert flowed("") == ""


def test_escape_goes_back(opened: ViewerPage, qtbot):
    with qtbot.waitSignal(opened.closed):
        qtbot.keyClick(opened, Qt.Key.Key_Escape)


def test_every_control_has_a_name(opened: ViewerPage):
    assert unnamed(opened) == []


def test_a_page_that_nobody_sees_is_loaded_when_it_is_seen_again(opened: ViewerPage, source: Source, qtbot):
    opened.hide()
    before = len(source.loads)
    for second in range(1, 4):
        newer = replace(DONE, updated=NOW + timedelta(seconds=second))
        source.jobs[DONE.id] = (newer, PAGES)
        opened.show_jobs([newer])
    assert not opened._loading.asking
    opened.show()
    qtbot.waitUntil(lambda: opened.job == newer)
    assert len(source.loads) == before + 1


def test_esc_empties_the_password_before_it_leaves(page: ViewerPage, source: Source, qtbot):
    locked = replace(DONE, state=State.FAILED, error_class="needs_password", error="It is locked.", outputs={})
    source.jobs[DONE.id] = (locked, [])
    page.open(DONE.id)
    qtbot.waitUntil(lambda: page.trouble.password.isVisible() and page.isActiveWindow())
    closed: list[bool] = []
    page.closed.connect(lambda: closed.append(True))
    page.trouble.password.setFocus()
    qtbot.keyClicks(page.trouble.password, "geheim")
    qtbot.keyClick(page.trouble.password, Qt.Key.Key_Escape)
    assert (page.trouble.password.text(), closed) == ("", [])
    qtbot.keyClick(page.trouble.password, Qt.Key.Key_Escape)
    assert closed == [True]
