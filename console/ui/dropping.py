"""The whole window as a drop target: while files hang over it, an overlay says what a drop will do."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.ui import theme, words
from console.ui.job_icons import job_icon
from console.ui.kit import paint
from console.ui.theme import Tokens

translate = QCoreApplication.translate
NAMED = 3  # so many names are shown, the others counted


class DropTarget(QObject):
    """Makes a window take files. The action is always a copy: the user's files stay where they are.

    A drop while a dialog is open waits until it is closed.
    """

    dropped = Signal(list)  # list[str], paths of files and folders

    def __init__(self, window: QWidget, profile: str) -> None:
        super().__init__(window)
        self._window = window
        self._held: list[str] = []
        self._wait = QTimer(self, interval=100)
        self._wait.timeout.connect(self._give_held)
        self.overlay = DropOverlay(window, profile)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def take(self, data: QMimeData) -> bool:
        """Take files that came by another way, the clipboard. False if there are none."""
        paths = local_paths(data)
        if paths:
            self._give(paths)
        return bool(paths)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Answer what is dragged over the window."""
        if isinstance(event, QDropEvent):  # an enter is a move, and a move is a drop, to Qt's classes
            return self._answer(event)
        if event.type() == QEvent.Type.DragLeave:
            self.overlay.hide()
            return True
        return False

    def _answer(self, event: QDropEvent) -> bool:
        paths = local_paths(event.mimeData())
        if not isinstance(event, QDragMoveEvent):
            self.overlay.hide()  # even if the program that the files come from has gone, and took them with it
        if not paths or not event.possibleActions() & Qt.DropAction.CopyAction:
            event.ignore()
            return True
        event.setDropAction(Qt.DropAction.CopyAction)  # a file manager would remove what it thinks was moved
        event.accept()
        if isinstance(event, QDragEnterEvent):
            self.overlay.offer(paths)
        elif not isinstance(event, QDragMoveEvent):
            self._give(paths)
        return True

    def _give(self, paths: list[str]) -> None:
        self._held += [path for path in paths if path not in self._held]
        # Not from within the drop: the program that the files come from waits until its drop is answered.
        QTimer.singleShot(0, self, self._give_held)

    def _give_held(self) -> None:
        if QApplication.activeModalWidget() is not None:
            self._wait.start()
            return
        self._wait.stop()
        paths, self._held = self._held, []
        if paths:
            self.dropped.emit(paths)


class DropOverlay(QWidget):
    """Covers the window under the top bar and names the profile that the files would go to."""

    def __init__(self, window: QWidget, profile: str) -> None:
        super().__init__(window)
        self._window, self._profile = window, profile
        self._paths: list[str] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_profile(self, profile: str) -> None:
        """Name another profile."""
        self._profile = profile

    def offer(self, paths: list[str]) -> None:
        """Show what would be dropped."""
        self._paths = paths
        window = self._window
        self.setGeometry(0, theme.TOP_BAR, window.width(), window.height() - theme.TOP_BAR - theme.STATUS_STRIP)
        self.setAccessibleName(self._title())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        middle = rect.center().y() - 30
        with paint.painting(self) as painter:
            painter.fillRect(rect, tokens["surface"])
            inner = rect.adjusted(12, 12, -12, -12)
            paint.rounded(painter, inner, 12, fill=tokens.soft("accent", 0.06))
            paint.dashed(painter, inner, 12, tokens["accent"], 2)
            paint.icon(painter, rect.center().x() - 20, middle - 66, "folder-open", tokens["accent"], 40)
            self._line(painter, middle - 10, 36, self._title(), tokens, 22)
            self._line(painter, middle + 28, 24, _promise(), tokens, 14)
            self._paint_names(painter, tokens, middle + 76)
            self._line(painter, middle + 116, 20, translate("Dropping", "Esc to leave"), tokens, 12)

    def _line(self, painter: QPainter, top: float, height: float, line: str, tokens: Tokens, size: int) -> None:
        colour = tokens["text" if size > 20 else "text2" if size > 12 else "text3"]
        place = QRectF(40, top, self.width() - 80, height)
        paint.text(painter, place, line, colour, theme.font(size, 600 if size > 20 else 400), align="centre")

    def _paint_names(self, painter: QPainter, tokens: Tokens, top: float) -> None:
        shown = [(_icon(path), Path(path).name or path) for path in self._paths[:NAMED]]
        more = len(self._paths) - len(shown)
        if more > 0:
            shown.append(("plus", translate("Dropping", "{count} more").format(count=words.number(more))))
        wide = [min(paint.width(name, 13, 500), 220) for _, name in shown]
        left = (self.width() - sum(wide) - 24 * len(shown) - 28 * (len(shown) - 1)) / 2
        for (icon, name), width in zip(shown, wide, strict=True):
            paint.icon(painter, left, top + 2, icon, tokens["text2"])
            place = QRectF(left + 24, top, width, 20)
            paint.text(painter, place, name, tokens["text2"], theme.font(13, 500), elide=Qt.TextElideMode.ElideMiddle)
            left += 24 + width + 28

    def _title(self) -> str:
        text = translate("Dropping", "Drop {what} to plan a batch on {profile}")
        return text.format(what=_counted(self._paths), profile=self._profile)


def local_paths(data: QMimeData) -> list[str]:
    """The files and folders of this machine that are dragged or copied; what lies elsewhere is left out."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]


def _icon(path: str) -> str:
    return "folder" if Path(path).is_dir() else job_icon(path)


def _counted(paths: list[str]) -> str:
    folders = sum(Path(path).is_dir() for path in paths)
    files = len(paths) - folders
    folder_words = words.counted(folders, translate("Dropping", "{n} folder"), translate("Dropping", "{n} folders"))
    file_words = words.counted(files, translate("Dropping", "{n} file"), translate("Dropping", "{n} files"))
    if not files:
        return folder_words
    if not folders:
        return file_words
    return translate("Dropping", "{folders} and {files}").format(folders=folder_words, files=file_words)


def _promise() -> str:
    return translate(
        "Dropping", "Nothing is uploaded before you press Start. Your files are read, never moved or changed."
    )
