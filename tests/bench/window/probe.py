"""The real window with instruments: runs the script of `script.py` beside it and prints what it measured.

    python -m tests.bench.window.probe PROFILE HOME SPAWNED

SPAWNED is when this process was asked for, in seconds since 1970: the first paint counts from there.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from tests.end2end.hand import Hand

BEAT_MS = 10  # how often the event loop is asked whether it is there


class First(QObject):
    """When something happened first, in seconds since 1970."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.at: float | None = None

    def note(self) -> None:
        """It has."""
        if self.at is None:
            self.at = time.time()


class FirstPaint(First):
    """When a widget was painted first.

    Noted as it is painted: what comes next, the focus, makes a page before anything that is posted gets its turn.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The event is for the widget; this only sees it."""
        if event.type() == QEvent.Type.Paint:
            self.note()
        return False


class Cores:
    """How long the thread that makes this waits for a core to run on."""

    def __init__(self) -> None:
        place = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._told = os.open(place, os.O_RDONLY) if place.exists() else None
        self._before = 0

    def waited_s(self) -> float:
        """In seconds, since the last time that this was asked."""
        if self._told is None:
            return 0.0
        now = int(os.pread(self._told, 100, 0).split()[1])
        before, self._before = self._before, now
        return (now - before) / 1e9


class Pulse(QObject):
    """How late the event loop serves a timer, in seconds; on while it is measured.

    `own` is the same without the time in which the window's thread could have run and no core was free: Linux counts
    it, and elsewhere there is none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self.own: list[float] = []
        self._cores = Cores()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._due = 0.0

    def start(self) -> None:
        """Begin."""
        self.late, self.own, self._due = [], [], time.perf_counter() + BEAT_MS / 1000
        self._cores.waited_s()
        self._timer.start()

    def stop(self) -> list[float]:
        """What was measured."""
        self._timer.stop()
        return self.late

    def _beat(self) -> None:
        now = time.perf_counter()
        late = max(0.0, now - self._due)
        self.late.append(late)
        self.own.append(max(0.0, late - self._cores.waited_s()))
        self._due = now + BEAT_MS / 1000


def main() -> None:
    """Open the window, run the script, print its figures as the last line."""
    profile, home, spawned = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    from console.app import Console
    from console.bridge.themes import chosen
    from console.lasting import Lasting
    from console.ops.profiles import load
    from console.ui.going import JOBS
    from console.ui.kit.painted import Painted
    from console.ui.theme import Appearance

    app = QApplication(sys.argv[:1])
    app.setApplicationName("ocr-console")
    appearance = Appearance(app, chosen(home, os.environ))
    lasting = Lasting(home)
    console = Console(load(profile, os.environ, home), lasting)
    console.frame.show_page(JOBS)  # where the million is
    # The strip is the part of the window that is painted last.
    paint, rows = FirstPaint(console.frame.strip), First(console.frame)
    later = console.places._pages[JOBS]
    later.then(lambda page: page.feed.loaded.connect(lambda: QTimer.singleShot(0, rows.note)))
    console.frame.show()
    Painted(console.frame, console.open)
    pulse, hand = Pulse(), Hand()
    figures: dict[str, object] = {}

    def work() -> None:
        from tests.bench.window.script import Script

        try:
            figures.update(Script(console, (paint, rows), pulse, hand, spawned).run())
        finally:
            hand(app.quit)

    threading.Thread(target=work, name="script", daemon=True).start()
    app.exec()
    console.leave()
    console.close()
    lasting.close()
    del appearance
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
