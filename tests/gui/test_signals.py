"""PySide6 6.12.0 on Python 3.11 loses a reference at every signal and aborts after some 570 of them."""

import subprocess
import sys

EMITS = 5_000

# In a process of its own: an abort would end the whole test run and name no test.
PROGRAM = f"""
import sys
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot

class Source(QObject):
    direct = Signal(object)
    queued = Signal(object, str)
    bare = Signal()

class Sink(QObject):
    heard = 0

    @Slot(object)
    def hear(self, *values):
        self.heard += 1

app = QCoreApplication([])
source, sink, payload, others = Source(), Sink(), object(), []
source.direct.connect(sink.hear)
source.queued.connect(lambda value, text: others.append(value is payload), Qt.ConnectionType.QueuedConnection)
source.bare.connect(sink.hear)
before = sys.getrefcount(payload), sys.getrefcount(sink)
nones = sys.getrefcount(None)
for _ in range({EMITS}):
    source.direct.emit(payload)
    source.bare.emit()
    source.queued.emit(payload, "x")
app.processEvents()
assert sink.heard == 2 * {EMITS}, sink.heard
assert others == [True] * {EMITS}, len(others)
after = sys.getrefcount(payload), sys.getrefcount(sink)
assert after == before, (before, after)
if sys.version_info < (3, 12):  # later None cannot die, and its count says nothing
    assert abs(sys.getrefcount(None) - nones) < {EMITS} / 10, (nones, sys.getrefcount(None))
print("heard all")
"""


def test_five_thousand_signals_arrive_and_lose_no_reference():
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout.strip()) == (0, "heard all"), ended.stderr
