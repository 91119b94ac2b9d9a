"""A new batch: what was found, what can be chosen, what Start asks for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from console.ops.intake import Plan, Skipped
from console.ops.uploads import Same
from console.ui.plan import PlanPage
from console.ui.plan_found import shares
from console.ui.plan_groups import groups, headline, left_out, summary
from tests.gui.accessible import unnamed
from tests.gui.planned import fated, mixed_plan, planned
from worker.core.jobs import Options, Priority

ENGLISH = frozenset({"eng"})


@pytest.fixture
def page(qtbot) -> PlanPage:
    made = PlanPage(unlock=lambda _password: None)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    made.begin("from 3 dropped folders", name="Archiv 2026-11")
    return made


def words(page: PlanPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_the_groups_of_a_plan():
    found = groups(mixed_plan(), "auto")
    assert [(group.kind, group.files, group.pages) for group in found] == [
        ("read", 340, 5780),
        ("text", 14, 476),
        ("locked", 2, 2),
        ("out", 7, 0),
    ]
    assert headline(mixed_plan()) == "356 files, 6,258 pages"
    said = "5,780 pages to read, 476 pages already have text, 2 files need a password, 7 files left out"
    assert summary(groups(mixed_plan(), "auto")) == said


def test_one_of_each_agrees_in_number():
    plan = Plan((planned("a", 1), planned("b", 1, text=1), planned("c", locked=True)), mixed_plan().skipped[:1])
    said = "1 page to read, 1 page already has text, 1 file needs a password, 1 file left out"
    assert summary(groups(plan, "auto")) == said


def test_reading_anew_counts_the_pages_that_have_text_too():
    assert mixed_plan().counts("auto").read == 5780
    assert mixed_plan().counts("force").read == 6256


def test_every_fate_of_a_page_is_told():
    plan = Plan((fated("a.pdf", "ttllrex", 9), fated("b.pdf", "t", 1)), ())

    def told(mode: str) -> list[tuple[str, int, int]]:
        return [(group.kind, group.files, group.pages) for group in groups(plan, mode)]

    others = [("empty", 1, 1), ("refused", 1, 1)]
    assert told("auto") == [("read", 1, 3), ("text", 2, 5), *others]
    assert told("redo") == [("read", 1, 5), ("text", 2, 5), *others]
    assert told("force") == [("read", 2, 8), ("text", 2, 5), *others]
    assert plan.counts("redo").read == 5
    assert "Of 2 pages an earlier text layer is replaced" in groups(plan, "redo")[1].fate
    said = "3 pages to read, 5 pages already have text, 1 page is empty, 1 page cannot be read"
    assert summary(groups(plan, "auto")) == said


def test_pages_that_were_not_looked_at_are_told(page: PlanPage):
    page.show_plan(Plan((fated("a.pdf", "t", 9),), ()))
    assert "8 pages of long files were not looked at" in words(page)
    page.show_plan(mixed_plan())
    assert "were not looked at" not in words(page)


def test_what_nobody_misses_is_one_line():
    rows = left_out(mixed_plan())
    assert [row.why for row in rows] == ["password", "password", "unreadable", "other", "other"]
    assert rows[-1].name == "Thumbs.db and 4 more"
    assert rows[-1].folder == "5 folders"
    assert rows[-1].bytes == 5000


def test_the_shares_fill_the_bar_and_none_vanishes():
    lengths = shares([5780, 476, 2], 500, gap=2, least=7)
    assert sum(lengths) == pytest.approx(496)
    assert min(lengths) == 7
    assert shares([], 500, gap=2, least=7) == []


def test_nothing_can_be_started_while_files_are_looked_through(page: PlanPage):
    page.progress(131, 412)
    assert not page.settings.start.isEnabled()
    assert "131 of 412 files" in words(page)


def test_a_plan_is_shown_with_all_that_it_leaves_out(page: PlanPage):
    page.show_plan(mixed_plan(), seconds=3.8)
    said = words(page)
    assert "356 files, 6,258 pages" in said
    assert "looked through in 3.8 s" in said
    assert page.settings.start.isEnabled()
    assert page.settings.start.text() == "Start, 5,782 pages"


def test_start_asks_for_what_was_chosen(page: PlanPage, qtbot):
    page.show_plan(mixed_plan())
    page.settings.choose(Options(languages="deu+eng", mode="force", formats=("pdf", "txt")))
    page.settings.priority.choose(3)
    page.settings.same.setCurrentIndex(1)
    page.name.setText("Rat")
    with qtbot.waitSignal(page.start_asked) as asked:
        qtbot.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    plan, order = asked.args
    assert plan == mixed_plan()
    assert (order.options.languages, order.options.mode) == ("deu+eng", "force")
    assert set(order.options.formats) == {"pdf", "txt"}
    assert (order.priority, order.batch, order.same) == (Priority.NEXT, "Rat", Same.READ)


def test_no_language_or_no_output_cannot_start(page: PlanPage):
    page.show_plan(mixed_plan())
    page.settings.reading.languages.choose([])
    assert not page.settings.start.isEnabled()
    assert page.settings.start.toolTip() == "Choose a language."
    page.settings.reading.languages.choose(["eng"])
    for box in page.settings.reading.formats.values():
        box.setChecked(False)
    assert not page.settings.start.isEnabled()


def test_a_plan_without_files_cannot_start_but_says_why(page: PlanPage):
    page.show_plan(Plan((), mixed_plan().skipped))
    assert not page.settings.start.isEnabled()
    assert page.settings.start.text() == "Start"
    assert "Nothing to read" in words(page)


def test_a_reason_without_room_is_said_in_short():
    (damaged,) = left_out(Plan((), (Skipped("in/cut.pdf", "corrupt", "“in/cut.pdf” is damaged beyond repair.", 9),)))
    assert (damaged.reason, damaged.short) == ("“in/cut.pdf” is damaged beyond repair.", "Damaged")


def test_a_password_is_tried_and_goes_with_the_order(qtbot):
    tried: list[str] = []
    page = PlanPage(unlock=tried.append)
    qtbot.addWidget(page)
    page.show()
    page.begin("from 1 file", name="x")
    page.show_plan(Plan((planned("a.pdf", locked=True),), ()))
    asking = page._found.password
    assert asking is not None
    asking.ask.click()
    asking.field.setText("geh")
    page.set_fleet([ENGLISH], 12.0)  # a new picture every second must not disturb who types
    assert asking.field.isVisible()
    assert asking.field.text() == "geh"
    asking.field.setText("geheim")
    qtbot.keyClick(asking.field, Qt.Key.Key_Return)
    assert tried == ["geheim"]
    assert not page.settings.start.isEnabled()
    page.show_plan(Plan((planned("a.pdf", 4),), ()))
    with qtbot.waitSignal(page.start_asked) as asked:
        page.settings.start.click()
    assert asked.args[1].password == "geheim"
    assert "geheim" not in repr(asked.args[1])


def test_a_password_that_opens_nothing_says_so_and_keeps_the_focus(page: PlanPage, qtbot):
    locked = Plan((planned("a.pdf", 4), planned("b.pdf", locked=True), planned("c.pdf", locked=True)), ())
    page.show_plan(locked)
    asking = page._found.password
    assert asking is not None
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    asking.ask.click()
    qtbot.keyClicks(asking.field, "geheim")
    qtbot.keyClick(asking.field, Qt.Key.Key_Return)
    page.set_fleet([ENGLISH])  # a picture that comes meanwhile
    assert "Trying the password" in words(page)
    assert not page.settings.start.isEnabled()
    page.show_plan(locked)
    assert "It opens none of 2 files." in words(page)
    assert asking.ask.hasFocus()
    asking.ask.click()
    qtbot.keyClicks(asking.field, "other")
    asking.send.click()
    page.show_plan(Plan((planned("a.pdf", 4), planned("b.pdf", 2), planned("c.pdf", locked=True)), ()))
    assert "It opens 1 of 2 files." in words(page)
    assert page.settings.start.isEnabled()


def test_esc_in_the_password_leaves_the_field_and_not_the_plan(page: PlanPage, qtbot):
    page.show_plan(Plan((planned("a.pdf", 4), planned("b.pdf", locked=True)), ()))
    asking = page._found.password
    assert asking is not None
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    left: list[bool] = []
    page.cancelled.connect(lambda: left.append(True))
    asking.ask.click()
    qtbot.keyClicks(asking.field, "geheim")
    qtbot.keyClick(asking.field, Qt.Key.Key_Escape)
    qtbot.keyClick(asking.field, Qt.Key.Key_Escape)
    assert (asking.field.isVisible(), asking.ask.hasFocus(), left) == (False, True, [])
    qtbot.keyClick(asking.ask, Qt.Key.Key_Escape)
    assert left == [True]


def test_a_failure_says_what_and_what_to_do(page: PlanPage):
    page.show_failure("There is no /data/Rechnungen.", "Check the spelling.")
    assert "There is no /data/Rechnungen." in words(page)
    assert "Check the spelling." in words(page)
    assert not page.settings.start.isEnabled()


def test_a_time_is_estimated_only_for_enough_pages(page: PlanPage, qtbot):
    page.set_fleet([ENGLISH] * 4, 152.0)
    page.show_plan(mixed_plan())
    qtbot.waitUntil(lambda: "about 38 min on 4 workers" in words(page))
    page.hide()
    page.set_fleet([ENGLISH] * 5, 152.0)
    assert not [label for label in page.findChildren(QLabel) if "on 5 workers" in label.text()]  # nobody looks
    page.show()
    qtbot.waitUntil(lambda: "about 38 min on 5 workers" in words(page))
    page.show_plan(Plan((planned("a.pdf", 19),), ()))
    assert "about" not in words(page)


def test_the_list_is_chosen_by_chips_and_can_be_copied(page: PlanPage):
    page.show_plan(mixed_plan())
    shown = page._left_out
    shown._chips["password"].click()
    assert {row.why for row in shown.model.rows} == {"password"}
    shown._copy()
    assert QGuiApplication.clipboard().text().splitlines()[0].startswith("Bescheid 1971.pdf\tArchiv / Steuern\t")


def test_a_language_that_no_worker_has_is_named(page: PlanPage):
    page.settings.reading.languages.choose(["vie", "eng"])
    page.set_fleet([frozenset({"eng", "osd"})] * 2)
    assert "No worker that is online has Vietnamese" in words(page)
    field = page.settings.reading.languages
    assert [token.doubt for token in field._tokens] == ["No worker that is online has it.", ""]
    page.set_fleet([ENGLISH, frozenset({"eng", "vie"})])
    assert [token.doubt for token in field._tokens] == ["", ""]
    assert "No worker that is online" not in words(page)
    assert "on 1 of 2 workers" in words(page)
    page.set_fleet([ENGLISH, frozenset({"vie"})])
    assert "No worker that is online has all of them." in words(page)


def test_escape_leaves(page: PlanPage, qtbot):
    with qtbot.waitSignal(page.cancelled):
        qtbot.keyClick(page, Qt.Key.Key_Escape)


def test_every_control_has_a_name(page: PlanPage):
    page.set_fleet([frozenset({"eng", "deu"})])
    page.show_plan(mixed_plan())
    assert unnamed(page) == []
