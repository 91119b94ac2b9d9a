"""Files dropped anywhere in the window: copied, never moved; announced by an overlay; kept while a dialog is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.ui.frame import Frame
from console.ui.notices import ask

Copy, Move = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction
LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def frame(qtbot) -> Frame:
    made = Frame("This machine")
    qtbot.addWidget(made)
    made.add_page("jobs", QWidget(), text="Jobs", icon="files")
    made.show()
    return made


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def enter(frame: Frame, data: QMimeData, offered: Qt.DropAction = Copy | Move) -> QDragEnterEvent:
    event = QDragEnterEvent(QPoint(500, 400), offered, data, LEFT, PLAIN)
    QApplication.sendEvent(frame, event)
    return event


def drop(frame: Frame, data: QMimeData, offered: Qt.DropAction = Copy | Move) -> QDropEvent:
    event = QDropEvent(QPointF(500, 400), offered, data, LEFT, PLAIN)
    QApplication.sendEvent(frame, event)
    return event


def test_dropped_files_and_folders_are_told_as_paths(frame: Frame, qtbot, tmp_path):
    data = files(tmp_path, tmp_path / "Hóa đơn.pdf")
    assert enter(frame, data).isAccepted()
    moving = QDragMoveEvent(QPoint(510, 400), Copy | Move, data, LEFT, PLAIN)
    QApplication.sendEvent(frame, moving)
    assert moving.isAccepted()
    with qtbot.waitSignal(frame.files_dropped) as dropped:
        event = drop(frame, data)
    assert dropped.args == [[str(tmp_path), str(tmp_path / "Hóa đơn.pdf")]]
    assert event.dropAction() == Copy


def test_the_overlay_says_what_will_happen_and_goes(frame: Frame, tmp_path):
    (tmp_path / "a.pdf").touch()
    data = files(tmp_path, tmp_path / "a.pdf", tmp_path / "b.pdf")
    enter(frame, data)
    overlay = frame.drops.overlay
    assert overlay.isVisible()
    assert overlay.accessibleName() == "Drop 1 folder and 2 files to plan a batch on This machine"
    QApplication.sendEvent(frame, QDragLeaveEvent())
    assert not overlay.isVisible()
    enter(frame, data)
    drop(frame, data)
    assert not overlay.isVisible()


def test_the_overlay_goes_when_the_files_went_with_their_program(frame: Frame, tmp_path):
    enter(frame, files(tmp_path))
    assert not drop(frame, QMimeData()).isAccepted()
    assert not frame.drops.overlay.isVisible()


def test_what_is_no_file_is_refused(frame: Frame):
    text, remote = QMimeData(), QMimeData()
    text.setText("hello")
    remote.setUrls([QUrl("https://example.org/x.pdf")])
    for data in (text, remote):
        assert not enter(frame, data).isAccepted()
        assert not frame.drops.overlay.isVisible()


def test_what_may_only_be_moved_is_refused(frame: Frame, qtbot, tmp_path):
    with qtbot.assertNotEmitted(frame.files_dropped, wait=10):
        assert not enter(frame, files(tmp_path), Move).isAccepted()
        assert not drop(frame, files(tmp_path), Move).isAccepted()


def test_a_drop_during_a_dialog_waits(frame: Frame, qtbot, tmp_path):
    heard: list[list[str]] = []
    frame.files_dropped.connect(heard.append)
    at_dialog: list[int] = []

    def while_it_is_open() -> None:
        data = files(tmp_path)
        enter(frame, data)
        drop(frame, data)
        QTimer.singleShot(250, close)

    def close() -> None:
        at_dialog.append(len(heard))
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        dialog.close()

    QTimer.singleShot(0, while_it_is_open)
    ask(frame, title="Close while 3 uploads run?", safe="Keep uploading", act="Close now")
    assert at_dialog == [0]
    qtbot.waitUntil(lambda: heard == [[str(tmp_path)]])


@pytest.mark.parametrize("place", ["top_bar", "side_bar", "strip"])
def test_every_part_of_the_window_is_a_target(frame: Frame, place: str):
    part: QWidget = getattr(frame, place)
    assert not part.acceptDrops()  # so the window is asked
    assert all(not child.acceptDrops() for child in part.findChildren(QWidget))
