"""The window stands before anything slow is loaded: no driver of a service, nothing that reads documents."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
import console.window
from console.bridge.background import Background
from console.ui.frame import Frame
from console.ui.jobs import JobsPage
from console.ui.theme import Appearance
appearance, background = Appearance(app), Background()
frame = Frame("This machine")
frame.add_page("jobs", JobsPage(background, profile="this machine"), text="Jobs", icon="files")
frame.show()
app.processEvents()
slow = {"alembic", "celery", "kombu", "minio", "pikepdf", "PIL", "psycopg2", "pypdfium2", "redis", "rich", "sqlalchemy"}
print(sorted(slow & set(sys.modules)))
background.close()
"""


def test_the_first_paint_waits_for_nothing_slow():
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]"), ran.stderr
