"""A page that is made when somebody wants to see it, so that the window need not wait for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFocusEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

Page = TypeVar("Page", bound=QWidget)
PAINTED = "painted"  # a property of a window
SOON_MS = 20  # the window is on the screen by then


class Later(QWidget, Generic[Page]):
    """Stands where the page will stand."""

    def __init__(self, make: Callable[[], Page], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._page: Page | None = None
        self._then: list[Callable[[Page], None]] = []
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)

    @property
    def page(self) -> Page:
        """The page; it is made now if it was not yet."""
        if self._page is None:
            made = self._page = self._make()
            layout = self.layout()
            assert layout is not None
            layout.addWidget(made)
            made.show()  # with the place in which it stands
            for do in self._then:
                do(made)
            self._then.clear()
        return self._page

    @property
    def is_made(self) -> bool:
        """Whether there is a page yet."""
        return self._page is not None

    def then(self, do: Callable[[Page], None]) -> None:
        """Do this with the page: now, or when it is made."""
        if self._page is None:
            self._then.append(do)
        else:
            do(self._page)

    def make_within(self, ms: int) -> None:
        """Make it by then in any case, while nobody waits for it; a window that was closed needs none."""
        QTimer.singleShot(ms, self, lambda: self.page if self.window().isVisible() else None)

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        parts = getattr(self.page, "panes", None)
        return list(parts()) if parts else [self.page]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_up():
            self.page  # noqa: B018 - made now

    def paintEvent(self, event: QPaintEvent) -> None:
        """The window comes up: it is there first, and the page a moment later."""
        super().paintEvent(event)
        if not self.is_made:
            self.window().setProperty(PAINTED, True)
            QTimer.singleShot(SOON_MS, self, self._follow)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.is_made or self._is_up():
            self.page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _is_up(self) -> bool:
        """Whether the window has been painted: one that comes up does not wait for its page."""
        return bool(self.window().property(PAINTED))

    def _follow(self) -> None:
        """Make it, and hand on the focus that came meanwhile; a window that was closed needs none."""
        if not self.window().isVisible():
            return
        page = self.page
        if self.hasFocus():
            page.setFocus(Qt.FocusReason.OtherFocusReason)
