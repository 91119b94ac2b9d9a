"""A new batch: what a drop comes to, and how it is to be read. Nothing is uploaded before Start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.bridge.planning import narrowed
from console.ui import counts, theme, words
from console.ui.actions import Action
from console.ui.kit.bars import Bar, Underway
from console.ui.kit.boxes import Box, column, title_line
from console.ui.kit.fields import Field
from console.ui.kit.labels import Hairline, Label, Paragraph
from console.ui.plan_found import Composition, FoundLines
from console.ui.plan_groups import groups, headline, left_out, left_out_note, not_looked_at, summary
from console.ui.plan_left_out import LeftOutList
from console.ui.plan_settings import SettingsPane

if TYPE_CHECKING:
    from console.ops.intake import Plan

translate = QCoreApplication.translate
NARROW = 1000  # pixels of the page, its settings included
FEW_PAGES = 20  # under this many no time is estimated


class PlanPage(QWidget):
    """Shows a plan while it is made and when it stands.

    `start_asked` carries the plan and the `ops.uploads.Order` that was chosen for it. `unlock` is called with a
    password for the locked files; the page is then given a new plan. Without it none is asked for.
    """

    start_asked = Signal(object, object)  # Plan, Order
    cancelled = Signal()

    def __init__(self, *, unlock: Callable[[str], None] | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unlock = unlock
        self._password: str | None = None
        self._trying = False  # a password
        self._locked = 0  # files that nothing has opened yet, before any password
        self._whole: Plan | None = None  # for all pages
        self._plan: Plan | None = None  # for those that are chosen
        self._narrowed = ""  # the page range of that
        self._pace, self._workers = 0.0, 0
        self.name = Field(name=translate("Plan", "Name of the batch"), icon="pencil")
        self._from = Label(role="text3")
        self._headline = Label(size=28, weight=600)
        self._summary = Label(size=14, role="text2")
        self._looking = Bar(name=translate("Plan", "Files looked through"), height=10)
        self._underway = Underway()
        self._composition = Composition()
        self._found = FoundLines(self._try_password if unlock else None)
        self._star = Label(size=12, role="text3")
        self._unseen = Label(size=12, role="text3")
        self._advice = Paragraph()
        self._left_out = LeftOutList()
        self.settings = SettingsPane()
        self._lay_out()
        self.settings.changed.connect(self._tell)
        self.settings.start_pressed.connect(self._start)
        self.settings.cancel_pressed.connect(self.cancelled)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            Action(self, translate("Plan", "Start"), self._start, key=key, changes=True)
        Action(self, translate("Plan", "Cancel"), self.cancelled.emit, key="Escape")

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        return [self._found, self._left_out, self.settings]

    def begin(self, sources: str, *, name: str) -> None:
        """Show that a drop is being looked through.

        Args:
            sources: Where it comes from, in words: "from 3 dropped folders".
            name: A name for the batch; the operator may change it.
        """
        self._whole, self._plan, self._password, self._trying = None, None, None, False
        self.name.setText(name)
        self.name.setCursorPosition(0)
        self._from.setText(sources)
        self._headline.setText(translate("Plan", "Looking through the files"))
        self._summary.setText("")
        self._show_parts(looking=True)
        self.progress(0, 0)
        self._tell()

    def progress(self, seen: int, total: int) -> None:
        """Tell how many files were looked into, of how many."""
        self._looking.set_progress(seen / total if total else 0.0)
        if total:
            self._summary.setText(counts.part_of(words.number(seen), counts.files(total)))

    def show_plan(self, plan: Plan, *, seconds: float | None = None) -> None:
        """Show what was found; `seconds` is how long it took."""
        self._whole, self._trying = plan, False
        if self._password is None:
            self._locked = len(plan.locked)
        if seconds is not None and self._password is None:
            took = translate("Plan", "{sources}, looked through in {time}").replace("{time}", words.duration(seconds))
            self._from.setText(took.replace("{sources}", self._from.text()))
        if self._found.password is not None:
            self._found.password.show_tried(self._verdict(plan))
        self._narrow(plan, "")
        self._show_parts(looking=False)
        self._tell()

    def show_failure(self, sentence: str, advice: str) -> None:
        """Say why there is no plan."""
        self._whole, self._plan, self._trying = None, None, False
        self._show_parts(looking=False)
        self._headline.setText(translate("Plan", "Nothing to read"))
        self._summary.setText(words.told(sentence))
        self._advice.setText(words.told(advice))
        self._advice.setVisible(bool(advice))
        self._tell()

    def set_fleet(self, fleet: Sequence[frozenset[str]], pages_per_minute: float = 0.0) -> None:
        """Tell what the online workers can read, and how fast they read now."""
        self._pace, self._workers = pages_per_minute, len(fleet)
        self.settings.set_fleet(fleet)
        if self.isVisible():
            self._tell()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tell()  # the workers may be others by now

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.name.setFixedWidth(236 if self.width() > NARROW else 160)

    def _show_parts(self, *, looking: bool) -> None:
        ready = self._plan is not None
        self._looking.setVisible(looking)
        self._underway.set_running(looking)
        self._advice.hide()
        self._composition.setVisible(ready and not looking)
        self._found.setVisible(ready)
        self._unseen.hide()
        self._star.setVisible(ready and bool(self._plan and self._plan.locked))
        self._left_out.setVisible(ready and self._left_out.count > 0)

    def _narrow(self, whole: Plan, pages: str) -> None:
        """Plan for these pages alone."""
        plan = self._plan = narrowed(whole, pages) if pages else whole
        self._narrowed = pages
        self._left_out.show_rows(left_out(plan), left_out_note(plan))
        self._left_out.setVisible(self._left_out.count > 0)

    def _tell(self) -> None:
        """Everything that depends on the plan or on what was chosen."""
        pane = self.settings
        if self._trying:
            return
        objection = pane.objection()
        if self._whole is not None and not objection and pane.options.pages != self._narrowed:
            self._narrow(self._whole, pane.options.pages)
        plan = self._plan
        pane.start.setEnabled(plan is not None and bool(plan.files) and not objection)
        pane.start.setToolTip(objection)
        if plan is None:
            pane.start.setText(translate("Plan", "Start"))
            pane.set_sums(words.DASH, words.DASH)
            return
        mode = pane.options.mode
        total = plan.counts(mode)
        reading = total.read + len(plan.locked)  # a locked file counts as one
        found = groups(plan, mode, self._fate_of_reading(reading))
        self._headline.setText(headline(plan) if plan.files else translate("Plan", "Nothing to read"))
        self._summary.setText(summary(found))
        self._unseen.setText(not_looked_at(total.unknown))
        self._unseen.setVisible(bool(self._unseen.text()))
        self._composition.show_groups(found)
        self._found.show_groups(found)
        amount = counts.pages(reading) if reading else counts.files(len(plan.files))
        start = translate("Plan", "Start, {amount}") if plan.files else translate("Plan", "Start")
        pane.start.setText(start.replace("{amount}", amount))
        pane.set_sums(words.size(plan.bytes), self._time_of(reading))

    def _fate_of_reading(self, reading: int) -> str:
        if not self._workers:
            return translate("Plan", "waits until a worker is online")
        workers = translate("Plan", "on {workers}").replace("{workers}", counts.workers(self._workers))
        if self._pace <= 0 or reading < FEW_PAGES:
            return workers
        return (
            translate("Plan", "about {time}").replace("{time}", words.about(60 * reading / self._pace)) + f" {workers}"
        )

    def _time_of(self, reading: int) -> str:
        if self._pace <= 0 or reading < FEW_PAGES:
            return counts.pages(reading)
        about = translate("Plan", "{pages}, about {time}").replace("{pages}", counts.pages(reading))
        return about.replace("{time}", words.about(60 * reading / self._pace))

    def _verdict(self, plan: Plan) -> str:
        if self._password is None:
            return ""
        opened = self._locked - len(plan.locked)
        part = words.number(opened) if opened > 0 else translate("Plan", "none")
        said = translate("Plan", "It opens {part}.")
        return said.replace("{part}", counts.part_of(part, counts.files(self._locked)))

    def _try_password(self, password: str) -> None:
        assert self._unlock is not None
        self._password, self._trying = password, True
        self._show_parts(looking=True)
        self._headline.setText(translate("Plan", "Trying the password"))
        self.settings.start.setEnabled(False)
        self._unlock(password)

    def _start(self) -> None:
        if self._plan is None or not self.settings.start.isEnabled():
            return
        from console.ops.uploads import Order, Same

        pane = self.settings
        order = Order(
            options=pane.options,
            priority=pane.chosen_priority,
            batch=self.name.text().strip() or None,
            same=Same(pane.chosen_same),
            password=self._password,
        )
        self.start_asked.emit(self._plan, order)

    def _lay_out(self) -> None:
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self._main_column(), 1)
        across.addWidget(Hairline(vertical=True))
        across.addWidget(self.settings)

    def _main_column(self) -> Box:
        title = Label(translate("Plan", "New batch"), size=20, weight=600)
        title.setMinimumWidth(title.sizeHint().width())
        body = QWidget()
        lines = QVBoxLayout(body)
        lines.setContentsMargins(theme.MARGIN, 16, theme.MARGIN, 0)
        lines.setSpacing(0)
        for widget, space in (
            (self._headline, 2),
            (self._summary, 12),
            (self._looking, 0),
            (self._composition, 12),
            (self._advice, 0),
            (self._found, 6),
        ):
            lines.addWidget(widget)
            lines.addSpacing(space)
        self._star.setText(
            translate("Plan", "* Counted as one page each until they are opened. Nothing has been uploaded yet.")
        )
        lines.addWidget(self._star)
        lines.addWidget(self._unseen)
        lines.addSpacing(10)
        lines.addWidget(self._left_out, 1)
        lines.addStretch(0)
        made = column(title_line(title, self._from, self.name), _inset(Hairline()), self._underway)
        return made.add(body, stretch=1)


def _inset(widget: QWidget) -> Box:
    return column(widget, margins=(theme.MARGIN, 0, theme.MARGIN, 0))
