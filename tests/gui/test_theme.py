"""The tokens: readable in both themes, put on the application, following the system unless set."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from console.ui import icons, theme
from console.ui.kit.labels import Paragraph
from console.ui.theme import DARK, LIGHT, Appearance, Role, Tokens

GROUNDS: tuple[Role, ...] = ("canvas", "surface", "raised", "sunken", "hover", "select")
WORDS: tuple[Role, ...] = ("text", "text2", "text3", "accent", "ok", "warn", "bad")
ON_COLOUR: tuple[tuple[Role, Role], ...] = (
    ("onfill", "fill"), ("onfill", "fill_hover"), ("on_warn", "warn_fill"), ("on_bad", "bad_fill"),
    ("ok", "ok_soft"), ("warn", "warn_soft"), ("bad", "bad_soft"), ("text", "bad_soft"), ("text2", "bad_soft"),
    ("on_notice", "notice"), ("notice_link", "notice"),
)  # fmt: skip
PAIRS = [*product(WORDS, GROUNDS), *ON_COLOUR]


def luminance(colour: QColor) -> float:
    parts = ((colour.redF(), 0.2126), (colour.greenF(), 0.7152), (colour.blueF(), 0.0722))
    return sum(share * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4) for part, share in parts)


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_of_contrast():
    assert contrast(QColor("#FFFFFF"), QColor("#000000")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#FFFFFF")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_every_text_is_readable_on_every_ground(tokens: Tokens):
    poor = {pair: contrast(tokens[pair[0]], tokens[pair[1]]) for pair in PAIRS}
    assert {pair: measured for pair, measured in poor.items() if measured < 4.5} == {}


def test_a_widget_finds_the_tokens_of_its_theme_hidden_or_not(qtbot, appearance: Appearance):
    shown = QWidget()
    hidden = QWidget(shown)
    qtbot.addWidget(shown)
    shown.show()
    hidden.hide()
    assert theme.tokens(shown) is theme.tokens(hidden) is LIGHT
    appearance.choose("dark")
    qtbot.waitUntil(lambda: theme.tokens(shown) is theme.tokens(hidden) is DARK)


def test_what_is_shown_turns_dark_at_once(qtbot, appearance: Appearance):
    paragraph = Paragraph("Words", role="text2")
    qtbot.addWidget(paragraph)
    paragraph.show()
    appearance.choose("dark")
    qtbot.waitUntil(lambda: paragraph.palette().color(QPalette.ColorRole.WindowText) == DARK["text2"])


def test_the_system_decides_unless_a_theme_is_set(qapp: QApplication, appearance: Appearance, monkeypatch):
    dark_system = type("Hints", (), {"colorScheme": lambda _self: Qt.ColorScheme.Dark})()
    monkeypatch.setattr(qapp.__class__, "styleHints", lambda _app: dark_system)
    appearance.choose("system")
    assert theme.tokens_of(qapp.palette()) is DARK
    appearance.choose("light")
    assert theme.tokens_of(qapp.palette()) is LIGHT


def test_the_type_is_inter_with_figures_of_one_width():
    assert QFontInfo(theme.font()).family() == "Inter"
    advance = theme.metrics().horizontalAdvance
    assert advance("1111111111") == advance("8888888888")


def test_weights_differ():
    widths = {weight: theme.metrics(13, weight).horizontalAdvance("Jobs that run") for weight in (400, 500, 600)}
    assert widths[400] < widths[500] < widths[600]


def test_an_icon_is_drawn_in_its_colour_at_twice_the_size():
    image = icons.pixmap("circle-check", 16, QColor("#FF0000")).toImage()
    assert image.width() == 32
    colours = {
        image.pixelColor(QPoint(x, y)).rgb()
        for x in range(32)
        for y in range(32)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert colours == {QColor("#FF0000").rgb()}


def test_an_icon_that_does_not_exist_is_named():
    with pytest.raises(KeyError, match="no-such-icon"):
        icons.svg("no-such-icon")
