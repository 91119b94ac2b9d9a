"""Larger and smaller text: kept, told, and put where Qt looks for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.bridge.background import Background
from console.bridge.remembered import Remembered
from console.bridge.text_scale import KEY, VARIABLE, apply, chosen
from console.ops import preferences
from console.ui.frame import Frame
from console.ui.text_scale import TextScale

SHARP = """
from PySide6.QtWidgets import QApplication
from console.ui.theme import Appearance
from console.ui.kit.buttons import Button
app = QApplication([])
look = Appearance(app, "light")
button = Button("Add files", icon="plus", key="Ctrl+O")
button.show()
picture = button.grab()
print(button.width(), button.sizeHint().width(), picture.width(), picture.devicePixelRatio())
"""


@pytest.mark.parametrize(
    ("environment", "kept", "percent"),
    [({}, None, 100), ({}, 125, 125), ({VARIABLE: "90"}, 125, 90), ({VARIABLE: "huge"}, 125, 100), ({}, 400, 100)],
)
def test_the_environment_wins_over_what_is_remembered(tmp_path: Path, environment, kept, percent):
    if kept is not None:
        preferences.save(tmp_path, {KEY: kept})
    assert chosen(tmp_path, environment) == percent


def test_it_is_put_where_qt_looks_and_qts_own_variable_wins(tmp_path: Path):
    plain, own = {VARIABLE: "125"}, {VARIABLE: "125", "QT_SCALE_FACTOR": "2"}
    for environment in (plain, own):
        apply(tmp_path, environment)
    assert (plain["QT_SCALE_FACTOR"], own["QT_SCALE_FACTOR"]) == ("1.25", "2")
    untouched = dict[str, str]()
    apply(tmp_path, untouched)
    assert untouched == {}


def test_keys_make_it_larger_and_smaller_as_far_as_it_goes(qtbot, background: Background):
    frame, remembered = Frame("This machine"), Remembered(background)
    qtbot.addWidget(frame)
    scale = TextScale(frame, remembered)
    frame.show()
    qtbot.waitUntil(frame.isActiveWindow)
    for percent in (110, 125, 150, 150):
        QTest.keyClick(frame, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
        assert scale.percent == remembered.get(KEY, int) == percent
    assert frame.notices.accessibleName().startswith("Text is at 150 %.")
    for percent in (125, 110, 100, 90, 90):
        QTest.keyClick(frame, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
        assert scale.percent == percent


def test_at_200_per_cent_things_keep_their_proportions_on_twice_the_pixels():
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2"}
    run = subprocess.run([sys.executable, "-c", SHARP], env=environment, capture_output=True, text=True, check=True)
    width, wanted, pixels, ratio = run.stdout.split()
    assert (width, ratio) == (wanted, "2.0")
    assert int(pixels) == 2 * int(width)
