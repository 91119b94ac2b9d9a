"""The room of a page: which pictures it asks for."""

from __future__ import annotations

from PySide6.QtGui import QImage

from console.ui.viewer_sheet import Sheet


def test_a_picture_that_cannot_be_had_larger_is_asked_for_no_more(qtbot):
    sheet, asked = Sheet(), list[tuple[int, int]]()
    qtbot.addWidget(sheet)

    def answer(wide: int, high: int) -> None:
        asked.append((wide, high))
        scale = min(wide / 500, high / 700, 0.5)  # no more can be drawn
        sheet.show_picture(QImage(round(500 * scale), round(700 * scale), QImage.Format.Format_RGB888), scale)

    sheet.wanted.connect(answer)
    sheet.resize(900, 600)
    sheet.show()
    sheet.ask()
    qtbot.waitUntil(lambda: len(asked) == 2)  # the size of the page is known by the first
    assert not sheet._later.isActive()
    sheet.zoom_in()
    qtbot.waitUntil(lambda: len(asked) == 3)
    assert not sheet._later.isActive()
