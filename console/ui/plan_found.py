"""What was found in a drop: the shares of its pages as one bar, and a line for each share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

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


class PasswordAsk(QWidget):
    """A link that turns into a field."""

    def __init__(self, unlock: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unlock = unlock
        self.ask = Button(translate("Plan", "Enter password…"), kind="link")
        self.field = Field(name=translate("Plan", "Password of the locked files"), secret=True, keeps_esc=True)
        self.field.setFixedHeight(26)
        self.field.setMaximumWidth(200)
        self.send = Button(translate("Plan", "Try it"), height=26)
        self.verdict = Label(role="warn")
        lines = QHBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.GAP)
        for widget in (self.ask, self.field, self.send):
            lines.addWidget(widget)
        lines.addWidget(self.verdict, 1)
        self._open(False)
        self.ask.clicked.connect(lambda: self._open(True))
        self.field.left.connect(lambda: self._open(False))
        self.field.returnPressed.connect(self._enter)
        self.send.clicked.connect(self._enter)

    def show_tried(self, verdict: str) -> None:
        """Begin anew; `verdict` says what a password that was entered came to, "" if none was."""
        another, first = translate("Plan", "Another password…"), translate("Plan", "Enter password…")
        self.ask.setText(another if verdict else first)
        self.verdict.setText(verdict)
        self.field.clear()
        self._open(False)

    def _open(self, opened: bool) -> None:
        focus = opened or self.field.hasFocus() or self.send.hasFocus()
        shown, hidden = ((self.field, self.send), (self.ask,)) if opened else ((self.ask,), (self.field, self.send))
        for widget in shown:
            widget.show()
        if focus:  # before what has it is hidden: Qt would give it to something far away
            shown[0].setFocus(Qt.FocusReason.OtherFocusReason)
        for widget in hidden:
            widget.hide()
        self.verdict.setVisible(not opened)

    def _enter(self) -> None:
        if self.field.text():
            self._unlock(self.field.text())


class FoundLine(QWidget):
    """One group."""

    def __init__(self, group: Group, answer: QWidget | None) -> None:
        super().__init__()
        self._files = _cell("", FILES, role="text2")
        self._pages = _cell("", PAGES, role="text", weight=600)
        self._fate = Label(role="text2")
        line = row(Swatch(group.role), 10, height=HEIGHT, spacing=0)
        line.add(Label(group.title, weight=600 if group.kind == "read" else 500), stretch=2)
        star = _cell("*" if group.kind == "locked" else "", STAR, role="text3")
        line.add(self._files, self._pages, star, GAP).add(answer or self._fate, stretch=3)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(line)
        lines.addWidget(Hairline())

    def show_group(self, group: Group) -> None:
        """Its figures and its fate as they are now."""
        known = group.pages > 0 or group.kind == "read"
        self._files.setText(words.number(group.files))
        self._pages.setText(words.number(group.pages) if known else words.DASH)
        self._fate.setText(group.fate)


class FoundLines(QWidget):
    """The groups as lines. With `unlock` the locked ones offer a field for their password."""

    def __init__(self, unlock: Callable[[str], None] | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.password = PasswordAsk(unlock, self) if unlock is not None else None
        if self.password is not None:
            self.password.hide()  # until there is a line for it; without a parent it would outlive the page
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(_head())
        self._column.addWidget(Hairline())
        self._lines: dict[str, FoundLine] = {}

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Show these. What is being typed stays."""
        shown = {group.kind for group in groups}
        for kind, line in self._lines.items():
            line.setVisible(kind in shown)
        for group in groups:
            if group.kind not in self._lines:
                answer = self.password if group.kind == "locked" else None
                self._lines[group.kind] = FoundLine(group, answer)
                if answer is not None:
                    answer.show()
            line = self._lines[group.kind]
            line.show_group(group)
            self._column.addWidget(line)
            line.show()


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
