"""Colours, type and sizes: the tokens in light and dark, and the one place that puts them on the application.

A widget finds its tokens through its own palette (`tokens(self)`): Qt hands it on, and repaints when it changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from console.ui.stylesheet import stylesheet
from console.ui.wheels import package_folder

Role = Literal[
    "canvas", "surface", "raised", "sunken", "hover", "select", "line", "line2", "text", "text2", "text3",
    "accent", "fill", "fill_hover", "onfill", "ok", "warn", "bad", "ok_soft", "warn_soft", "bad_soft",
    "warn_fill", "on_warn", "bad_fill", "on_bad", "notice", "on_notice", "notice_link", "scrim", "hit", "hit_now",
]  # fmt: skip
Choice = Literal["system", "light", "dark"]
Weight = Literal[400, 500, 600]

FAMILIES: Final = ["Inter", "Noto Sans", "Noto Sans CJK SC"]
MONO: Final = ["DejaVu Sans Mono", "Menlo", "Consolas", "monospace"]
TILE, KEY, CONTROL, MENU, DIALOG = 3, 4, 6, 8, 10  # radii
MARGIN, GROUP, GAP = 24, 16, 8  # of a page, between groups, between controls
TOP_BAR, STATUS_STRIP, TITLE, TABLE_HEAD, ROW, CONTROL_HEIGHT, UNDO_STRIP = 48, 28, 56, 28, 30, 30, 44
SIDE_BAR, SIDE_BAR_ICONS = 208, 56
NARROW = 1100  # a window narrower than this shows icons in the side bar and no latencies


class Tokens:
    """The colours of one theme, by role."""

    def __init__(self, name: str, values: Mapping[Role, str]) -> None:
        self.name = name
        self._colours = {role: QColor(value) for role, value in values.items()}

    def __getitem__(self, role: Role) -> QColor:
        return self._colours[role]

    def soft(self, role: Role, alpha: float) -> QColor:
        """The colour, let through: alpha 0 to 1."""
        colour = QColor(self._colours[role])
        colour.setAlphaF(alpha)
        return colour


LIGHT: Final = Tokens(
    "light",
    {
        "canvas": "#F6F7F9", "surface": "#FFFFFF", "raised": "#FFFFFF",
        "sunken": "#EEF1F4", "hover": "#F4F6F8", "select": "#E8EEFD",
        "line": "#E4E7EC", "line2": "#C9CFD8",
        "text": "#171B22", "text2": "#48515F", "text3": "#626C7B",
        "accent": "#2B57D6", "fill": "#2B57D6", "fill_hover": "#244BBB", "onfill": "#FFFFFF",
        "ok": "#15714A", "warn": "#8A5600", "bad": "#BF2329",
        "ok_soft": "#E3F3EB", "warn_soft": "#FBEFD6", "bad_soft": "#FCE8E8",
        "warn_fill": "#F2B33D", "on_warn": "#3A2500", "bad_fill": "#C2272D", "on_bad": "#FFFFFF",
        "notice": "#1E232B", "on_notice": "#FFFFFF", "notice_link": "#A9BEFF",
        "scrim": "#5C0A0C10", "hit": "#FFE68F", "hit_now": "#FFB347",
    },
)  # fmt: skip
DARK: Final = Tokens(
    "dark",
    {
        "canvas": "#0E1014", "surface": "#14171C", "raised": "#1B1F26",
        "sunken": "#21262E", "hover": "#191D23", "select": "#1D2946",
        "line": "#252A32", "line2": "#3B424E",
        "text": "#E9ECF0", "text2": "#B3BBC7", "text3": "#8E98A6",
        "accent": "#86A2FF", "fill": "#3D63DD", "fill_hover": "#4A6EE0", "onfill": "#FFFFFF",
        "ok": "#54C691", "warn": "#E3A83F", "bad": "#FF7F7F",
        "ok_soft": "#14291F", "warn_soft": "#2E2410", "bad_soft": "#361B1D",
        "warn_fill": "#D89A2B", "on_warn": "#241700", "bad_fill": "#D13438", "on_bad": "#FFFFFF",
        "notice": "#E9ECF0", "on_notice": "#14171C", "notice_link": "#2248BE",
        "scrim": "#960A0C10", "hit": "#54440F", "hit_now": "#8A5A00",
    },
)  # fmt: skip


def tokens(widget: QWidget) -> Tokens:
    """The tokens of the palette that this widget was given."""
    return tokens_of(widget.palette())


def tokens_of(palette: QPalette) -> Tokens:
    """The tokens that belong to a palette; for delegates, which get one in their option."""
    key = palette.cacheKey()
    found = _by_palette.get(key)
    if found is None:
        if len(_by_palette) >= PALETTES:
            _by_palette.clear()
        found = _by_palette[key] = DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT
    return found


PALETTES = 256  # whose tokens are kept
_by_palette: dict[int, Tokens] = {}  # by cacheKey, which changes with the palette
_shared: dict[int, QFont] = {}


@cache
def font(size: int = 13, weight: Weight = 400, *, mono: bool = False, tabular: bool = True) -> QFont:
    """The type at a pixel size. Do not change what is returned: it is shared.

    Figures are of equal width unless `tabular` is False: for names, whose hyphens would be as wide as a figure too.
    """
    made = QFont()
    made.setFamilies(MONO if mono else FAMILIES)
    made.setPixelSize(size)
    made.setWeight(QFont.Weight(weight))
    if not mono:
        made.setFeature(QFont.Tag("tnum"), int(tabular))
        made.setVariableAxis(QFont.Tag("wght"), weight)  # Inter is one variable file: the weight alone picks nothing
        made.setVariableAxis(QFont.Tag("opsz"), min(max(size, 14), 32))
    if size >= 20:
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, -0.3 if size < 26 else -0.6)
    _shared[id(made)] = made
    return made


def is_shared(font: QFont) -> bool:
    """Whether it is one that `font` returned, which lives for as long as the program."""
    return _shared.get(id(font)) is font


@cache
def metrics(size: int = 13, weight: Weight = 400, *, mono: bool = False, tabular: bool = True) -> QFontMetricsF:
    """The measures of `font` with the same arguments."""
    return QFontMetricsF(font(size, weight, mono=mono, tabular=tabular))


class Appearance(QObject):
    """Puts fonts, palette and style sheet on the application and follows the system's light or dark.

    Make one, before the first widget, and keep it.
    """

    def __init__(self, app: QApplication, choice: Choice = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice: Choice = choice
        _load_inter()
        app.setStyle("Fusion")
        app.setFont(font())
        app.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def choice(self) -> Choice:
        """What the user set; "system" follows the desktop."""
        return self._choice

    def choose(self, choice: Choice) -> None:
        """Change the theme now."""
        self._choice = choice
        self._apply()

    def _apply(self) -> None:
        chosen = DARK if self._is_dark() else LIGHT
        self._app.setPalette(_palette(chosen))
        self._app.setStyleSheet(stylesheet(chosen.__getitem__))

    def _is_dark(self) -> bool:
        if self._choice == "system":
            return self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._choice == "dark"


def _load_inter() -> None:
    QFontDatabase.addApplicationFont(str(package_folder("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf"))


def _palette(chosen: Tokens) -> QPalette:
    roles = QPalette.ColorRole
    named: dict[QPalette.ColorRole, Role] = {
        roles.Window: "surface", roles.WindowText: "text", roles.Base: "surface", roles.AlternateBase: "hover",
        roles.Text: "text", roles.PlaceholderText: "text3", roles.Button: "raised", roles.ButtonText: "text",
        roles.BrightText: "bad", roles.ToolTipBase: "notice", roles.ToolTipText: "on_notice", roles.Link: "accent",
        roles.LinkVisited: "accent", roles.Highlight: "fill", roles.HighlightedText: "onfill", roles.Accent: "accent",
        roles.Light: "raised", roles.Midlight: "line", roles.Mid: "line2", roles.Dark: "line2", roles.Shadow: "line2",
    }  # fmt: skip
    palette = QPalette()
    for qt_role, role in named.items():
        palette.setColor(qt_role, chosen[role])
    for qt_role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, qt_role, chosen["text3"])
    return palette
