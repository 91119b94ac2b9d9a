"""Every state of the window can be drawn, light and dark, at the size that was asked for."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage

from console.ui.theme import Appearance
from tests.gui.screens import SCREENS, live


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_a_screen_is_drawn(qtbot, screen):
    window = screen()
    shown = window.frame.grab().toImage()
    window.close()
    assert (shown.width(), shown.height()) == ((1024, 640) if screen.__name__ == "small" else (1440, 900))
    assert len(colours(shown)) > 10


def test_light_and_dark_share_no_ground(qtbot, appearance: Appearance):
    window = live()
    light = window.frame.grab().toImage()
    appearance.choose("dark")
    dark = window.frame.grab().toImage()
    window.close()
    brightness = [image.pixelColor(1000, 880).lightness() for image in (light, dark)]
    assert brightness[0] > 200 > 60 > brightness[1]


def colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(0, 1000, 13) for y in range(0, 600, 9)}
