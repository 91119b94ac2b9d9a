"""The strip that tells how far an act on many jobs is."""

from __future__ import annotations

from dataclasses import replace
from typing import cast
from uuid import UUID

from console.bridge.runner import Running
from console.ops.acts import Cancel, Retry
from console.ops.local_workers import LocalWorkers
from console.ops.worker_commands import RestartWorkers
from console.ui.act_progress import ActProgress
from worker.core.outcomes import Course

IDS = tuple(UUID(int=number) for number in range(2_000))


def test_a_restart_of_workers_is_watched_however_few_they_are(qtbot):
    strip = ActProgress()
    qtbot.addWidget(strip)
    running = Running(1, RestartWorkers(cast("LocalWorkers", None), ("a", "b")), Course(), 1, 2)
    strip.show_running(running)
    assert (strip.isHidden(), strip._far.text()) == (False, "1 of 2 workers")
    strip.stop_button.click()
    assert running.course.stop.is_set()


def test_an_act_on_many_jobs_is_watched_and_stopped(qtbot):
    strip = ActProgress()
    qtbot.addWidget(strip)
    few, many = (Running(n, Cancel(ids), Course(), 0, len(ids)) for n, ids in ((1, IDS[:500]), (2, IDS)))
    strip.show_running(few)
    assert strip.isHidden()
    strip.show_running(many)
    strip.show_running(replace(many, done=1_200))
    assert not strip.isHidden()
    assert (strip._what.text(), strip._far.text()) == ("Cancelling", "1,200 of 2,000 jobs")
    assert strip._bar.accessibleName() == "Progress, 60 %"
    strip.stop_button.click()
    assert many.course.stop.is_set()
    assert not strip.stop_button.isEnabled()
    later = Running(3, Retry(IDS), Course(), 0, len(IDS))
    strip.show_running(later)
    assert (strip._what.text(), strip.stop_button.isEnabled()) == ("Retrying", True)
    strip.end(later)
    assert strip._what.text() == "Cancelling"
    strip.end(many)
    strip.end(few)
    assert strip.isHidden()
