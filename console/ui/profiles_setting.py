"""One variable of a profile: its name, its value, and over it what is to be said of it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QVBoxLayout, QWidget

from console.ops.doctor.verdicts import Verdict
from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.boxes import STRETCH, row
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field
from console.ui.kit.labels import Label, Paragraph
from console.ui.kit.pictures import Picture
from console.ui.profiles_words import LOOKS
from worker.core.settings import Variable

translate = QCoreApplication.translate
LONG = 280  # pixels: a sentence longer than this stands under the field


class _Value(Field):
    """In the type of code; with a lock at its end while it holds what is not shown."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, keeps_esc=True)
        self.setFont(theme.font(12, mono=True))
        self._lock = Picture("lock", 14, "text3", self)
        self.show_lock(False)

    def show_lock(self, shown: bool) -> None:
        """Show it, or not."""
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        end = 28 if shown else 8
        self.setTextMargins(end if mirrored else 8, 0, 8 if mirrored else end, 0)
        self._lock.setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._lock.move(8 if mirrored else self.width() - 22, (self.height() - 14) // 2)


class KeyringKey(QAbstractButton):
    """Whether a secret is to lie in the system's keyring."""

    def __init__(self, variable: str) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setFixedSize(28, 28)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setToolTip(translate("Profiles", "Keep it in the system keyring"))
        self.setAccessibleName(translate("Profiles", "Keep {variable} in the keyring").format(variable=variable))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect, on = theme.tokens(self), QRectF(self.rect()), self.isChecked()
        with paint.painting(self) as painter:
            if on or self.underMouse():
                paint.rounded(painter, rect, theme.CONTROL, fill=tokens["select" if on else "sunken"])
            paint.icon(painter, 6, 6, "key-round", tokens["accent" if on else "text3"])
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"])


class SettingField(QWidget):
    """A secret is never shown: it is replaced as a whole, by what is typed then and hidden when it is left."""

    edited = Signal()

    def __init__(self, variable: Variable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.variable = variable
        self.used = variable.name  # the name under which the profile has it
        self.saved, self._value, self.is_kept = "", "", False
        self._name = Label(variable.name, size=11, role="text2", mono=True)
        self._verdict, self._icon = Label(size=12, role="text2", align="end"), Picture("circle-check", 13, "ok")
        self.field = _Value(variable.name)
        self.replace = Button(translate("Profiles", "Replace…"), kind="link")
        self.replace.clicked.connect(self._toggle)
        self.keep = KeyringKey(variable.name)
        self.keep.clicked.connect(self.edited)
        self.field.textEdited.connect(self._type)
        self.field.editingFinished.connect(self._leave)
        self.field.left.connect(self._keep)
        head = row(self._name, STRETCH, self._icon, self._verdict, spacing=6, height=18)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 6)
        lines.setSpacing(2)
        lines.addWidget(head)
        lines.addWidget(row(spacing=10).add(self.field, stretch=1).add(self.keep, self.replace))
        self._detail = Paragraph(size=12)
        self._detail.hide()
        lines.addWidget(self._detail)
        self.setToolTip(words.told(variable.meaning))
        self.say(Verdict.OK, "")

    @property
    def value(self) -> str:
        """What it would be; "" for none."""
        return self._value

    @property
    def is_secret(self) -> bool:
        """Whether its value is not to be seen, as a whole or in part."""
        hidden = bool(self._value) and self.variable.show(self._value) != self._value
        return self.variable.secret or self.is_kept or hidden

    def show_value(self, used: str, saved: str, value: str, *, kept: bool, keep: bool) -> None:
        """Show a value of a profile, and what it was when it was saved.

        Args:
            used: The name under which the profile has it.
            saved: What its file says.
            value: What it would be.
            kept: Its secret lies in the keyring.
            keep: It is to lie there.
        """
        self.saved, self._value, self.is_kept = saved, value, kept
        self.used = used
        self.keep.setChecked(keep)
        self._name.setText(used)
        self._mask()

    def say(self, verdict: Verdict, sentence: str) -> None:
        """Say how it stands with it; "" for nothing."""
        icon, role = LOOKS[verdict]
        self._icon.show_icon(icon, role)
        self._icon.setVisible(bool(sentence))
        long = paint.width(sentence, 12) > LONG
        for label in (self._verdict, self._detail):
            label.set_role(role if verdict in {Verdict.WARN, Verdict.FAIL} else "text2")
        self._verdict.setText("" if long else sentence)
        self._detail.setText(sentence)
        self._detail.setVisible(long)
        self.field.set_wrong(verdict is Verdict.FAIL)
        self.field.setAccessibleName(", ".join(part for part in (self.used, sentence) if part))

    def focus_value(self) -> None:
        """Let it be typed."""
        if self.field.isReadOnly():
            self._toggle()
        else:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            self.field.selectAll()

    def _mask(self) -> None:
        """Show what may be seen of the value, and what it would be where there is none."""
        has = bool(self._value) or self.is_kept
        secret = self.is_secret and has
        self.field.setReadOnly(secret)
        self.field.show_lock(secret)
        self.field.setEchoMode(QLineEdit.EchoMode.Normal)
        shown = self.variable.show(self._value or "-") if secret and self.variable.secret else ""
        self.field.setText(shown or (self.variable.show(self._value) if self._value else ""))
        self.field.setCursorPosition(0)
        usual = self.variable.default
        expected = words.told(self.variable.expected)
        self.field.setPlaceholderText(expected if usual is None else _spelled(usual))
        self.replace.setVisible(secret)
        self.keep.setVisible(secret)
        self.replace.setText(translate("Profiles", "Replace…"))

    def _toggle(self) -> None:
        """Let a new secret be typed, or keep the one that there is."""
        if not self.field.isReadOnly():
            self._keep()
            return
        self.field.setReadOnly(False)
        self.field.show_lock(False)
        self.field.clear()
        self.field.setEchoMode(QLineEdit.EchoMode.Password if self.variable.secret else QLineEdit.EchoMode.Normal)
        self.field.setPlaceholderText(words.told(self.variable.expected))
        self.replace.setText(translate("Profiles", "Keep it"))
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep(self) -> None:
        self._value = self.saved
        self._mask()
        self.edited.emit()

    def _type(self, text: str) -> None:
        if text or not self.replace.isVisible():
            self._value = text.strip()
            self.edited.emit()

    def _leave(self) -> None:
        """What was typed is hidden from now on, if it has to be; a secret for which nothing was typed stays."""
        if self.replace.isVisible() and not self.field.isReadOnly() and not self.field.text():
            self._value = self.saved
        if self.is_secret:
            self._mask()


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value).removesuffix(".0")
