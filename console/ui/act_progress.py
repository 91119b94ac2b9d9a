"""How far an act on many jobs is, at the foot of the page, with a way to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import counts, theme, words
from console.ui.kit.bars import Bar
from console.ui.kit.boxes import row
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Hairline, Label

if TYPE_CHECKING:
    from console.bridge.runner import Running

translate = QCoreApplication.translate
MANY = 500  # jobs; fewer are done before anybody has read this
SLOW = frozenset({"restart worker"})  # acts on a few things, each of which takes a while


class ActProgress(QWidget):
    """Shows the act that began last of those that are under way; hidden while there is none on many jobs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._running: dict[int, Running] = {}
        self._what = Label(weight=600)
        self._bar = Bar(name=translate("ActProgress", "Progress"))
        self._bar.setFixedWidth(240)
        self._far = Label(role="text2")
        self.stop_button = Button(translate("ActProgress", "Stop"), icon="square")
        self.stop_button.clicked.connect(self._stop)
        line = row(self._what, self._bar, margins=(theme.MARGIN, 0, 16, 0), spacing=12, height=theme.UNDO_STRIP - 1)
        line.add(self._far, stretch=1).add(self.stop_button)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(Hairline())
        lines.addWidget(line)
        self.hide()

    def show_running(self, running: Running) -> None:
        """One began, or went on."""
        if max(running.asked, running.done) > MANY or running.command.action in SLOW:
            self._running[running.number] = running
            self._show()

    def end(self, running: Running) -> None:
        """One has ended, or was stopped."""
        self._running.pop(running.number, None)
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self._running))
        if not self._running:
            return
        number = max(self._running)
        running = self._running[number]
        self._what.setText(_words_of(running.command.action))
        self._bar.set_progress(running.done / running.asked if running.asked else 0)
        all_of = counts.workers(running.asked) if running.command.action in SLOW else counts.jobs(running.asked)
        self._far.setText(counts.part_of(words.number(running.done), all_of))
        self.stop_button.set_busy(running.course.stop.is_set())

    def _stop(self) -> None:
        self._running[max(self._running)].stop()
        self._show()


def _words_of(action: str) -> str:
    return {
        "retry": translate("ActProgress", "Retrying"),
        "reprocess": translate("ActProgress", "Queueing to be read anew"),
        "cancel": translate("ActProgress", "Cancelling"),
        "priority": translate("ActProgress", "Setting the priority"),
        "delete": translate("ActProgress", "Deleting"),
        "purge": translate("ActProgress", "Purging"),
        "restart worker": translate("ActProgress", "Restarting, each when the one that takes over is ready"),
    }.get(action, translate("ActProgress", "Under way"))
