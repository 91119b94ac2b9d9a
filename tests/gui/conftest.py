"""What the tests of the window share: its look, and threads that end with the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from console.bridge.background import Background
from console.ui.theme import Appearance


@pytest.fixture(scope="session")
def appearance(qapp: QApplication) -> Appearance:
    return Appearance(qapp, "light")


@pytest.fixture(autouse=True)
def light(appearance: Appearance) -> Iterator[Appearance]:
    yield appearance
    if appearance.choice != "light":
        appearance.choose("light")


@pytest.fixture
def background(qapp: QApplication) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()
