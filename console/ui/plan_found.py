"""What was found in a drop: the shares of its pages as one bar, and a line for each share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.boxes import Box, row
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field
from console.ui.kit.labels import Hairline, Label
from console.ui.plan_groups import Group
from console.ui.theme import Role, Weight

translate = QCoreApplication.translate
HEIGHT = 32
FILES, PAGES, STAR, GAP = 60, 76, 12, 24  # widths of columns


class Composition(QWidget):
    """A bar that is as long as all pages, in the colours of their groups."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: Sequence[Group] = ()
        self.setFixedHeight(10)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Draw these; a group without pages counts its files."""
        self._groups = [group for group in groups if group.pages or group.files]
        said = [f"{group.title}: {words.number(group.pages or group.files)}" for group in self._groups]
        self.setAccessibleName(", ".join(said))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        amounts = [group.pages or group.files for group in self._groups]
        with paint.painting(self) as painter:
            shape = QPainterPath()
            shape.addRoundedRect(rect, 5, 5)
            painter.setClipPath(shape)
            painter.fillRect(rect, tokens["sunken"])
            left = 0.0
            for group, long in zip(self._groups, shares(amounts, rect.width(), gap=2, least=7), strict=True):
                painter.fillRect(QRectF(left, 0, long, rect.height()), tokens[group.role])
                left += long + 2


def shares(amounts: Sequence[int], width: float, *, gap: float, least: float) -> list[float]:
    """Lengths in the proportion of the amounts that fill the width; the longest gives what the least are short of."""
    total = sum(amounts)
    if not total:
        return []
    room = width - gap * (len(amounts) - 1)
    lengths = [max(least, room * amount / total) for amount in amounts]
    lengths[lengths.index(max(lengths))] -= sum(lengths) - room
    return lengths


class Swatch(QWidget):
    """The colour of a group, beside its name."""

    def __init__(self, role: Role, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = role
        self.setFixedSize(18, 18)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            paint.rounded(painter, QRectF(4, 4, 10, 10), 2.5, fill=theme.tokens(self)[self._role])


class FoundLines(QWidget):
    """The groups as lines. With `unlock` the locked ones offer a field for their password."""

    def __init__(self, unlock: Callable[[str], None] | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unlock = unlock
        self._tried = False
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self._lines.addWidget(_head())
        self._lines.addWidget(Hairline())
        self._shown: list[QWidget] = []

    def show_groups(self, groups: Sequence[Group], tried: bool = False) -> None:
        """Show these; `tried` says that a password was entered and did not open all."""
        self._tried = tried
        for widget in self._shown:
            self._lines.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._shown = [widget for group in groups for widget in (self._line(group), Hairline())]
        for widget in self._shown:
            self._lines.addWidget(widget)

    def _line(self, group: Group) -> Box:
        known = group.pages > 0 or group.kind == "read"
        line = row(Swatch(group.role), 10, height=HEIGHT, spacing=0)
        line.add(Label(group.title, weight=600 if group.kind == "read" else 500), stretch=2)
        line.add(
            _cell(words.number(group.files), FILES, role="text2"),
            _cell(words.number(group.pages) if known else words.DASH, PAGES, role="text", weight=600),
            _cell("*" if group.kind == "locked" else "", STAR, role="text3"),
            GAP,
        )
        if group.kind == "locked" and self._unlock is not None:
            return line.add(self._password(self._unlock), stretch=3)
        return line.add(Label(group.fate, role="text2"), stretch=3)

    def _password(self, unlock: Callable[[str], None]) -> QWidget:
        ask = Button(
            translate("Plan", "Another password…") if self._tried else translate("Plan", "Enter password…"), kind="link"
        )
        field = Field(name=translate("Plan", "Password of the locked files"), secret=True)
        field.setFixedHeight(26)
        field.setMaximumWidth(200)
        send = Button(translate("Plan", "Try it"), height=26)
        line = row(ask, field, send, spacing=theme.GAP).add("stretch")
        field.hide()
        send.hide()

        def begin() -> None:
            ask.hide()
            field.show()
            send.show()
            field.setFocus(Qt.FocusReason.OtherFocusReason)

        def give_up() -> None:
            field.hide()
            send.hide()
            ask.show()

        def enter() -> None:
            if field.text():
                unlock(field.text())

        ask.clicked.connect(begin)
        field.left.connect(give_up)
        field.returnPressed.connect(enter)
        send.clicked.connect(enter)
        return line


def _head() -> Box:
    line = row(28, height=theme.TABLE_HEAD, spacing=0)
    line.add(_heading(translate("Plan", "What was found")), stretch=2)
    line.add(
        _cell(translate("Plan", "Files"), FILES, role="text3", size=12, weight=500),
        _cell(translate("Plan", "Pages"), PAGES, role="text3", size=12, weight=500),
        STAR + GAP,
    )
    return line.add(_heading(translate("Plan", "What happens")), stretch=3)


def _heading(text: str) -> Label:
    return Label(text, size=12, weight=500, role="text3")


def _cell(text: str, width: int, *, role: Role, size: int = 13, weight: Weight = 400) -> Label:
    made = Label(text, size=size, weight=weight, role=role, align="end")
    made.setFixedWidth(width)
    return made
