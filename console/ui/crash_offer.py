"""The band that offers the report of a crash at the next start, and the report itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit.boxes import STRETCH, row
from console.ui.kit.buttons import Button
from console.ui.kit.dialogs import Overlay
from console.ui.kit.labels import Label
from console.ui.kit.pictures import Picture
from console.ui.workers_log import LogText

if TYPE_CHECKING:
    from console.ops.crashes import Crash

translate = QCoreApplication.translate
SIZE = (820, 560)


class CrashBand(QWidget):
    """Under the top bar, for as long as a report waits that nobody has looked at."""

    kept = Signal(object)  # Crash: it was looked at
    delete_asked = Signal(object)  # Crash
    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crash: Crash | None = None
        self._title, self._detail = Label(weight=600), Label(role="text2")
        self.show_button = Button(translate("Crash", "Show the report"), icon="file-text")
        self.copy_button = Button(translate("Crash", "Copy"), icon="copy")
        self.delete_button = Button(translate("Crash", "Delete"), icon="trash")
        self.close_button = Button(icon="x", kind="ghost", name=translate("Crash", "Do not offer it again"))
        self.show_button.clicked.connect(self._show)
        self.copy_button.clicked.connect(self._copy)
        self.delete_button.clicked.connect(self._delete)
        self.close_button.clicked.connect(self._keep)
        buttons = (self.show_button, self.copy_button, self.delete_button, self.close_button)
        margins = (theme.MARGIN, 0, 16, 0)
        line = row(Picture("triangle-alert", 16, "warn"), 4, self._title, 4, ground="warn_soft", margins=margins)
        line.add(self._detail, stretch=1).add(*buttons)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(line)
        self.setFixedHeight(theme.UNDO_STRIP)
        self.hide()

    def offer(self, crash: Crash | None) -> None:
        """Offer this one; None: nothing any more."""
        self._crash = crash
        if crash is None:
            self.hide()
            return
        when = words.near(crash.at, datetime.now(UTC))
        ended = translate("Crash", "OCR Console ended unexpectedly ({when}).")
        went_on = translate("Crash", "OCR Console ran into a fault ({when}).")
        self._title.setText((ended if crash.ended else went_on).format(when=when))
        self._detail.setText(translate("Crash", "A report without passwords is kept on this machine."))
        self.setAccessibleName(f"{self._title.text()} {self._detail.text()}")
        self.show()

    @property
    def said(self) -> str:
        """What it says now."""
        return f"{self._title.text()} {self._detail.text()}"

    def _show(self) -> None:
        if (crash := self._crash) is None:
            return
        report = CrashReport(self, self._title.text(), crash.text)
        report.copy_button.clicked.connect(lambda: self._put(crash))
        report.delete_button.clicked.connect(report.accept)
        report.finished.connect(lambda result: (self.delete_asked if result else self.kept).emit(crash))
        report.finished.connect(report.deleteLater)
        report.open()

    def _copy(self) -> None:
        if self._crash is not None:
            self._put(self._crash)
            self.kept.emit(self._crash)

    def _put(self, crash: Crash) -> None:
        QGuiApplication.clipboard().setText(crash.text)
        self.copied.emit()

    def _delete(self) -> None:
        if self._crash is not None:
            self.delete_asked.emit(self._crash)

    def _keep(self) -> None:
        if self._crash is not None:
            self.kept.emit(self._crash)


class CrashReport(Overlay):
    """The report as it was written. Its result is 1 if it is to be deleted."""

    def __init__(self, parent: QWidget, title: str, text: str) -> None:
        super().__init__(parent, translate("Crash", "Report of a crash"))
        self.setFixedSize(*SIZE)
        self.text = LogText()
        self.text.setPlainText(text)
        self.text.setAccessibleName(translate("Crash", "The report"))
        self.copy_button = Button(translate("Crash", "Copy"), icon="copy")
        self.delete_button = Button(translate("Crash", "Delete"), icon="trash")
        close = Button(translate("Crash", "Close"), key="Esc")
        close.clicked.connect(self.reject)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(24, 20, 24, 20)
        lines.setSpacing(16)
        lines.addWidget(Label(title, size=17, weight=600))
        lines.addWidget(self.text, 1)
        lines.addWidget(row(self.copy_button, self.delete_button, STRETCH, close))
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)
