"""The beginning of a queue, message by message: what runs next, and what workers have; nothing is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.table import Column, TableModel
from console.ui import theme, words
from console.ui.actions import Action
from console.ui.kit.bars import Underway
from console.ui.kit.boxes import row
from console.ui.kit.buttons import Button
from console.ui.kit.flow import flow
from console.ui.kit.labels import Label, Paragraph
from console.ui.kit.live_cells import TwoLines
from console.ui.kit.row_acts import ActTable

if TYPE_CHECKING:
    from console.ops.peeking import Peek, Seen
    from worker.core.errors import OcrConsoleError

translate = QCoreApplication.translate
TWO_LINES = 46


@dataclass(frozen=True, slots=True)
class Line:
    """A message at its place; some say no id of their own."""

    place: int
    seen: Seen

    @property
    def key(self) -> object:
        """Which one it is."""
        return self.seen.message.held, self.seen.message.id or self.place


class PeekPane(QWidget):
    """What stands in the pane beside the tables. `show_peek` has it follow the queue."""

    closed = Signal()
    job_asked = Signal(object)  # UUID
    front_asked = Signal(list)  # list[UUID]: of one job
    take_out_asked = Signal(list)  # list[UUID]: of one job

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = Label(size=17, weight=600, elide=Qt.TextElideMode.ElideMiddle)
        self.note = Paragraph(size=12, role="text3")
        self._underway = Underway()
        column: Column[Line] = Column("message", translate("Peek", "Message"), spoken, look=look, tip=tip)
        self.model: TableModel[Line] = TableModel((column,), key=lambda line: line.key, parent=self)
        self.table = ActTable(self.model, name=translate("Peek", "Messages"), row_height=TWO_LINES)
        self.table.horizontalHeader().hide()
        self._make_actions()
        self._lay_out()
        self.table.opened.connect(lambda _line: self.open_action.trigger())
        self.table.selectionModel().currentRowChanged.connect(self._enable)
        self._enable()

    def begin(self, queue: str) -> None:
        """Another queue is looked into; its messages are asked for."""
        self.title.setText(translate("Peek", "Next in {queue}").format(queue=words.isolated(queue)))
        self.note.setText("")
        self.model.set_rows(())
        self._underway.set_running(True)

    def show_peek(self, peek: Peek) -> None:
        """Show what was seen."""
        self._underway.set_running(False)
        self.model.set_rows(Line(place, seen) for place, seen in enumerate((*peek.ready, *peek.held)))
        if self.model.rows and not self.table.currentIndex().isValid():
            self.table.go_to(self.model.row(0).key)
        self.note.setText(described(peek))
        self._enable()

    def show_failure(self, error: OcrConsoleError) -> None:
        """Say why it cannot be looked into; it is tried again."""
        self._underway.set_running(False)
        self.note.setText(words.told(error.sentence, error.advice))

    def _make_actions(self) -> None:
        def act(text: str, run: Callable[[Seen], None], *, icon: str, key: str, changes: bool = True) -> Action:
            made = Action(self.table, text, lambda: self._with_current(run), icon=icon, key=key, changes=changes)
            made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            return made

        self.open_action = act(
            translate("Peek", "Open job"),
            lambda seen: self.job_asked.emit(seen.message.job),
            icon="scan-text",
            key="Return",
            changes=False,
        )
        self.front_action = act(
            translate("Peek", "Move to the front"),
            lambda seen: self.front_asked.emit([seen.message.job]),
            icon="arrow-up",
            key="F",
        )
        self.out_action = act(
            translate("Peek", "Take out"), lambda seen: self.take_out_asked.emit([seen.message.job]),
            icon="ban", key="Del",
        )  # fmt: skip
        self.table.menu_actions = lambda: (self.open_action, self.front_action, None, self.out_action)

    def _lay_out(self) -> None:
        close = Button(icon="x", kind="ghost", name=translate("Peek", "Close the messages"), key="Esc", height=28)
        close.clicked.connect(self.closed)
        head = row(height=theme.TITLE, margins=(theme.MARGIN, 0, 12, 0)).add(self.title, stretch=1).add(close)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 12)
        lines.setSpacing(0)
        lines.addWidget(head)
        lines.addWidget(row(margins=(theme.MARGIN, 0, theme.MARGIN, 8)).add(self.note, stretch=1))
        lines.addWidget(self._underway)
        lines.addWidget(row(margins=(theme.GROUP, 0, 4, 0)).add(self.table, stretch=1), 1)
        buttons = [action.button(height=28) for action in (self.open_action, self.out_action, self.front_action)]
        lines.addWidget(flow(*buttons, line=36, margins=(theme.MARGIN, 0, theme.MARGIN, 0)))

    def _with_current(self, run: Callable[[Seen], None]) -> None:
        line = self.table.current_row()
        if line is not None and line.seen.message.job is not None:
            run(line.seen)

    def _enable(self) -> None:
        line: Line | None = self.table.current_row()
        seen = line.seen if line is not None else None
        ours = seen is not None and seen.message.ours
        self.open_action.setEnabled(ours)
        self.front_action.setEnabled(seen is not None and ours and not seen.message.held)
        self.out_action.setEnabled(seen is not None and ours and not seen.running)
        other = translate("Peek", "It is another program's.") if seen is not None and not ours else ""
        for action in (self.open_action, self.front_action, self.out_action):
            action.setToolTip(other or action.text())


def described(peek: Peek) -> str:
    """What is to be seen, in a sentence."""
    if not peek.ready and not peek.held:
        return translate("Peek", "Nothing waits here, and no worker has a message of it.")
    if not peek.held:
        return words.counted(
            len(peek.ready),
            translate("Peek", "{n} message. Nothing is taken by looking."),
            translate("Peek", "The first {n} in the order in which they will run. Nothing is taken by looking."),
        )
    return words.counted(
        len(peek.ready),
        translate("Peek", "{n} message, then those that workers have: {held}. Nothing is taken by looking."),
        translate(
            "Peek",
            "The first {n} in the order in which they will run, then those that workers have: {held}. "
            "Nothing is taken by looking.",
        ),
    ).replace("{held}", words.number(len(peek.held)))


def named(seen: Seen) -> str:
    """The document, or what another program wants to have done."""
    return seen.name or seen.message.task or translate("Peek", "Not a message of Celery's")


def detail(seen: Seen) -> str:
    """How urgent, how old, who has it, what it carries."""
    message = seen.message
    age = words.DASH if seen.age_s is None else words.about(seen.age_s)
    if message.held:
        holder = words.isolated(seen.worker) if seen.worker else translate("Peek", "a worker")
        if seen.running:
            return translate("Peek", "{worker} works at it, sent {age} ago").format(worker=holder, age=age)
        return translate("Peek", "{worker} has it, sent {age} ago").format(worker=holder, age=age)
    values = {"priority": priority_word(message.priority), "age": age}
    if message.ours:
        return translate("Peek", "{priority}, sent {age} ago").format(**values)
    text = translate("Peek", "{priority}, sent {age} ago, {arguments}")
    return text.format(**values, arguments=words.isolated(message.arguments))


def priority_word(priority: int) -> str:
    """A step of the broker in the word that people choose it by."""
    known = {
        0: translate("Peek", "next"),
        3: translate("Peek", "high"),
        6: translate("Peek", "normal"),
        9: translate("Peek", "low"),
    }
    return known.get(priority, words.number(priority))


def look(line: Line) -> TwoLines:
    """The two lines, behind an icon that tells ours from others'."""
    seen = line.seen
    icon = "cpu" if seen.message.held else "file-text" if seen.message.ours else "mail"
    dropped = bool(seen.state) and seen.state not in {"QUEUED", "RUNNING"}
    return TwoLines(named(seen), detail(seen), icon, "warn" if dropped else "text3", weight=500)


def spoken(line: Line) -> str:
    """The same, read aloud."""
    return f"{named(line.seen)}, {detail(line.seen)}"


def tip(line: Line) -> str:
    """What the message is, in full."""
    message = line.seen.message
    size = words.size(message.bytes)
    text = translate("Peek", "{task}\n{id}\n{size}\n{arguments}")
    return text.format(task=message.task, id=message.id or words.DASH, size=size, arguments=message.arguments)
