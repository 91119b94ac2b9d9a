"""An entry of the audit from close by: what was told, on what it was done, to which jobs, and what Undo does."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from console.bridge.activity_feed import Named, ids_of
from console.ui import words
from console.ui.activity_columns import how_many, way_back, when
from console.ui.activity_words import person, said, subject, undo_sentence
from console.ui.job_links import JobLinks
from console.ui.kit.boxes import STRETCH, column, row
from console.ui.kit.buttons import Button
from console.ui.kit.facts import FactList, Known
from console.ui.kit.labels import Label, Paragraph
from console.ui.kit.side_pane import EDGE, SidePane, pane_section
from worker.core.audit_entry import AuditEntry

translate = QCoreApplication.translate
SHOWN = 12  # jobs of a list; the rest is a click away


class ActivityPane(SidePane):
    """Shows the entry it is given; it asks for nothing itself."""

    undo_asked = Signal(int)  # the entry's number
    job_asked = Signal(object)  # UUID
    jobs_asked = Signal(tuple)  # of UUIDs

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(translate("Activity", "Entry"), parent)
        self.entry: AuditEntry | None = None
        self._named: Named | None = None
        self._build()
        self._empty = Paragraph(translate("Activity", "Choose an entry to see what was hit."), role="text3")
        self._nothing = column(self._empty, STRETCH, margins=(20, 14, 20, 0))
        for part in (self._head, self._nothing):
            self.lines.addWidget(part)
        self.lines.insertWidget(1, self._area, 1)
        self.show_entry(None)

    def show_entry(self, entry: AuditEntry | None) -> None:
        """Show this; the jobs of another one go."""
        same = self.entry is not None and entry is not None and entry.id == self.entry.id
        self.entry = entry
        self._head.setVisible(entry is not None)
        self._area.setVisible(entry is not None)
        self._nothing.setVisible(entry is None)
        if not same:
            self._named = None
            self._show_named()
        if entry is not None:
            self._show(entry, datetime.now(UTC))

    def show_named(self, named: Named) -> None:
        """Show its jobs by name."""
        if self.entry is not None and named.entry == self.entry.id:
            self._named = named
            self._show_named()

    def refresh(self) -> None:
        """Time has passed: it may be too late to take it back."""
        if self.entry is not None and self.isVisible():
            self._show_way_back(self.entry, datetime.now(UTC))

    def _build(self) -> None:
        self._title = Label(size=15, weight=600)
        close = Button(icon="x", kind="ghost", name=translate("Activity", "Close the pane"), height=28)
        self._who = Label(size=12, role="text2")
        self.undo = Button(translate("Activity", "Undo"), icon="undo-2", kind="primary", key="U", changes=True)
        self._until = Label(role="text2")
        self._undo_line = row(self.undo, spacing=10).add(self._until, stretch=1)
        self._head = column(
            row(spacing=4).add(self._title, stretch=1).add(close), 2, self._who, 12, self._undo_line,
            margins=(20, 14, EDGE, 14),
        )  # fmt: skip
        self._told, self._facts = Paragraph(), FactList()
        self.left, self.hit = JobLinks(most=SHOWN), JobLinks(most=SHOWN)
        self._why, self._count = Label(size=12, role="text3"), Label(size=12, role="text3")
        self.show_jobs = Button(translate("Activity", "Show jobs"), kind="ghost", height=28)
        self._what_undo = Paragraph()
        self._left_part = pane_section(translate("Activity", "Not hit"), self.left, note=self._why)
        self._hit_part = pane_section(translate("Activity", "Hit"), self.hit, note=self._count, button=self.show_jobs)
        self._undo_part = pane_section(translate("Activity", "What Undo does"), self._what_undo)
        happened = pane_section(translate("Activity", "What happened"), column(self._told, 8, self._facts))
        body = column(happened, self._left_part, self._hit_part, self._undo_part, STRETCH)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(body)
        close.clicked.connect(self.closed)
        self.undo.clicked.connect(self._ask_undo)
        self.show_jobs.clicked.connect(self._ask_jobs)
        for links in (self.left, self.hit):
            links.job_asked.connect(self.job_asked)

    def _ask_undo(self) -> None:
        if self.entry is not None:
            self.undo_asked.emit(self.entry.id)

    def _ask_jobs(self) -> None:
        if self.entry is not None:
            self.jobs_asked.emit(ids_of(self.entry, "jobs"))

    def _show(self, entry: AuditEntry, now: datetime) -> None:
        self._title.setText(said(entry.action).text)
        self.setAccessibleName(translate("Activity", "Entry {what}").format(what=said(entry.action).text))
        text = translate("Activity", "{who}, {when}, at {host}")
        self._who.setText(text.format(who=person(entry.who), when=when(entry, now), host=entry.host))
        self._told.setText(words.told(entry.result))
        self._told.setVisible(bool(entry.result))
        self._facts.show_facts(_facts(entry))
        self._why.setText(words.told(entry.why))
        self._what_undo.setText(undo_sentence(entry))
        self._show_way_back(entry, now)

    def _show_way_back(self, entry: AuditEntry, now: datetime) -> None:
        can, way = entry.can_be_undone(now), way_back(entry, now)
        self.undo.setVisible(can)
        self._until.setText(way.text)
        self._undo_part.setVisible(can and bool(undo_sentence(entry)))

    def _show_named(self) -> None:
        named, entry = self._named, self.entry
        hit, left = (named.hit, named.left) if named else ((), ())
        self.hit.show_jobs(hit)
        self.left.show_jobs(left)
        self._hit_part.setVisible(bool(hit))
        self._left_part.setVisible(bool(left))
        if entry is not None:
            self._count.setText(words.number(entry.done))


def _facts(entry: AuditEntry) -> list[Known]:
    facts = [
        Known(translate("Activity", "On what"), subject(entry)),
        Known(translate("Activity", "How many"), how_many(entry), "warn" if entry.is_partial else "text"),
    ]
    if entry.profile:
        facts.append(Known(translate("Activity", "Profile"), entry.profile))
    for key, title in (
        ("reason", translate("Activity", "Reason")),
        ("messages", translate("Activity", "Messages")),
        ("processes", translate("Activity", "Processes")),
        ("answer", translate("Activity", "Answer")),
    ):
        value = entry.details.get(key)
        if value not in {None, ""} if not isinstance(value, list | dict) else False:
            facts.append(Known(title, words.number(value) if isinstance(value, int) else str(value)))
    return facts
