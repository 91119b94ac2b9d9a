"""Languages to choose from: tokens in a box, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QCoreApplication, QLocale, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.buttons import Button, below

translate = QCoreApplication.translate
NOT_LANGUAGES = frozenset({"osd", "equ", "snum"})  # models that tesseract lists beside its languages
_SCRIPTS = {"sim": "simplified", "tra": "traditional", "latn": "Latin", "cyrl": "Cyrillic", "vert": "vertical"}
TOKEN, GAP, EDGE = 24, 6, 8


def language_name(code: str) -> str:
    """The name of a code: "deu" is "German", "chi_sim" is "Chinese (simplified)"; an unknown one stays as it is."""
    first, _, rest = code.partition("_")
    found = QLocale.codeToLanguage(first)
    if found == QLocale.Language.AnyLanguage:
        return code
    name = QLocale.languageToString(found)
    return f"{name} ({' '.join(_SCRIPTS.get(part, part) for part in rest.split('_'))})" if rest else name


class Token(QAbstractButton):
    """One chosen language; pressing it takes it away."""

    def __init__(self, code: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.code = code
        self.setText(language_name(code))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(translate("Languages", "Remove {name}").replace("{name}", self.text()))
        self.setToolTip(self.accessibleName())

    def sizeHint(self) -> QSize:
        return QSize(paint.width(self.text(), 13, 500) + 36, TOKEN)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        with paint.painting(self) as painter:
            paint.rounded(painter, rect, 5, fill=tokens["select" if self.underMouse() else "sunken"])
            paint.text(painter, rect.adjusted(9, 0, -24, 0), self.text(), tokens["text"], theme.font(13, 500))
            paint.icon(painter, rect.right() - 19, 6, "x", tokens["text" if self.underMouse() else "text3"], 12)
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"], 5)


class LanguageField(QWidget):
    """The chosen languages, and a menu of those that workers can read."""

    changed = Signal()

    def __init__(self, chosen: Iterable[str] = ("eng",), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = list(chosen)
        self._known: dict[str, int] = {}
        self._workers = 0
        self._tokens: list[Token] = []
        self._add = Button(translate("Languages", "Add…"), kind="ghost", height=TOKEN)
        self._add.setParent(self)
        self._add.setAccessibleName(translate("Languages", "Add a language"))
        self._add.clicked.connect(self._open_menu)
        self._show_chosen()

    @property
    def value(self) -> str:
        """In tesseract's spelling: deu+eng."""
        return "+".join(self._chosen)

    def set_known(self, known: Mapping[str, int], workers: int) -> None:
        """On how many of the workers each language can be read."""
        languages = {code: count for code, count in known.items() if code not in NOT_LANGUAGES}
        if (languages, workers) != (self._known, self._workers):
            self._known, self._workers = languages, workers
            self._show_chosen()

    def choose(self, codes: Iterable[str]) -> None:
        """Choose these and no others."""
        self._chosen = list(dict.fromkeys(codes))
        self._show_chosen()
        self.changed.emit()

    def missing(self) -> tuple[str, ...]:
        """Names of chosen languages that no worker has; nothing is said while there is no worker."""
        return tuple(language_name(code) for code in self._chosen if self._workers and not self._known.get(code))

    def workers_for_all(self) -> int:
        """How many workers can read every chosen language, by the one that fewest have."""
        return min((self._known.get(code, 0) for code in self._chosen), default=0)

    def offered(self) -> tuple[str, ...]:
        """Codes that can be added, in the order of their names."""
        return tuple(sorted((code for code in self._known if code not in self._chosen), key=language_name))

    def menu(self) -> QMenu:
        """The languages to add; each says on how many workers it is, when not on all."""
        menu = QMenu(self)
        for code in self.offered():
            count = self._known[code]
            note = translate("Languages", "{name}  (on {n} of {all} workers)")
            note = note.replace("{n}", str(count)).replace("{all}", str(self._workers))
            text = language_name(code) if count == self._workers else note.replace("{name}", language_name(code))
            menu.addAction(text).triggered.connect(lambda _checked, code=code: self.choose([*self._chosen, code]))
        return menu

    def sizeHint(self) -> QSize:
        return QSize(200, self._arrange(max(self.width(), 200), move=False))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(self._arrange(self.width(), move=True))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            rect = QRectF(self.rect())
            paint.rounded(painter, rect, theme.CONTROL, fill=tokens["raised"], border=tokens["line2"])

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(below(self._add))

    def _show_chosen(self) -> None:
        for token in self._tokens:
            token.hide()
            token.deleteLater()
        self._tokens = [Token(code, self) for code in self._chosen]
        for token in self._tokens:
            token.clicked.connect(lambda _checked=False, code=token.code: self._remove(code))
            token.show()
        self._add.setVisible(bool(self.offered()))
        self._add.raise_()
        self.setTabOrder(self._tokens[-1], self._add) if self._tokens else None
        self.setAccessibleName(
            translate("Languages", "Languages: {names}").replace("{names}", ", ".join(map(language_name, self._chosen)))
        )
        self.setFixedHeight(self._arrange(self.width(), move=True))
        self.update()

    def _remove(self, code: str) -> None:
        self.choose([other for other in self._chosen if other != code])

    def _arrange(self, width: int, *, move: bool) -> int:
        """Put the tokens in lines and return the height that they need."""
        x = y = EDGE
        for widget in [*self._tokens, self._add]:
            if widget is self._add and not self.offered():
                continue
            wide = min(widget.sizeHint().width(), width - 2 * EDGE)
            if x > EDGE and x + wide > width - EDGE:
                x, y = EDGE, y + TOKEN + 4
            if move:
                widget.setGeometry(x, y, wide, TOKEN)
            x += wide + GAP
        return y + TOKEN + EDGE
