"""The palette, the sheet of keys and the way from pane to pane: by keyboard and by mouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from console.ui.actions import Action
from console.ui.frame import Frame
from console.ui.going import Going
from console.ui.keys import KeySheet
from console.ui.kit.buttons import Button
from console.ui.kit.keys import key_signs
from console.ui.palette import Palette
from console.ui.palette_hits import Hit, Hits, few_of_each, plain, ranked
from console.ui.shell import Shell
from tests.gui.accessible import unnamed
from tests.gui.invented import job, picture, worker
from worker.core.jobs import Job

Key, Ctrl = Qt.Key, Qt.KeyboardModifier.ControlModifier


class Finder:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Callable[[Sequence[Job]], None]]] = []

    def __call__(self, text: str, found: Callable[[Sequence[Job]], None]) -> None:
        self.asked.append((text, found))


@pytest.fixture
def finder() -> Finder:
    return Finder()


@pytest.fixture
def shell(qtbot, finder: Finder) -> Shell:
    frame = Frame("This machine")
    qtbot.addWidget(frame)
    page = QLabel("page")
    page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    Action(page, "Retry", lambda: page.setText("retried"), icon="rotate-cw", key="R")
    frame.add_page("jobs", page, text="Jobs", icon="files", key="G, J")
    frame.add_page("other", QLabel("other"), text="Other", icon="files", key="G, O")
    made = Shell(frame, Going(frame), finder)
    made.show(picture(workers=(worker("ocr1@scan-01"), worker("gpu1@halle"))))
    frame.show()
    qtbot.waitUntil(frame.isActiveWindow)
    frame.show_page("jobs")
    return made


@pytest.fixture
def palette(shell: Shell, qtbot) -> Palette:
    QTest.keyClick(shell._frame, Key.Key_K, Ctrl)
    made = shell._frame.findChild(Palette)
    assert made is not None
    qtbot.waitUntil(made.field.hasFocus)
    return made


def texts(palette: Palette) -> list[str]:
    model = palette.list.model()
    assert isinstance(model, Hits)
    return [model.index(row, 0).data() for row in range(model.rowCount()) if model.hit(row)]


def test_a_page_is_reached_by_typing_its_name(palette: Palette, shell: Shell) -> None:
    QTest.keyClicks(palette.field, "oth")
    assert texts(palette)[0] == "Other"
    QTest.keyClick(palette.field, Key.Key_Return)
    assert shell._frame.current_page == "other"


def test_a_command_of_the_page_is_run_and_shows_its_key(palette: Palette, shell: Shell) -> None:
    QTest.keyClicks(palette.field, ">retr")
    hit = palette.list.current
    assert hit is not None
    assert (hit.text, hit.key) == ("Retry", "R")
    QTest.keyClick(palette.field, Key.Key_Return)
    page = shell._frame.page
    assert isinstance(page, QLabel)
    assert page.text() == "retried"


def test_workers_alone_are_listed_behind_an_at(palette: Palette, shell: Shell, qtbot) -> None:
    QTest.keyClicks(palette.field, "@halle")
    assert texts(palette) == ["gpu1@halle, Online"]
    with qtbot.waitSignal(shell._going.to_worker) as went:
        QTest.keyClick(palette.field, Key.Key_Return)
    assert went.args == ["gpu1@halle"]


def test_jobs_come_later_and_only_for_what_is_still_typed(
    palette: Palette, finder: Finder, shell: Shell, qtbot
) -> None:
    QTest.keyClicks(palette.field, "scan 00")
    early, found = finder.asked[2][1], finder.asked[-1][1]
    early([job(7)])
    assert "scan 00007.pdf" not in str(texts(palette))
    found([job(3)])
    assert "scan 00003.pdf, Queued, 0 of 4 pages" in texts(palette)
    with qtbot.waitSignal(shell._going.to_job) as went:
        QTest.keyClick(palette.field, Key.Key_Return)
    assert went.args == [job(3).id]


def test_arrows_pass_over_headings_and_the_ends_meet(palette: Palette) -> None:
    first = palette.list.current
    QTest.keyClick(palette.field, Key.Key_Up)
    last = palette.list.current
    QTest.keyClick(palette.field, Key.Key_Down)
    assert palette.list.current == first != last
    assert None not in {first, last}


def test_a_click_chooses(palette: Palette, shell: Shell) -> None:
    QTest.keyClicks(palette.field, "other")
    middle = palette.list.visualRect(palette.list.currentIndex()).center()
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert shell._frame.current_page == "other"


def test_esc_closes_and_nothing_is_found_is_said(palette: Palette) -> None:
    QTest.keyClicks(palette.field, "zzz")
    assert (texts(palette), palette.note.text()) == ([], "Nothing fits")
    QTest.keyClick(palette.field, Key.Key_Escape)
    assert not palette.isVisible()


def test_it_is_closed_by_mouse_too(palette: Palette) -> None:
    QTest.mouseClick(palette.close_button, Qt.MouseButton.LeftButton)
    assert not palette.isVisible()


def test_tab_shows_what_a_hit_can_do(shell: Shell, qtbot) -> None:
    done: list[str] = []
    act = Hit("batch", "files", "Show its jobs", lambda: done.append("jobs"))
    shell.more.append(lambda: [Hit("batch", "layers", "Halle 7", lambda: None, acts=(act,))])
    palette = shell.open_palette()
    QTest.keyClicks(palette.field, "#halle")
    QTest.keyClick(palette.field, Key.Key_Tab)
    assert texts(palette) == ["Show its jobs"]
    QTest.keyClick(palette.field, Key.Key_Escape)
    assert texts(palette) == ["Halle 7"]
    QTest.keyClick(palette.field, Key.Key_Tab)
    QTest.keyClick(palette.field, Key.Key_Return)
    assert done == ["jobs"]


def test_the_field_of_the_top_bar_opens_it(shell: Shell) -> None:
    QTest.mouseClick(shell._frame.top_bar.go_to, Qt.MouseButton.LeftButton)
    assert [palette.isVisible() for palette in shell._frame.findChildren(Palette)] == [True]


def test_words_are_found_without_accents_in_any_order() -> None:
    hits = [Hit("batch", "", "Hồ sơ thuế 2025", lambda: None), Hit("page", "", "Overview", lambda: None)]
    assert [hit.text for hit in ranked(hits, "2025 ho")] == ["Hồ sơ thuế 2025"]
    assert plain("Überblick") == "uberblick"


def test_without_a_word_each_kind_shows_a_few() -> None:
    hits = [Hit("worker", "", f"w{n}", lambda: None) for n in range(20)]
    assert len(few_of_each(hits)) == 6


def test_the_list_of_hits_is_a_sound_model(qtmodeltester, qapp) -> None:
    hits = Hits()
    qtmodeltester.check(hits)
    hits.show([Hit("page", "", "A", lambda: None), Hit("worker", "", "B", lambda: None)])
    assert hits.rowCount() == 4


@pytest.mark.parametrize(
    ("key", "signs"),
    [
        ("Ctrl+O", ("Ctrl", "O")),
        ("Ctrl++", ("Ctrl", "+")),
        ("G, J", ("G", "J")),
        ("Up", ("↑",)),
        ("?", ("?",)),
        ("Del", ("Del",)),
    ],
)
def test_keys_as_people_read_them(key: str, signs: tuple[str, ...]) -> None:
    assert key_signs(key) == signs


def test_the_sheet_lists_the_keys_of_the_page_and_finds_one(shell: Shell, qtbot) -> None:
    QTest.keyClick(shell._frame, Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    sheet = shell._frame.findChild(KeySheet)
    assert sheet is not None
    for line in ("Jobs, G J", "Retry, R", "Undo, Ctrl Z", "Go to anything, Ctrl K", "Move, also J and K, ↑ ↓"):
        assert line in sheet.shown
    QTest.keyClicks(sheet.field, "undo")
    assert sheet.shown == ["Undo, Ctrl Z"]
    QTest.keyClick(sheet.field, Key.Key_Escape)
    QTest.keyClick(sheet.field, Key.Key_Escape)
    assert not sheet.isVisible()


def test_a_sheet_longer_than_the_window_is_gone_through_by_key(shell: Shell) -> None:
    for number in range(40):
        Action(shell._frame, f"Act {number}", list, key=f"Ctrl+F{number % 12 + 1}")
    shell._frame.resize(1024, 640)
    sheet = shell.open_keys()
    bar = sheet._area.verticalScrollBar()
    assert (bar.value(), bar.maximum() > 0) == (0, True)
    for key, goes in ((Key.Key_Down, 1), (Key.Key_PageDown, 1), (Key.Key_Up, -1), (Key.Key_PageUp, -1)):
        before = bar.value()
        QTest.keyClick(sheet.field, key)
        assert (bar.value() - before) * goes > 0


def test_what_a_part_of_the_page_can_do_is_listed_under_its_name(shell: Shell) -> None:
    page = shell._frame.page
    done: list[str] = []
    assert page is not None
    for name in ("Queues", "Workers"):
        part = QLabel(name, page)
        part.setAccessibleName(name)
        part.setVisible(name == "Queues")
        Action(part, f"Purge {name}…", partial(done.append, name), key="Del")
    sheet = shell.open_keys()
    assert "Queues" in [label.text() for label in sheet.findChildren(QLabel)]
    assert [line for line in sheet.shown if line.startswith("Purge")] == ["Purge Queues, Del"]
    sheet.reject()
    palette = shell.open_palette()
    QTest.keyClicks(palette.field, ">purge")
    assert texts(palette) == ["Purge Queues…, Queues"]
    QTest.keyClick(palette.field, Key.Key_Return)
    assert done == ["Queues"]


def test_f6_goes_from_pane_to_pane_and_round(shell: Shell, qtbot) -> None:
    frame, seen = shell._frame, []
    for _ in range(4):
        QTest.keyClick(frame, Key.Key_F6)
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(next(n for n, pane in enumerate(frame.panes()) if pane is focus or pane.isAncestorOf(focus)))
    assert sorted(set(seen)) == [0, 1, 2]
    assert seen[0] == seen[3]


def test_all_of_it_can_be_read_aloud(shell: Shell, palette: Palette) -> None:
    assert unnamed(palette) == []
    assert unnamed(shell.open_keys()) == []
    assert not [button for button in shell._frame.findChildren(Button) if not button.accessibleName()]


def test_jobs_that_are_found_after_the_palette_was_closed_are_for_nobody(shell: Shell, finder: Finder, qtbot):
    palette = shell.open_palette()
    QTest.keyClicks(palette.field, "report")
    with qtbot.waitSignal(palette.destroyed):
        palette.reject()
    finder.asked[-1][1]([job(1)])
