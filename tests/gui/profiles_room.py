"""The pane of profiles in a window, without the page of the doctor beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.bridge.background import Background
from console.bridge.profile_editing import ProfileEditing
from console.profile_places import ProfilePlaces
from console.ui.doctor import DoctorPage
from console.ui.frame import Frame
from console.ui.going import DOCTOR
from console.ui.guard import ProductionLock
from console.ui.kit.fields import Field
from console.ui.profiles_pane import ProfilesPane
from tests.gui.profile_days import Desk, Office


class Page(QWidget):
    """Where the doctor would be."""

    setting_asked = Signal(str, dict)

    def add_pane(self, pane: QWidget) -> None:
        self.pane = pane

    def show_beside(self) -> None:
        """It is always seen."""


class Beside(QObject):
    """The places, of which one is made."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    def when_made(self, _name: str, do: Callable[[Any], None]) -> None:
        do(cast("DoctorPage", self._page))


class Room:
    """The pane in a window."""

    def __init__(self, background: Background, *, production: bool = False, desk: ProfileEditing | None = None) -> None:
        self.frame = Frame("This machine", production=production)
        self.lock = ProductionLock(self.frame, "production", production=production)
        self.office = Office(background)
        self.desk: Any = desk or Desk(background)
        self.page = Page()
        places = cast("Any", Beside(self.page))
        self.places = ProfilePlaces(self.frame, self.office, self.desk, self.lock, places)
        self.frame.add_page(DOCTOR, self.pane, text="Doctor", icon="stethoscope")
        self.frame.resize(1100, 900)
        self.frame.show()

    @property
    def pane(self) -> ProfilesPane:
        pane = self.page.pane
        assert isinstance(pane, ProfilesPane)
        return pane

    def field(self, name: str) -> Field:
        return self.pane.editor.fields[name].field

    def verdict(self, name: str) -> str:
        """What is heard of a setting beside its name."""
        return self.field(name).accessibleName().partition(", ")[2]

    def shown(self) -> str:
        """All that the fields show."""
        return " ".join(one.field.text() for one in self.pane.editor.fields.values())

    @property
    def told(self) -> str:
        return self.frame.notices.accessibleName().translate({0x2068: None, 0x2069: None})


def typed(field: Field, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
