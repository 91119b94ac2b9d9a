"""Opens the window: the profile, its look, one of its kind, and what ends it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication

import console.bridge.quick_imports  # noqa: F401 - before all others
from console.bridge import text_scale, themes
from console.lasting import Lasting
from console.ops.crashes import CrashWatch
from console.ops.home import default_home
from console.ops.profiles import load
from console.switching import Switching
from console.ui import words
from console.ui.interrupts import Interrupts
from console.ui.notices import refuse
from console.ui.theme import Appearance
from worker.core.errors import SettingsError

translate = QCoreApplication.translate


def run(*, profile: str | None = None, home: Path | None = None, batch: str | None = None) -> int:
    """Open the window on a profile, or on the embedded stack of a home; returns the exit code.

    Args:
        profile: name or file, as `--profile` takes it.
        home: folder of the embedded stack; the platform's if None.
        batch: name of the batch whose jobs are shown first.
    """
    home = (home or default_home()).absolute()
    watch = CrashWatch(home)
    text_scale.apply(home, os.environ)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("ocr-console")
    app.setApplicationDisplayName("OCR Console")
    appearance = Appearance(app, themes.chosen(home, os.environ))
    try:
        chosen = load(profile, os.environ, home)
    except SettingsError as error:
        print(error, file=sys.stderr)
        refuse(translate("Console", "This profile cannot be used"), words.told(error.sentence))
        watch.close()
        return 2
    lasting = Lasting(home, lambda: app.applicationState() == Qt.ApplicationState.ApplicationActive)
    watch.hide = lasting.hide
    interrupts = Interrupts()
    interrupts.asked.connect(lambda number: app.exit(128 + number))
    switching = Switching(lasting, appearance)
    code = 0
    if switching.open(chosen, batch):
        lasting.background.submit(watch.describe)
        code = app.exec()
        switching.close()
    else:
        print("The window is open already; it comes to the front.", file=sys.stderr)
    lasting.close()
    watch.close()
    interrupts.close()
    del appearance
    return code
