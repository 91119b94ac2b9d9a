"""Another program: a small window whose files can be dragged out of it, or copied. `python drag_source.py FILE…`."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """Begins a drag as soon as the pressed pointer moves far enough, and prints how it ended; Ctrl+C copies."""

    def __init__(self, files: list[str]) -> None:
        super().__init__("Drag me")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWindowTitle("drag source")
        self.setFixedSize(180, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._files = files
        self._pressed = QPoint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if (event.position().toPoint() - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        drag = QDrag(self)
        drag.setMimeData(self._data())
        offered = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction  # as file managers offer both
        print(f"dragged: {drag.exec(offered, Qt.DropAction.MoveAction).name}", flush=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setMimeData(self._data())
            print("copied", flush=True)

    def _data(self) -> QMimeData:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(file) for file in self._files])
        return data


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    source = Source(sys.argv[1:])
    source.show()
    app.exec()
