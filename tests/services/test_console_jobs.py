"""The pane of a job and the export of the list, in the whole window on real servers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine

from console.app import Console
from console.ops.exporting import Form
from console.ops.profiles import load
from console.ops.stack import Stack
from console.ui.going import JOBS
from console.ui.looking import JOB
from tests.opened import opened
from tests.services.queued_jobs import change, queued
from worker.core.errors import OutOfMemory
from worker.core.jobs import Page, State
from worker.core.leases import Leases
from worker.core.store import Store

PATIENCE_MS = 90_000
FAILED = Page(2, "failed", error_class="out_of_memory", error="Page 2 needed 4.1 GB.")


@pytest.fixture
def console(qtbot: QtBot, stack: Stack, clean: None) -> Iterator[Console]:
    """Open on its jobs; nothing of ours works on them."""
    with opened(load("embedded", {}, stack.home), stack.home) as made:
        made.frame.resize(1440, 900)
        made.frame.show()
        with qtbot.waitSignal(made.session.opened, timeout=PATIENCE_MS):
            made.open()
        made.frame.show_page(JOBS)
        yield made


def test_a_job_is_looked_at_closely_and_the_list_is_taken_away(
    console: Console, qtbot: QtBot, engine: Engine, tmp_path: Path
) -> None:
    store, leases, jobs, frame = Store(engine), Leases(engine, lease_s=3600), console.jobs, console.frame
    job, task = queued(store, "=large.pdf")
    change(engine, "update tasks set queue = 'nobody'; update jobs set queue = 'nobody'")
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.progress(lease, Page(1, "done", confidence=96, words=9), 2, next_page=2)
    leases.progress(lease, FAILED, 2, next_page=None)
    qtbot.waitUntil(lambda: bool(jobs.model.rows), timeout=PATIENCE_MS)
    jobs.table.go_to(job)
    QTest.keyClick(jobs.table, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: jobs.pane.job is not None, timeout=PATIENCE_MS)
    leases.fail(lease, OutOfMemory("Page 2 needed 4.1 GB."), traceback="MemoryError")
    qtbot.waitUntil(lambda: jobs.pane.trouble.sentence == "Page 2 needed 4.1 GB.", timeout=PATIENCE_MS)
    spoken = [jobs.pane.wall.tiles.index(n).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(2)]
    assert spoken == ["Page 1, confidence 96.0", "Page 2, failed"]
    jobs.pane.log_button.click()
    log = jobs.pane._log
    assert log is not None
    qtbot.waitUntil(lambda: "MemoryError" in log.text.toPlainText(), timeout=PATIENCE_MS)
    log.close()
    jobs.pane.trouble.button.click()
    qtbot.waitUntil(lambda: store.job(job).state is State.QUEUED, timeout=PATIENCE_MS)
    assert store.job(job).options.dpi == 150
    why = jobs.pane.why
    qtbot.waitUntil(lambda: why.isVisible() and "nobody" in why.accessibleName(), timeout=PATIENCE_MS)
    assert why.button.text() == "Start a worker"
    jobs.export.start(tmp_path / "jobs.csv", Form.CSV)
    qtbot.waitUntil(lambda: "1 row exported." in frame.notices.accessibleName(), timeout=PATIENCE_MS)
    with (tmp_path / "jobs.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["Name"] for row in csv.DictReader(stream)] == ["'=large.pdf"]
    jobs.pane.wall.page_asked.emit(2)
    assert frame.current_page == JOB
    qtbot.waitUntil(lambda: console.looking.page.job is not None, timeout=PATIENCE_MS)
    assert console.looking.page.number == 2
