"""Presets in the window: chosen, changed, saved, renamed, deleted and brought back, on the files that they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import platformdirs
import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from console.bridge.background import Background
from console.bridge.preset_shelf import PresetShelf
from console.bridge.remembered import Remembered
from console.ops import preset_files
from console.ops.presets import BUILT_IN, Preset
from console.ui.frame import Frame
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from console.ui.plan import PlanPage
from console.ui.plan_preset import PresetField
from console.ui.presetting import Presetting
from console.ui.reading_words import reading_rows
from tests.gui.accessible import unnamed
from tests.gui.planned import mixed_plan
from tests.gui.test_jobs_acting import answer
from worker.core.jobs import Options, Priority

GRUNDBUCH = Preset("Grundbuch", replace(Options(), languages="deu", dpi=350, formats=("pdf", "md")), Priority.LOW)


class Room(QObject):
    """A plan in a frame, with the presets beside it."""

    def __init__(self, qtbot, background: Background, remembered: Remembered) -> None:
        super().__init__()
        self.qtbot, self.shelf = qtbot, PresetShelf(background, remembered)
        self.frame, self.page = Frame("This machine"), PlanPage()
        qtbot.addWidget(self.frame)
        self.frame.add_page("jobs", QWidget(), text="Jobs", icon="files")
        self.frame.add_page("plan", self.page, text="Plan", icon="files")
        self.frame.resize(1440, 900)
        self.frame.show()
        self.frame.show_page("plan")
        self.pane = self.page.settings
        self.field, self.form = self.pane.preset, self.pane.reading
        self.presetting = Presetting(self.frame, self.shelf, self.pane)
        self.page.begin("from 3 dropped folders", name="Archiv")
        self.page.show_plan(mixed_plan())

    def list(self) -> None:
        with self.qtbot.waitSignal(self.shelf.changed):
            self.shelf.refresh()

    def choose(self, name: str) -> None:
        place = [preset.name for preset in self.field.presets].index(name)
        self.field.list.setCurrentIndex(place)
        self.field.list.activated.emit(place)

    def act(self, text: str) -> None:
        (action,) = [one for one in self.field.make_menu().actions() if one.text() == text]
        assert action.isEnabled()
        action.trigger()

    def may(self) -> set[str]:
        return {one.text() for one in self.field.make_menu().actions() if one.text() and one.isEnabled()}

    @property
    def said(self) -> str:
        return "\n".join(label.text() for label in self.frame.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path)
    return preset_files.folder()


@pytest.fixture
def room(qtbot, background: Background, folder: Path) -> Iterator[Room]:
    made = Room(qtbot, background, Remembered(background))
    yield made
    made.frame.may_close = lambda: True


def named(name: str) -> Callable[[Question], None]:
    def give(question: Question) -> None:
        field = question.findChild(Field)
        assert isinstance(field, Field)
        field.setText(name)
        question.act.click()

    return give


def test_a_preset_is_chosen_and_what_is_changed_on_top_of_it_is_told(room: Room):
    assert room.field.list.currentText() == "Balanced"
    room.choose("archive")
    assert room.pane.options == BUILT_IN[2].options()
    assert (room.pane.options.preset, room.pane.options.changed) == ("archive", False)
    assert room.form.pdfa.isChecked()
    assert "for repositories and long keeping" in room.said
    room.form.dpi.setText("400")
    assert "changed from Archive" in room.said.replace("\u2068", "").replace("\u2069", "")
    assert "changed from" in room.field.list.accessibleName()
    assert (room.pane.options.dpi, room.pane.options.preset, room.pane.options.changed) == (400, "archive", True)
    room.act("Take its values again")
    assert "changed from" not in room.said
    room.pane.priority.choose(0)
    assert "changed from" in room.said
    assert not room.pane.options.changed  # the urgency is no matter of reading


def test_languages_that_a_preset_leaves_open_stay_as_they_are(room: Room):
    room.form.languages.choose(["deu", "vie"])
    room.choose("small-print")
    assert (room.pane.options.languages, room.pane.options.dpi) == ("deu+vie", 400)
    assert "changed from" not in room.said


def test_saved_renamed_deleted_and_brought_back(room: Room, qtbot):
    assert room.may() == {"Save as…", "Begin new batches with it"}
    room.form.languages.choose(["deu"])
    room.form.dpi.setText("350")
    answer(named("Grundbuch"))
    with qtbot.waitSignal(room.shelf.saved):
        room.act("Save as…")
    assert room.field.list.currentText() == "Grundbuch"
    assert preset_files.shelf().named("Grundbuch").options().dpi == 350
    room.form.deskew.setChecked(False)
    with qtbot.waitSignal(room.shelf.saved):
        room.act("Save the changes")
    assert "changed from" not in room.said
    assert not preset_files.shelf().named("Grundbuch").values.deskew
    room.act("Begin new batches with it")
    answer(named("Liegenschaften"))
    with qtbot.waitSignal(room.shelf.renamed):
        room.act("Rename…")
    assert (room.field.list.currentText(), room.shelf.default) == ("Liegenschaften", "Liegenschaften")
    with qtbot.waitSignal(room.shelf.removed):
        room.act("Delete")
    assert room.field.list.currentText() == "Balanced"
    assert room.form.dpi.text() == "350"  # what is on the page stays
    with qtbot.waitSignal(room.shelf.restored):
        room.frame.notices.undo_button.click()
    assert room.field.list.currentText() == "Liegenschaften"
    assert "changed from" not in room.said


def test_a_name_that_cannot_be_is_told_before_it_is_given(room: Room, qtbot):
    preset_files.save(GRUNDBUCH)
    room.list()
    told = {}

    def type_names(question: Question) -> None:
        field = question.findChild(Field)
        assert isinstance(field, Field)
        for name in ("grundbuch", "Balanced", "a/b", "Neu"):
            field.setText(name)
            told[name] = question.act.isEnabled(), [label.text() for label in question.findChildren(QLabel)]
        question.safe.click()

    answer(type_names)
    room.act("Save as…")
    assert [may for may, _ in told.values()] == [False, False, False, True]
    assert "There is a preset grundbuch already. Choose another name." in told["grundbuch"][1]
    assert len(preset_files.shelf().presets) == len(BUILT_IN) + 1


def test_new_batches_begin_with_the_one_that_was_made_the_default(qtbot, background: Background, folder: Path):
    preset_files.save(GRUNDBUCH)
    remembered = Remembered(background)
    remembered.put("plan.preset", "Grundbuch")
    room = Room(qtbot, background, remembered)
    room.list()
    options = room.pane.options
    assert options == GRUNDBUCH.options()
    assert (options.preset, options.changed, room.pane.chosen_priority) == ("Grundbuch", False, Priority.LOW)
    room.frame.may_close = lambda: True


def test_what_another_console_did_is_shown_and_a_damaged_file_is_one_sentence(room: Room, folder: Path, qtbot):
    preset_files.save(GRUNDBUCH)
    (folder / "broken.json").write_text("{", "utf-8")
    room.list()
    assert [preset.name for preset in room.field.presets][-1] == "Grundbuch"
    assert "The preset broken cannot be used." in room.said
    room.choose("Grundbuch")
    preset_files.save(replace(GRUNDBUCH, values=replace(GRUNDBUCH.values, dpi=300)), replace=True)
    room.list()
    assert room.pane.options.dpi == 350  # nothing changes under who is about to start
    assert room.pane.options.changed
    preset_files.remove("Grundbuch")
    room.list()
    assert (room.field.list.currentText(), room.pane.options.changed) == ("Balanced", True)


def test_a_damaged_one_is_deleted_from_its_notice_or_the_menu_and_comes_back_as_it_was(room: Room, folder: Path, qtbot):
    folder.mkdir(parents=True)
    (folder / "a & b.json").write_text("{" * 70_000, "utf-8")
    room.list()
    room.choose("archive")
    offer = room.frame.notices.offer_button
    assert (offer.isVisible(), offer.text()) == (True, "Delete")
    with qtbot.waitSignal(room.shelf.removed):
        offer.click()
    assert (list(folder.iterdir()), len(room.may())) == ([], 2)
    with qtbot.waitSignal(room.shelf.restored):
        room.frame.notices.undo_button.click()
    assert (folder / "a & b.json").read_text("utf-8") == "{" * 70_000
    assert "The preset a & b cannot be used." in room.said
    assert room.field.list.currentText() == "Archive"
    with qtbot.waitSignal(room.shelf.removed):
        room.act("Delete \u2068a && b\u2069, which is damaged")
    assert (list(folder.iterdir()), len(room.may())) == ([], 2)
    assert (room.field.list.currentText(), room.pane.options.changed) == ("Archive", False)
    (folder / "old.json").write_text("{", "utf-8")
    room.list()
    refused = room.shelf.name_fault("Old")
    assert refused is not None
    assert refused.sentence == "There is a preset Old already."


def test_the_name_of_a_damaged_one_is_one_line_that_a_menu_has_room_for(qtbot):
    field, deleted = PresetField(), list[str]()
    qtbot.addWidget(field)
    field.delete_asked.connect(deleted.append)
    field.unusable = ["a\tb", "long " * 40]
    menu = field.make_menu()
    tab, long = (action for action in menu.actions() if action.text().endswith("which is damaged"))
    assert tab.text() == "Delete \u2068a b\u2069, which is damaged"
    assert menu.fontMetrics().horizontalAdvance(long.text()) < 500
    long.trigger()
    assert deleted == ["long " * 40]


@pytest.mark.parametrize(
    ("dpi", "pages", "why"),
    [
        ("5", "", "Pages cannot be drawn at 5 dpi. From 50 to 1200 is possible."),
        ("9999", "", "Pages cannot be drawn at 9999 dpi."),
        ("300", "9-3", "The page range “9-3” runs backwards"),
        ("300", "one", "“one” is not a page range."),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_and_no_start(room: Room, dpi: str, pages: str, why: str):
    room.form.dpi.setText(dpi)
    room.form.pages.setText(pages)
    assert why in room.said
    assert not room.pane.start.isEnabled()


def test_a_page_range_counts_at_once(room: Room):
    room.form.pages.setText("30-40")
    assert "14 files, 70 pages" not in room.said  # locked files stay: nobody knows how many pages they have
    assert "16 files, 72 pages" in room.said
    room.form.pages.setText("")
    assert "356 files, 6,258 pages" in room.said


def test_all_of_it_is_reached_by_keys_and_has_a_name(room: Room, qtbot):
    qtbot.waitUntil(room.frame.isActiveWindow)
    assert unnamed(room.page) == []
    wanted: list[QWidget] = [room.field.list, room.field.menu_button, room.form.pages, room.form.dpi]
    wanted += [room.form.pdfa, room.form.scripts, room.form.deskew, room.form.formats["alto"]]
    room.field.list.setFocus()
    seen, now = set(), QApplication.focusWidget()
    while now is not None and now not in seen:
        seen.add(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
    assert [widget.accessibleName() for widget in wanted if widget not in seen] == []
    QTest.keyClick(room.field.list, Qt.Key.Key_Down)
    assert room.pane.options.preset == "fast-text"
    room.field.menu_button.setFocus()
    QTimer.singleShot(0, lambda: QTest.keyClick(room.field.menu_button, Qt.Key.Key_Return))
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    QTest.keyClick(menu, Qt.Key.Key_Escape)


def test_how_a_job_is_read_is_told_whoever_wrote_its_row():
    rows = dict(reading_rows(Options(preset="archive", changed=True, mode="x", pages="3-7", pdfa=True, deskew=False)))
    assert rows["Preset"].replace("\u2068", "").replace("\u2069", "") == "Archive, changed"
    assert (rows["Pages that have text"], rows["Pages"], rows["Pages askew"]) == ("x", "3-7", "left as they are")
    assert rows["Outputs"].endswith(", as PDF/A")
