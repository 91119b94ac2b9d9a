"""A window that crashed, and the next one, which offers its report."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.lasting import Lasting
from console.ops.crashes import waiting
from console.ops.profiles import load
from console.switching import Switching
from console.ui.crash_offer import CrashBand, CrashReport
from console.ui.theme import Appearance
from tests.gui.test_switching import NOWHERE
from tests.waiting import until

SLOT = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from console.ops.crashes import CrashWatch
watch = CrashWatch(Path(sys.argv[1]))
app = QCoreApplication([])
def fails(): raise ValueError("in a slot")
QTimer.singleShot(0, fails)
QTimer.singleShot(0, app.quit)
app.exec()
watch.close()
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Its servers are away."""
    file = tmp_path / "nowhere.env"
    file.write_text(NOWHERE.format(secret="secret-of-nowhere"))
    file.chmod(0o600)
    return file


@pytest.fixture
def crashed(tmp_path: Path, profile: Path) -> Path:
    """The home of a window that ended by a segmentation fault."""
    home = tmp_path / "home"
    words = [sys.executable, "-m", "console", "--home", str(home), "--profile", str(profile)]
    offscreen = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=offscreen)
    try:
        running = home / "crashes" / f"running-{process.pid}.txt"
        until(lambda: running.exists() and "version" in running.read_text(), "the window")
        process.send_signal(signal.SIGSEGV)
        assert process.wait(30) == -signal.SIGSEGV
    finally:
        process.kill()
        process.communicate()
    return home


@pytest.fixture
def band(qtbot: QtBot, appearance: Appearance, crashed: Path, profile: Path) -> Iterator[CrashBand]:
    lasting = Lasting(crashed)
    switching = Switching(lasting, appearance, {})
    assert switching.open(load(str(profile), {}))
    found = switching.console.frame.findChild(CrashBand)
    assert found is not None
    qtbot.waitUntil(found.isVisible)
    yield found
    switching.close()
    switching.console.frame.deleteLater()
    lasting.close()


def test_the_next_start_offers_the_report_to_show_to_copy_and_to_delete(qtbot: QtBot, band: CrashBand, crashed: Path):
    (report,) = (crashed / "crashes").glob("crash-*.new.txt")
    assert "ended unexpectedly" in band.said
    band.show_button.click()
    shown = next(one for one in QApplication.topLevelWidgets() if isinstance(one, CrashReport) and one.isVisible())
    assert "Segmentation fault" in shown.text.toPlainText()
    assert "secret-of-nowhere" not in shown.text.toPlainText()
    shown.copy_button.click()
    assert "Segmentation fault" in QGuiApplication.clipboard().text()
    shown.delete_button.click()
    qtbot.waitUntil(lambda: not report.exists())
    qtbot.waitUntil(band.isHidden)


def test_a_report_that_was_looked_at_is_not_offered_again(qtbot: QtBot, band: CrashBand, crashed: Path):
    band.close_button.click()
    qtbot.waitUntil(band.isHidden)
    (kept,) = (crashed / "crashes").glob("crash-*")
    assert not kept.name.endswith(".new.txt")


def test_a_fault_in_a_slot_is_a_report_and_the_window_goes_on(tmp_path: Path):
    ran = subprocess.run([sys.executable, "-c", SLOT, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "in a slot" in ran.stderr
    (report,) = waiting(tmp_path)
    assert not report.ended
    assert "in fails" in report.text
