"""The limits of a worker that is to be started: folded, all as usual until somebody sets one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import words
from console.ui.kit.boxes import column, row
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field
from console.ui.kit.forms import Pair, captioned, note_label
from console.ui.kit.labels import Label

if TYPE_CHECKING:
    from console.ops.worker_options import WorkerOptions
    from worker.core.settings import Settings

translate = QCoreApplication.translate
MEGABYTE = 1e6
LONGEST = 7  # figures of a number
SOFT_LIMIT: Final = "OCR_SOFT_TIME_LIMIT"


class Limits(QWidget):
    """An empty field is as the profile has it, and shows that; `values` are those that were set."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._usual_memory_mb = 0
        self._fault = ""
        self.fields = {kind: Field(name=name) for kind, name in _names().items()}  # as the options call them
        self.memory_note = note_label()
        self.title = Label(translate("StartWorker", "Limits"), size=14, weight=600)
        self.title.setMinimumWidth(self.title.sizeHint().width())
        self.fold = Button(icon="chevron-down", kind="ghost", height=28, name=self.title.text())
        self.note = Label(role="text3")
        self.reset = Button(translate("StartWorker", "Reset"), kind="ghost", height=28)
        self._inner = self._build()
        self._lay_out()
        for field in self.fields.values():
            field.setValidator(QIntValidator(0, 10**LONGEST, field))
            field.textChanged.connect(self.changed)
        self.fold.clicked.connect(lambda: self.unfold(self._inner.isHidden()))
        self.reset.clicked.connect(self.clear)
        self.unfold(False)
        self.show_faults({})

    @property
    def values(self) -> dict[str, int]:
        """Those that were set, by the names that the options have for them."""
        return {kind: int(field.text()) for kind, field in self.fields.items() if field.text().isdecimal()}

    def show_usual(self, settings: Settings, options: WorkerOptions) -> None:
        """Say what holds where nothing is set; when a task is told to end follows from when it is stopped."""
        self._usual_memory_mb = settings.max_memory_mb
        soft = options.variables(settings).get(SOFT_LIMIT, settings.soft_time_limit_s)
        usual = {
            "memory_mb": settings.max_memory_mb,
            "tasks_per_child": settings.max_children_tasks,
            "time_limit_s": settings.time_limit_s,
            "soft_time_limit_s": int(soft),
            "nice": 0,
        }
        for kind, field in self.fields.items():
            field.setPlaceholderText(words.number(usual[kind]))

    def show_room(self, slots: int, free_b: float) -> None:
        """Say what the slots may take together, and what is free."""
        all_b = slots * self.values.get("memory_mb", self._usual_memory_mb) * MEGABYTE
        text = translate("StartWorker", "{all} in all, {free} free")
        self.memory_note.setText(text.format(all=words.size(all_b), free=words.size(free_b)))
        self.memory_note.set_role("warn" if all_b > free_b else "text3")

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Mark what cannot be, and say why; these may be faults of other fields, too."""
        mine = [kind for kind in self.fields if kind in faults]
        for kind, field in self.fields.items():
            field.set_wrong(kind in mine)
        self._fault = words.told(faults[mine[0]]) if mine else ""
        self._tell()

    def clear(self) -> None:
        """All as usual."""
        for field in self.fields.values():
            field.clear()

    def unfold(self, shown: bool) -> None:
        """Show the fields, or only whether all is as usual."""
        self._inner.setVisible(shown)
        self.fold.set_icon("chevron-up" if shown else "chevron-down")
        said = translate("StartWorker", "Limits, open") if shown else translate("StartWorker", "Limits, folded")
        self.fold.setAccessibleName(said)
        self.fold.setToolTip(said)

    def _tell(self) -> None:
        count = len(self.values)
        one, many = translate("StartWorker", "{n} is set"), translate("StartWorker", "{n} are set")
        usual = translate("StartWorker", "all as usual")
        self.note.setText(self._fault or (words.counted(count, one, many) if count else usual))
        self.note.set_role("bad" if self._fault else "text3")
        self.reset.setEnabled(count > 0)

    def _build(self) -> QWidget:
        names, fields = _names(), self.fields
        memory = captioned(names["memory_mb"], fields["memory_mb"], self.memory_note)
        tasks, soft, hard, nice = (
            captioned(names[kind], fields[kind])
            for kind in ("tasks_per_child", "soft_time_limit_s", "time_limit_s", "nice")
        )
        return column(Pair(memory, tasks), 12, Pair(soft, hard), 12, Pair(nice, QWidget()))

    def _lay_out(self) -> None:
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(4)
        lines.addWidget(row(self.title, height=36).add(self.note, stretch=1).add(self.reset, self.fold))
        lines.addWidget(self._inner)


def _names() -> dict[str, str]:
    return {
        "memory_mb": translate("StartWorker", "Memory for one slot, MB"),
        "tasks_per_child": translate("StartWorker", "New process after, tasks"),
        "soft_time_limit_s": translate("StartWorker", "Tell a task to end after, seconds"),
        "time_limit_s": translate("StartWorker", "Stop a task after, seconds"),
        "nice": translate("StartWorker", "Gives way to other programs, 0 to 19"),
    }
