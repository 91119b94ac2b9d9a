"""Beside what is chosen: the same without the console, what was looked at before, and the buttons to begin or leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.boxes import STRETCH, column, row, set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.choices import Segments
from console.ui.kit.files import ask_where
from console.ui.kit.labels import Hairline, Label, Paragraph
from console.ui.kit.plain_lines import PlainLines
from console.ui.worker_start_checks import LookList

if TYPE_CHECKING:
    from pathlib import Path

    from console.ops.worker_start import Recipes

translate = QCoreApplication.translate
WIDTH, LEAST = 520, 440
BUTTON = 36
COMMAND_LINES, ENVIRONMENT_LINES = 7, 8


class CodeBox(QWidget):
    """A text on a ground of its own, so many lines high, and higher where there is room for more of it."""

    changed = Signal()

    def __init__(self, lines: int, name: str) -> None:
        super().__init__()
        self._shown, self._least = PlainLines(), lines
        self.setMinimumHeight(self._height(lines))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._shown.textChanged.connect(self.changed)
        self.set_name(name)
        inner = QVBoxLayout(self)
        inner.setContentsMargins(4, 2, 2, 2)
        inner.addWidget(self._shown)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._shown.toPlainText()

    def set_name(self, name: str) -> None:
        """What is read aloud of it first."""
        self._shown.setAccessibleName(name)

    def show_text(self, text: str) -> None:
        """Show another text; the same one is left alone, with what is selected in it."""
        if text != self.text:
            self._shown.setPlainText(text)
            self.setMaximumHeight(self._height(max(self._least, self._shown.blockCount())))

    def sizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight())

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            paint.rounded(painter, QRectF(self.rect()), theme.CONTROL, fill=tokens["canvas"], border=tokens["line"])

    def _height(self, lines: int) -> int:
        return self._shown.fontMetrics().lineSpacing() * lines + 32


class StartSide(QWidget):
    """Shows one of the recipes; what is copied or saved is what is shown."""

    start_pressed = Signal()
    cancel_pressed = Signal()
    saved = Signal(object, str)  # Path, and the text that is to be written there

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipes: Recipes | None = None
        ways = (
            translate("StartWorker", "Command"),
            "systemd",
            "Compose",
            "Kubernetes",
        )
        self.way = Segments(ways, name=translate("StartWorker", "The same without the console"))
        self.recipe = CodeBox(COMMAND_LINES, ways[0])
        self.environment = CodeBox(ENVIRONMENT_LINES, translate("StartWorker", "Environment"))
        self.caption = Label(size=12, weight=500, role="text3")
        self.from_caption = Label(size=12, weight=500, role="text3")
        copy, save = translate("StartWorker", "Copy"), translate("StartWorker", "Save file…")
        self.copy = Button(copy, icon="copy", kind="ghost", height=28)
        self.save = Button(save, icon="download", kind="ghost", height=28)
        environment = translate("StartWorker", "Save the environment as a file")
        self.save_environment = Button(save, icon="download", kind="ghost", height=28, name=environment)
        self.looks = LookList()
        self.cancel = Button(translate("StartWorker", "Cancel"), key="Esc", height=BUTTON)
        self.start = Button("–", icon="play", kind="primary", key="Ctrl+Enter", height=BUTTON, changes=True)
        self.why = Label(size=12, role="bad", align="end")
        self._lay_out()
        self._connect()
        self._show()

    def show_profile(self, name: str) -> None:
        """Say from which profile the environment is."""
        self.from_caption.setText(translate("StartWorker", "From the profile {name}").format(name=words.isolated(name)))

    def show_recipes(self, recipes: Recipes) -> None:
        """Show another worker's."""
        self._recipes = recipes
        self._show()

    def show_start(self, words_of_start: str, why_not: str) -> None:
        """What the button says, and why it is off; "" where it is on."""
        self.start.setText(words_of_start)
        self.start.setEnabled(not why_not)
        self.why.setText(why_not)
        self.why.setVisible(bool(why_not))

    def _show(self) -> None:
        recipes, place = self._recipes, self.way.current
        said = (
            translate("StartWorker", "Exactly what Start runs"),
            translate("StartWorker", "A service that systemd keeps alive"),
            translate("StartWorker", "A container under Docker Compose"),
            translate("StartWorker", "A deployment in a cluster"),
        )
        texts = (recipes.command, recipes.systemd, recipes.compose, recipes.kubernetes) if recipes else ("",) * 4
        why_not = words.told(recipes.why_not) if recipes is not None and not texts[place] else ""
        self.caption.setText(why_not or said[place])
        self.caption.set_role("warn" if why_not else "text3")
        self.recipe.set_name(said[place])
        self.recipe.show_text(texts[place])
        self.environment.show_text(recipes.environment if recipes else "")
        for button in (self.copy, self.save):
            button.setEnabled(bool(texts[place]))
        self.save_environment.setEnabled(recipes is not None)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.recipe.text)
        self.copy.setText(translate("StartWorker", "Copied"))

    def _save(self) -> None:
        kinds = (
            ("start-worker.sh", translate("StartWorker", "Shell script (*.sh)")),
            ("ocr-worker.service", translate("StartWorker", "systemd unit (*.service)")),
            ("compose.yaml", "YAML (*.yaml)"),
            ("ocr-worker.yaml", "YAML (*.yaml)"),
        )
        self._ask_and_save(*kinds[self.way.current], self.recipe.text)

    def _save_environment(self) -> None:
        kind = translate("StartWorker", "Environment file (*.env)")
        self._ask_and_save("worker.env", kind, self.environment.text)

    def _ask_and_save(self, proposed: str, kind: str, text: str) -> None:
        title, ending = translate("StartWorker", "Save file"), proposed.rpartition(".")[2]
        path: Path | None = ask_where(self, title, proposed, kind, ending)
        if path is not None:
            self.saved.emit(path, text)

    def _connect(self) -> None:
        self.way.chosen.connect(self._show)
        self.way.chosen.connect(self._not_copied)
        self.recipe.changed.connect(self._not_copied)
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        self.save_environment.clicked.connect(self._save_environment)
        self.start.clicked.connect(self.start_pressed)
        self.cancel.clicked.connect(self.cancel_pressed)

    def _not_copied(self) -> None:
        self.copy.setText(translate("StartWorker", "Copy"))

    def _lay_out(self) -> None:
        secrets = translate("StartWorker", "Secrets stay in the profile. They are masked here and in what you copy.")
        inner = column(margins=(theme.MARGIN, 0, theme.MARGIN, theme.GAP)).add(
            row(Label(translate("StartWorker", "The same without the console"), size=14, weight=600), height=48),
            self.way,
            6,
            row(height=30).add(self.caption, stretch=1).add(self.copy, self.save),
        )
        inner.add(self.recipe, stretch=20).add(6)
        inner.add(row(height=30).add(self.from_caption, stretch=1).add(self.save_environment))
        inner.add(self.environment, stretch=10).add(
            8,
            Paragraph(secrets, size=12, role="text3"),
            12,
            Hairline(),
            6,
            row(Label(translate("StartWorker", "Before it starts"), size=14, weight=600), height=34),
            self.looks,
            STRETCH,
        )
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        foot = column(margins=(theme.MARGIN, 0, theme.MARGIN, 16))
        foot.add(Hairline(), 10, self.why, 4, row(STRETCH, self.cancel, self.start))
        lines = QVBoxLayout(self)
        set_margins(lines, 1, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(area, 1)
        lines.addWidget(foot)


def start_words(names: tuple[str, ...]) -> str:
    """What the button says."""
    if len(names) == 1:
        return translate("StartWorker", "Start {worker}").format(worker=words.isolated(names[0]))
    return translate("StartWorker", "Start {n} workers").format(n=words.number(len(names)))
