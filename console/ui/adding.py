"""From a drop to a batch on its way: the two pages of adding files, and what leads from one to the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from console.bridge.planning import Planning
from console.bridge.preset_shelf import PresetShelf
from console.bridge.uploading import Uploading
from console.ui import counts, words
from console.ui.frame import Frame
from console.ui.going import JOBS
from console.ui.kit.later import Later
from console.ui.notices import ask
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from console.ops.commands import Command, Done
    from console.ops.intake import Plan, PlannedFile
    from console.ops.uploads import Order, Uploaded, Watch
    from console.ui.plan import PlanPage
    from console.ui.uploads import UploadsPage
    from worker.core.jobs import Job, Options

translate = QCoreApplication.translate
PLAN, UPLOADS = "plan", "uploads"


@dataclass(frozen=True)
class Making:
    """The commands that adding files runs, made by the root: they know the services, this room does not."""

    submit: Callable[[Plan, Order, Watch, threading.Event], Command[tuple[Uploaded, ...]]]
    resume: Callable[[Watch, threading.Event], Command[tuple[Uploaded, ...]]]
    forget: Callable[[Watch, threading.Event], Command[tuple[Uploaded, ...]]]
    samples: Callable[[str, Watch, threading.Event], Command[tuple[Uploaded, ...]]]


class Adding(QObject):
    """Leads from what was dropped to a plan, and from Start to the bars. One batch is uploaded at a time."""

    open_job = Signal(object)  # UUID
    jobs_asked = Signal(str)  # of the batch of this name; "" for all
    refresh_asked = Signal()

    def __init__(
        self, frame: Frame, planning: Planning, uploading: Uploading, making: Making, presets: PresetShelf
    ) -> None:
        super().__init__(frame)
        self._presets = presets
        self._frame, self._planning, self._uploading, self._making = frame, planning, uploading, making
        self._paths: Sequence[str] = ()
        self._last: tuple[str, Options] | None = None  # the default preset then, and what was chosen
        self._open = False  # whether a plan is looked at: a further drop changes nothing of what is chosen
        self._submitted: tuple[Plan, Order] | None = None
        self._batch = ""  # of what is on its way
        self._fleet: tuple[Sequence[frozenset[str]], float] = ((), 0.0)
        self._plan, self._uploads = Later(self._make_plan), Later(self._make_uploads)
        frame.add_page(PLAN, self._plan, text=translate("Adding", "New batch"), icon="folder-open", listed=False)
        frame.add_page(UPLOADS, self._uploads, text=translate("Adding", "Uploads"), icon="upload", listed=False)

    @property
    def plan_page(self) -> PlanPage:
        """What would be read, and how; made when it is wanted first."""
        return self._plan.page

    @property
    def uploads_page(self) -> UploadsPage:
        """What is on its way; made when it is wanted first."""
        return self._uploads.page

    def make_within(self, ms: int) -> None:
        """Make both pages by then, while nobody waits for them."""
        self._presets.refresh()
        self._plan.make_within(ms)
        self._uploads.make_within(ms)

    @property
    def running(self) -> bool:
        """Whether files are on their way."""
        return self._uploading.running

    def plan(self, paths: Sequence[str]) -> None:
        """Make a plan of files and folders; nothing is uploaded by it."""
        if self._is_taken():
            return
        self._paths = list(paths)
        self._presets.refresh()
        self.plan_page.begin(_sources(paths), name=_batch_name(paths))
        if not self._open:
            self._choose()
        self._open = True
        self._frame.list_page(PLAN)
        self._frame.show_page(PLAN)
        self._planning.start(self._paths)

    def _choose(self) -> None:
        """What was chosen the last time; the preset to begin with, if another was made it since."""
        default, pane = self._presets.default, self.plan_page.settings
        if self._last is not None and self._last[0] == default:
            pane.choose(self._last[1])
        else:
            pane.take(self._presets.named(default))

    def read_samples(self) -> None:
        """Read the documents that come with the program; there is nothing to choose."""
        if self._is_taken():
            return
        name = self._batch = translate("Adding", "Samples {time}").format(time=f"{datetime.now():%Y-%m-%d %H:%M:%S}")
        self._begin(name, partial(self._making.samples, name))

    def _is_taken(self) -> bool:
        """Say that files are on their way, if they are."""
        if self._uploading.running:
            wait = translate("Adding", "Add them when the files on their way have arrived.")
            self._frame.notices.tell(translate("Adding", "One batch at a time."), wait, bad=True)
        return self._uploading.running

    def offer(self, stopped: Sequence[Uploaded]) -> None:
        """Show uploads that an earlier start did not finish, and offer to go on with them."""
        from console.ui.upload_words import agreed_before

        self._batch = ""
        files = [one.file for one in stopped]
        self.uploads_page.begin(
            translate("Adding", "Not finished"), files, agreed=agreed_before(samples=False), offered=True
        )
        self.uploads_page.advance(stopped)
        self._frame.list_page(UPLOADS)
        self._frame.show_page(UPLOADS)

    def show_jobs(self, jobs: Iterable[Job]) -> None:
        """Take what became of jobs."""
        if self._uploads.is_made:
            self.uploads_page.show_jobs(jobs)

    def set_fleet(self, fleet: Sequence[frozenset[str]], pages_per_minute: float) -> None:
        """Tell what the online workers can read, on how many of them, and how fast they read now."""
        self._fleet = (fleet, pages_per_minute)
        if self._plan.is_made:
            self.plan_page.set_fleet(*self._fleet)

    def may_close(self) -> bool:
        """Ask, if files are on their way."""
        return self._may_stop(
            translate("Adding", "Close while files are uploaded?"),
            translate("Adding", "What has arrived is read anyway. The rest is offered again at the next start."),
            translate("Adding", "Close now"),
        )

    def may_switch(self) -> bool:
        """Ask, if files are on their way, before the window shows another profile."""
        return self._may_stop(
            translate("Adding", "Switch while files are uploaded?"),
            translate("Adding", "What has arrived is read anyway. The rest is offered when you switch back."),
            translate("Adding", "Switch now"),
        )

    def _may_stop(self, title: str, sentence: str, act: str) -> bool:
        if not self._uploading.running:
            return True
        totals = self.uploads_page.totals
        arrived = counts.part_of(words.number(totals.arrived), counts.files(totals.files))
        stop = ask(
            self._frame,
            title=title,
            sentence=sentence,
            facts=((translate("Adding", "Uploaded"), arrived),),
            safe=translate("Adding", "Keep uploading"),
            act=act,
        )
        if stop:
            self.stop()
        return stop

    def stop(self) -> None:
        """Look no further and send no more; what is cut off is offered at the next start."""
        self._planning.cancel()
        self._uploading.stop()

    def _make_plan(self) -> PlanPage:
        from console.ui.plan import PlanPage
        from console.ui.presetting import Presetting

        page, planning = PlanPage(unlock=self._unlock), self._planning
        Presetting(self._frame, self._presets, page.settings)
        page.set_fleet(*self._fleet)
        planning.progressed.connect(page.progress)
        planning.planned.connect(self._show_plan)  # no lambda: one that knows the page would keep it, and all it knows
        planning.failed.connect(self._show_failure)
        page.start_asked.connect(self._start)
        page.cancelled.connect(self._leave_plan)
        return page

    def _show_plan(self, plan: Plan, seconds: float) -> None:
        self.plan_page.show_plan(plan, seconds=seconds)

    def _show_failure(self, error: OcrConsoleError) -> None:
        self.plan_page.show_failure(error.sentence, error.advice)

    def _make_uploads(self) -> UploadsPage:
        from console.ui.uploads import UploadsPage

        page, uploading = UploadsPage(), self._uploading
        page.stop_asked.connect(uploading.stop)
        page.resume_asked.connect(self._resume)
        page.forget_asked.connect(self._forget)
        page.jobs_asked.connect(lambda: self.jobs_asked.emit(self._batch))
        page.open_asked.connect(self.open_job)
        uploading.progressed.connect(page.advance)
        uploading.ended.connect(self._ended)
        uploading.failed.connect(self._failed)
        return page

    def _unlock(self, password: str) -> None:
        self._planning.start(self._paths, password=password)

    def _start(self, plan: Plan, order: Order) -> None:
        preset = self._presets.named(order.options.preset)
        chosen = replace(order.options, pages=preset.values.pages)  # those of the next batch are others
        self._last, self._open = (self._presets.default, chosen), False
        self._frame.list_page(PLAN, listed=False)
        name, self._batch = order.batch or translate("Adding", "Files"), order.batch or ""
        self._begin(name, partial(self._making.submit, plan, order), plan, order)

    def _begin(
        self,
        name: str,
        make: Callable[[Watch, threading.Event], Command[tuple[Uploaded, ...]]],
        plan: Plan | None = None,
        order: Order | None = None,
    ) -> None:
        from console.ui.upload_words import agreed, agreed_before

        since = translate("Adding", "started {clock}").format(clock=words.clock(datetime.now().astimezone()))
        rows = agreed(plan, order) if plan and order else agreed_before(samples=bool(self._batch))
        self._submitted = (plan, order) if plan and order else None
        self.uploads_page.begin(name, plan.files if plan else (), agreed=rows, since=since)
        self._frame.list_page(UPLOADS)
        self._frame.show_page(UPLOADS)
        self._uploading.start(make)

    def _resume(self, left: Sequence[PlannedFile]) -> None:
        """Go on with what did not arrive: files of this submission, begun or not, or rows of an earlier start."""
        if self._submitted is None:
            self._begin(translate("Adding", "Not finished"), self._making.resume)
            return
        plan, order = self._submitted
        self._uploading.start(partial(self._making.submit, replace(plan, files=tuple(left)), order))

    def _forget(self) -> None:
        self._frame.list_page(UPLOADS, listed=False)
        self._frame.show_page(JOBS)
        self._uploading.start(self._making.forget)

    def _leave_plan(self) -> None:
        self._planning.cancel()
        self._open = False
        self._frame.list_page(PLAN, listed=False)
        self._frame.show_page(JOBS)

    def _ended(self, done: Done[tuple[Uploaded, ...]]) -> None:
        self.uploads_page.end()
        self._frame.notices.tell(words.told(done.message))
        self.refresh_asked.emit()

    def _failed(self, error: OcrConsoleError) -> None:
        self.uploads_page.end(words.told(error.sentence, error.advice))
        self._frame.notices.tell(words.told(error.sentence), words.told(error.advice), bad=True)


def _sources(paths: Sequence[str]) -> str:
    one, many = translate("Adding", "from {n} dropped item"), translate("Adding", "from {n} dropped items")
    return words.counted(len(paths), one, many)


def _batch_name(paths: Sequence[str]) -> str:
    """The name of what was dropped, where it is one thing, and when; people find it again by either."""
    now = f"{datetime.now():%Y-%m-%d %H:%M}"
    return f"{Path(paths[0]).stem} {now}" if len(paths) == 1 else now
