"""Does what the button of a remedy promises: the jobs that are meant are frozen when it is pressed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.bridge.background import Background
from console.ops.findings import Remedy, Way
from console.ui.going import DOCTOR, Going
from console.ui.passwords import ask_password
from worker.core.filters import JobFilter
from worker.core.jobs import LEGACY_QUEUE, QUEUE

if TYPE_CHECKING:
    from console.bridge.acts import Acts


class Source(Protocol):
    """What knows which jobs are meant: the Store."""

    def ids(self, chosen: JobFilter) -> list[UUID]:
        """Of the jobs that meet the filter."""
        ...


class Remedies(QObject):
    """One for the window; `take` what was pressed."""

    refresh_asked = Signal()
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, window: QWidget, background: Background, acts: Acts, going: Going) -> None:
        super().__init__(window)
        self._window, self._background, self._acts, self._going = window, background, acts, going
        self._source: Source | None = None

    def open(self, source: Source) -> None:
        """Ask this one which jobs are meant."""
        self._source = source

    def take(self, remedy: Remedy) -> None:
        """Do what helps, or lead to where it can be done."""
        match remedy.way:
            case Way.UNLOCK | Way.RETRY | Way.REPROCESS:
                self._with_jobs(remedy)
            case Way.START_WORKER:
                self._start_worker(remedy.subject)
            case Way.MEND:
                if remedy.contradiction is not None:
                    self._acts.mend(remedy.contradiction)
            case Way.RESUME_QUEUE | Way.RESUME_BATCH | Way.FORGET_WORKER | Way.DROP_POISON:
                self._act_on(remedy)
            case _:
                self._lead(remedy)

    def _lead(self, remedy: Remedy) -> None:
        match remedy.way:
            case Way.SHOW_JOBS:
                self._going.to_jobs.emit(remedy.jobs or JobFilter())
            case Way.SHOW_WORKER:
                self._going.to_worker.emit(remedy.subject)
            case Way.SHOW_QUEUE:
                self._going.to_queue.emit(remedy.subject)
            case Way.SHOW_SERVICE:
                self._going.to_page.emit(DOCTOR)
            case Way.EDIT_PROFILE:
                self._going.to_setting.emit(remedy.subject, dict(remedy.change))

    def _act_on(self, remedy: Remedy) -> None:
        match remedy.way:
            case Way.RESUME_QUEUE:
                self._acts.resume_queues([remedy.subject])
            case Way.RESUME_BATCH:
                self._acts.resume_batches([UUID(remedy.subject)])
            case Way.FORGET_WORKER:
                self._acts.forget_workers([remedy.subject])
            case Way.DROP_POISON:
                self._acts.drop_poison()

    def _start_worker(self, queue: str) -> None:
        """As large as the machine."""
        ours = (QUEUE, LEGACY_QUEUE)
        self._acts.start_worker(os.cpu_count() or 1, ours if queue in {"", *ours} else (queue,), True)

    def _with_jobs(self, remedy: Remedy) -> None:
        if self._source is not None and remedy.jobs is not None:
            act = partial(self._act, remedy)
            self._background.submit(self._source.ids, remedy.jobs, done=act, failed=self.failed.emit)

    def _act(self, remedy: Remedy, ids: Sequence[UUID]) -> None:
        if not ids:  # somebody else was quicker
            self.refresh_asked.emit()
        elif remedy.way is Way.REPROCESS:
            self._acts.reprocess(ids, remedy.change)
        elif remedy.way is Way.RETRY:
            self._acts.retry(ids)
        elif (password := ask_password(self._window, len(ids))) is not None:
            self._acts.retry(ids, password)
