"""From one profile to another on real servers: the work of the first goes on, its connections do not."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine, text

from console.lasting import Lasting
from console.ops.profiles import EMBEDDED, load
from console.ops.stack import Stack
from console.switching import Switching
from console.ui.adding import PLAN
from console.ui.profiles_pane import ProfilesPane
from console.ui.theme import Appearance
from worker.core.database import single
from worker.core.jobs import State
from worker.core.store import Store

SAMPLE = Path(str(files("resources.samples"))) / "born-digital.pdf"
PATIENCE_MS = 90_000
CONNECTIONS = "select pid from pg_stat_activity where application_name = 'ocr-console'"


@pytest.fixture
def switching(qapp, stack: Stack, clean: None) -> Iterator[Switching]:
    """On the embedded stack."""
    lasting = Lasting(stack.home)
    made = Switching(lasting, Appearance(qapp, "light"), {})
    assert made.open(load(EMBEDDED, {}, stack.home))
    yield made
    made.close()
    made.console.frame.deleteLater()
    lasting.close()


def connections(engine: Engine) -> set[int]:
    """Those of windows; the one that asks is another's."""
    with single(engine) as connection:
        return set(connection.execute(text(CONNECTIONS)).scalars())


def test_there_and_back(qtbot: QtBot, switching: Switching, stack: Stack, engine: Engine, tmp_path: Path) -> None:
    other, store, lasting = tmp_path / "other.env", Store(engine), switching._lasting
    other.write_text(stack.profile_file.read_text("utf-8"), "utf-8")
    other.chmod(0o600)
    first = switching.console
    with qtbot.waitSignal(first.session.opened, timeout=PATIENCE_MS):
        pass
    worker = lasting.machine.workers.running()[0]
    first.frame.files_dropped.emit([str(SAMPLE)])
    assert first.frame.current_page == PLAN
    qtbot.waitUntil(first.adding.plan_page.settings.start.isEnabled, timeout=PATIENCE_MS)
    first.adding.plan_page.settings.start.click()
    qtbot.waitUntil(lambda: not first.adding.running and bool(store.jobs().rows), timeout=PATIENCE_MS)
    before = connections(engine)
    assert before

    first.switch_asked.emit(str(other))
    qtbot.waitUntil(lambda: switching.console is not first, timeout=PATIENCE_MS)
    second = switching.console
    qtbot.waitUntil(lambda: not before & connections(engine), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: second.snapshot is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: store.counts()[State.DONE] == 1, timeout=PATIENCE_MS)  # read by the worker of the first
    assert [one.name for one in lasting.machine.workers.running()] == [worker.name]

    guard, band = second.services.guard, second.frame.notices
    guard.elsewhere = "Redis is not the one that other pointed to."
    qtbot.waitUntil(lambda: guard.elsewhere in band.accessibleName(), timeout=PATIENCE_MS)
    band.offer_button.click()
    pane = second.places.doctor.findChild(ProfilesPane)
    assert isinstance(pane, ProfilesPane)
    assert pane.band.said == guard.elsewhere
    pane.band.button.click()
    qtbot.waitUntil(lambda: not guard.elsewhere, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not pane.band.said, timeout=PATIENCE_MS)

    second.switch_asked.emit(EMBEDDED)
    qtbot.waitUntil(lambda: switching.console is not second, timeout=PATIENCE_MS)
    third = switching.console
    with qtbot.waitSignal(third.session.opened, timeout=PATIENCE_MS):
        pass
    assert [one.name for one in lasting.machine.workers.running()] == [worker.name]  # no second one was started
    pid = lasting.machine.workers.find(worker.name).pid
    assert pid is not None
    process = psutil.Process(pid)
    third.leave()
    third.close()
    assert process.is_running()  # it ends with the program
    lasting.machine.workers.close()
    assert not process.is_running()
