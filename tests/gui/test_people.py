"""Every page for every person: with the keyboard alone, by ear, in longer words, from right to left, in little room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.bridge.table import CHECK, LOOK_ROLE, TableModel
from console.ui.kit import reading
from console.ui.kit.buttons import Button
from console.ui.kit.cells import Stated
from console.ui.kit.empty import EmptyState
from tests.gui import scenes, walking
from tests.gui.accessible import unnamed
from tests.gui.pseudo import Speaking
from tests.gui.scenes import Scene
from tests.gui.whole import Window, wait

Key = Qt.Key
SMALL = (1024, 640)
IN_WINDOW = scenes.PAGES + scenes.BESIDE
ALL = IN_WINDOW + scenes.OVER
NAMES = {  # the same in every language
    "OCR Console", "JSON", "hOCR", "TSV", "ALTO", "Markdown", "prefork", "production", "tesserocr", "pdfium", "Archiv",
}  # fmt: skip


def windows(qapp: QApplication, *, empty: bool = False) -> Iterator[Window]:
    window = Window(empty=empty)
    yield window
    window.close()


@pytest.fixture(scope="module")
def window(qapp: QApplication, appearance) -> Iterator[Window]:
    yield from windows(qapp)


@pytest.fixture(scope="module")
def bare(qapp: QApplication, appearance) -> Iterator[Window]:
    """Of a deployment on which nothing was done yet."""
    yield from windows(qapp, empty=True)


@pytest.fixture(params=[False, True], ids=["longer words", "right to left"])
def spoken(request) -> Iterator[Window]:
    """Would be made anew for every scene: so a test goes through all of them."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with Speaking(app, right_to_left=request.param):
        yield from windows(app)


def up(window: Window, scene: Scene, size: tuple[int, int] = (1440, 900)) -> QWidget:
    """Bring a scene up at a size; gives the window that has the keyboard."""
    window.close_over()
    window.frame.resize(*size)
    scene(window)
    top = window.over or window.frame
    top.activateWindow()
    wait(lambda: top.isActiveWindow() and window.frame.size().toTuple() == size)
    window.settle()
    return top


@pytest.mark.parametrize("scene", ALL, ids=lambda scene: scene.__name__)
def test_tab_leads_everywhere_in_the_order_of_reading_and_the_focus_is_seen(window: Window, scene: Scene):
    top = up(window, scene)
    assert unnamed(top) == []
    if scene is scenes.palette:  # its Tab shows what the hit can do; Esc leaves
        return
    way = walking.walk(top)
    assert [walking.described(one) for one in walking.stops(top) if one not in way] == []
    assert walking.steps_back(way) == []
    page = window.over or window.page
    assert walking.unseen(one for one in way if scene is scenes.overview or page.isAncestorOf(one)) == []


@pytest.mark.parametrize("scene", IN_WINDOW, ids=lambda scene: scene.__name__)
def test_f6_reaches_every_pane(window: Window, scene: Scene):
    up(window, scene)
    frame = window.frame
    panes = [pane for pane in frame.panes() if pane.isVisible() and next(reading.stops(pane), None)]
    assert len(panes) > 2
    next(reading.stops(panes[0])).setFocus()
    reached = []
    for _ in panes:
        reached.append(next(pane for pane in panes if _holds(pane, frame.focusWidget())))
        QTest.keyClick(frame, Key.Key_F6)
    assert reached == panes


def _holds(pane: QWidget, focus: QWidget | None) -> bool:
    return focus is not None and (focus is pane or pane.isAncestorOf(focus))


@pytest.mark.parametrize("scene", IN_WINDOW, ids=lambda scene: scene.__name__)
def test_painted_cells_say_their_value_and_states_have_icon_and_word(window: Window, scene: Scene):
    for view in walking.tables(up(window, scene)):
        model = view.model()
        for row in range(min(model.rowCount(), 8)):
            for place in range(len(model.columns) if isinstance(model, TableModel) else 1):
                index = model.index(row, place)
                if place and not index.flags() & Qt.ItemFlag.ItemIsSelectable:
                    continue  # a heading, which says all in its first cell
                look, heard = index.data(LOOK_ROLE), index.data(Qt.ItemDataRole.AccessibleTextRole)
                if isinstance(look, Stated):
                    assert look.look.icon
                    assert look.look.word in str(heard)
                if not isinstance(model, TableModel) or (model.columns[place].title and look is not CHECK):
                    assert heard, (scene.__name__, view.accessibleName(), row, place)


def test_no_act_is_cut_every_word_is_translated_and_the_small_window_holds_every_page(spoken: Window):
    for scene in ALL:
        top = up(spoken, scene)
        assert walking.cut(top) == [], scene.__name__
        assert walking.silently_cut(top) == [], scene.__name__
        assert walking.untranslated(top, spoken.data | NAMES) == [], scene.__name__
    for scene in (*scenes.PAGES, *scenes.OVER):  # a pane covers its page there
        top = up(spoken, scene, SMALL)
        assert walking.cut(top) + walking.silently_cut(top) == [], scene.__name__
        assert top.height() <= SMALL[1]
        page, needed = spoken.page, spoken.page.minimumSizeHint()
        assert (needed.width() <= page.width(), needed.height() <= page.height()) == (True, True), scene.__name__


@pytest.mark.parametrize("scene", scenes.EMPTY, ids=lambda scene: scene.__name__)
def test_where_nothing_is_yet_a_button_says_what_to_do(bare: Window, scene: Scene):
    page = scene(bare)
    wait(lambda: any(one.isVisible() for one in page.findChildren(EmptyState)))
    shown = next(one for one in page.findChildren(EmptyState) if one.isVisible())
    assert [one for one in shown.findChildren(Button) if one.isEnabled()]
