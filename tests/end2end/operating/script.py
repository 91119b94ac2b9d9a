"""What an operator does on a day: each step is seen in the window and in the database before the next one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from console.ops.doctor.verdicts import Verdict
from console.ui.frame import SMALLEST
from console.ui.going import DOCTOR, JOBS, QUEUES
from console.ui.keys import KeySheet
from tests.end2end.operating.window import over
from tests.waiting import until
from worker.core.filters import JobFilter
from worker.core.jobs import QUEUE, Job, Priority, State

if TYPE_CHECKING:
    from console.ops.fleet import Queue
    from tests.end2end.operating.ways import Way
    from tests.end2end.operating.window import Window
    from worker.core.store import Store

OTHER = "other"  # a profile of the folder, whose database has no job
READ_S = 60.0  # all of it, on a busy machine


class Script:
    """`run` does everything; it raises AssertionError where something is not as it ought to be.

    Args:
        way: Does it.
        window: Is looked at.
        store: What the window works on, asked beside it.
        files: Those that are added; one of them is damaged.
        damaged: The name of that one.
        told: Is given the name of each step that was done.
        processes: Supervisors and workers that run here: `supervise 4711`, `worker 4712`.
    """

    def __init__(
        self,
        way: Way,
        window: Window,
        store: Store,
        files: Sequence[Path],
        damaged: str,
        told: Callable[[str], None],
        processes: Callable[[], set[str]],
    ) -> None:
        self._way, self._window, self._store = way, window, store
        self._files, self._damaged, self._told = files, damaged, told
        self._processes = processes
        self._names = sorted(file.name for file in files)
        self._good = [name for name in self._names if name != damaged]

    def run(self) -> None:
        """From the first look to the closing of the window, which is up to the caller to see."""
        for step in (
            self.opened, self.dropped, self.started, self.watched, self.hurried, self.selected, self.cancelled,
            self.undone, self.made_small, self.purged, self.put_back, self.paused, self.resumed,
            self.asked_the_doctor, self.worked, self.filtered, self.retried, self.opened_a_job, self.saw_the_keys,
            self.restarted, self.stopped, self.switched,
        ):  # fmt: skip
            step()
            self._told(step.__name__)
        self._way.close()

    def opened(self) -> None:
        self._window.until(self._window.jobs.add_button.isVisible, "the invitation to add files")
        self._window.until(self._window.frame.isActiveWindow, "the keyboard at the window")
        self._way.fidget()
        self._window.until(lambda: QApplication.activeModalWidget() is None, "the window alone")
        assert self._window.ask(lambda: (self._window.page(), self._window.notice())) == (JOBS, "")

    def dropped(self) -> None:
        self._way.add(self._files)
        self._window.until(self._window.plan.settings.start.isEnabled, "Start")
        self._way.picture("plan")
        assert self._jobs() == {}  # nothing is uploaded before Start

    def started(self) -> None:
        self._way.start()
        self._are(dict.fromkeys(self._names, State.QUEUED))

    def watched(self) -> None:
        self._way.go_to(JOBS)
        self._shows(dict.fromkeys(self._names, State.QUEUED))
        self._counts()

    def hurried(self) -> None:
        self._way.make_urgent(self._damaged)
        until(lambda: self._job().priority is Priority.HIGH, "its priority in the rows")

        def shown() -> dict[str, Priority]:
            return {job.name: job.priority for job in self._window.jobs.model.rows}

        self._window.until(lambda: shown()[self._damaged] is Priority.HIGH, "its priority in the table")
        self._window.until(lambda: not self._window.checked(), "no checked job")

    def selected(self) -> None:
        self._way.check(self._good[:3])
        self._window.until(lambda: self._window.checked() == set(self._good[:3]), "three checked jobs")

    def cancelled(self) -> None:
        self._way.cancel()
        queued, cancelled = dict.fromkeys(self._names, State.QUEUED), dict.fromkeys(self._good[:3], State.CANCELLED)
        self._are(queued | cancelled)
        self._shows(queued | cancelled)
        self._counts()

    def undone(self) -> None:
        self._way.undo()
        self._are(dict.fromkeys(self._names, State.QUEUED))
        self._shows(dict.fromkeys(self._names, State.QUEUED))
        self._way.uncheck()
        self._window.until(lambda: not self._window.checked(), "no checked job")

    def made_small(self) -> None:
        """What follows has to be within reach in the smallest window, too."""
        self._way.make_small()
        self._window.until(lambda: self._window.frame.size().toTuple() == SMALLEST, "a small window")

    def purged(self) -> None:
        self._way.go_to(QUEUES)
        self._waits(len(self._names))
        self._way.purge(QUEUE)
        self._are(dict.fromkeys(self._names, State.CANCELLED))
        self._waits(0)

    def put_back(self) -> None:
        self._way.undo()
        self._are(dict.fromkeys(self._names, State.QUEUED))
        self._waits(len(self._names))

    def paused(self) -> None:
        self._way.pause(QUEUE)
        self._is_paused(True)

    def resumed(self) -> None:
        self._way.pause(QUEUE)  # at once, while it is still asked round who is to leave the queue
        self._is_paused(False)
        self._window.until(lambda: self._window.notice().startswith(f"{QUEUE} is going on"), "what was done last")

    def asked_the_doctor(self) -> None:
        self._way.go_to(DOCTOR)
        self._doctor_says(Verdict.FAIL)
        self._way.picture("no-worker")

    def worked(self) -> None:
        self._way.start_worker()
        self._way.go_to(QUEUES)

        def online() -> list[str]:
            return [worker.state for worker in self._window.queues.workers.model.rows]

        self._window.until(lambda: online() == ["online"], "the worker", seconds=READ_S)
        self._window.until(lambda: self._window.notice().endswith("is ready."), "word that it is ready")
        self._way.picture("worker")
        self._way.go_to(DOCTOR)
        self._doctor_says(Verdict.OK)
        self._way.go_to(JOBS)
        ended = dict.fromkeys(self._good, State.DONE) | {self._damaged: State.FAILED}
        self._are(ended)
        self._shows(ended)
        self._counts()

    def filtered(self) -> None:
        self._way.show_failed()
        self._shows({self._damaged: State.FAILED})

    def retried(self) -> None:
        self._way.check([self._damaged])
        self._way.retry()
        until(lambda: self._job().attempts == 2 and self._job().state is State.FAILED, "a second try", seconds=READ_S)

        def tries() -> list[tuple[int, State]]:
            return [(job.attempts, job.state) for job in self._window.jobs.model.rows]

        self._window.until(lambda: tries() == [(2, State.FAILED)], "the second try in the table")
        self._way.picture("retried")
        if self._window.ask(self._window.checked):  # what left the table for a moment is not
            self._way.uncheck()
        self._way.show_all()
        self._window.until(lambda: len(self._window.states()) == len(self._names), "all jobs")

    def opened_a_job(self) -> None:
        self._way.open_job(self._good[0])
        self._window.until(lambda: self._window.page() == "job", "the job's page")
        sheet = self._window.viewer.sheet
        self._window.until(lambda: sheet.showing, "the picture of the page")
        before = self._window.ask(lambda: sheet.zoom)
        self._way.enlarge()
        self._window.until(lambda: sheet.zoom > before, "a larger page")
        self._way.picture("job")
        self._way.leave_job()
        self._window.until(lambda: self._window.page() == JOBS, "the jobs again")

    def saw_the_keys(self) -> None:
        self._look_up_keys(JOBS, "Retry, R")
        self._look_up_keys(QUEUES, "Purge, Del")

    def restarted(self) -> None:
        """The new worker is ready before the old one is told to stop; then nothing of the old one is left."""
        (old,), before = self._here(), self._processes()
        assert _kinds(before) == {"supervise", "worker"}
        self._way.restart_workers()
        self._window.until(self._window.frame.progress.isVisible, "how far the restart is")
        self._window.until(lambda: "has taken over from" in self._window.notice(), "a new worker", seconds=READ_S)
        self._window.until(lambda: len(self._here()) == 1 and self._here() != [old], "the new worker alone")
        until(lambda: not self._processes() & before, "none of the old one's processes")
        assert _kinds(self._processes()) == {"supervise", "worker"}
        self._window.until(lambda: " MB" in self._usage(), "what it takes of this machine")
        self._way.picture("restarted")

    def stopped(self) -> None:
        self._way.stop_workers()
        self._window.until(lambda: self._here() == [], "no worker here", seconds=READ_S)
        until(lambda: not self._processes(), "no process of a worker")

    def _usage(self) -> str:
        return str(self._window.queues.strip.model.index(0, 1).data())

    def _here(self) -> list[str]:
        """The workers of this machine, as the window shows them."""
        return [worker.name for worker in self._window.queues.strip.model.rows]

    def switched(self) -> None:
        """There and back, in the same place; what the one profile has is not seen in the other."""
        place, mine = self._window.ask(lambda: (self._window.frame.geometry(), self._window.profile))
        for profile, names in ((OTHER, set()), (mine, set(self._names))):
            self._way.switch(profile)
            self._window.until(lambda name=profile: self._window.profile == name, f"the profile {profile}")  # type: ignore[misc]
            self._window.until(self._window.frame.isActiveWindow, "the keyboard at the new window")
            self._way.go_to(JOBS)
            self._window.until(lambda names=names: set(self._window.states()) == names, f"the jobs of {profile}")  # type: ignore[misc]
            self._window.until(lambda: self._window.frame.geometry() == place, "the window in its place")

    def _look_up_keys(self, page: str, line: str) -> None:
        self._way.go_to(page)
        self._way.open_keys()
        self._window.until(lambda: (sheet := over(KeySheet)) and line in sheet.shown, f"“{line}” among the keys")
        self._way.picture(f"keys-of-{page}")
        self._way.close_keys()
        self._window.until(lambda: QApplication.activeModalWidget() is None, "the window alone")

    def _doctor_says(self, verdict: Verdict) -> None:
        """Of the workers."""
        self._window.until(lambda: self._window.doctor_says("worker", verdict), f"the doctor to say {verdict}")

    def _jobs(self) -> dict[str, Job]:
        return {job.name: job for job in self._store.jobs(JobFilter()).rows}

    def _job(self) -> Job:
        return self._jobs()[self._damaged]

    def _are(self, states: dict[str, State]) -> None:
        """In the database."""
        until(lambda: {name: job.state for name, job in self._jobs().items()} == states, f"{states}", seconds=READ_S)

    def _shows(self, states: dict[str, State]) -> None:
        """In the table of jobs."""
        self._window.until(lambda: self._window.states() == states, f"{Counter(states.values())} in the table")

    def _counts(self) -> None:
        """The chips say what the database says."""
        there = {state: count for state, count in self._store.counts().items() if count}
        chips = self._window.jobs.filter.chips

        def said() -> dict[State, int]:
            figures = {state: int(chip.accessibleName().rpartition(", ")[2]) for state, chip in chips.items()}
            return {state: count for state, count in figures.items() if count}

        self._window.until(lambda: said() == there, f"{there} on the chips")

    def _waits(self, pages: int) -> None:
        """In the table of queues, pages, each in a message."""
        self._window.until(
            lambda: (queue := self._queue()) and (queue.pages, queue.ready) == (pages, pages), f"{pages} pages to wait"
        )

    def _is_paused(self, paused: bool) -> None:
        until(lambda: self._store.paused_queues() == (frozenset({QUEUE}) if paused else frozenset()), "it in the rows")
        self._window.until(lambda: (queue := self._queue()) and queue.paused is paused, "it in the table")

    def _queue(self) -> Queue | None:
        """As the table of queues has it."""
        return next((one for one in self._window.queues.queues.model.rows if one.queue == QUEUE), None)


def _kinds(processes: set[str]) -> set[str]:
    return {one.partition(" ")[0] for one in processes}
