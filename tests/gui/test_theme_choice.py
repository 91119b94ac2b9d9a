"""Light, dark or as the system: chosen by the palette, seen at once, kept for the next start."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from console.bridge.background import Background
from console.bridge.remembered import Remembered
from console.bridge.themes import KEY, VARIABLE, chosen
from console.ops import preferences
from console.ui import theme
from console.ui.actions import Action
from console.ui.frame import Frame
from console.ui.theme import DARK, LIGHT, Appearance
from console.ui.theme_choice import ThemeChoice


@pytest.mark.parametrize(
    ("environment", "kept", "what"),
    [
        ({}, None, "system"),
        ({}, "dark", "dark"),
        ({VARIABLE: "light"}, "dark", "light"),
        ({VARIABLE: "pink"}, "dark", "system"),
        ({}, 7, "system"),
    ],
)
def test_the_environment_wins_over_what_is_remembered(tmp_path: Path, environment, kept, what):
    if kept is not None:
        preferences.save(tmp_path, {KEY: kept})
    assert chosen(tmp_path, environment) == what


def test_it_is_seen_at_once_and_kept(qtbot, qapp: QApplication, background: Background, appearance: Appearance):
    before = appearance.choice
    frame, remembered = Frame("This machine"), Remembered(background)
    qtbot.addWidget(frame)
    ThemeChoice(frame, appearance, remembered)
    acts = {act.text(): act for act in frame.actions() if isinstance(act, Action)}
    try:
        for text, choice, tokens in (("Dark theme", "dark", DARK), ("Light theme", "light", LIGHT)):
            acts[text].trigger()
            assert theme.tokens_of(qapp.palette()) is tokens
            assert (appearance.choice, remembered.get(KEY, str)) == (choice, choice)
        acts["Theme of the system"].trigger()
        assert (appearance.choice, remembered.get(KEY, str)) == ("system", "system")
    finally:
        appearance.choose(before)
