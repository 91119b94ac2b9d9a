"""What works everywhere in the window: the palette, the sheet of keys, the way from pane to pane."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtWidgets import QApplication

from console.ui import counts, words
from console.ui.actions import Action, actions_of
from console.ui.going import Going
from console.ui.kit import reading

if TYPE_CHECKING:
    from console.ops.snapshot import Snapshot
    from console.ui.frame import Frame
    from console.ui.keys import KeySheet
    from console.ui.palette import Found, Palette
    from console.ui.palette_hits import Hit
    from worker.core.jobs import Job

translate = QCoreApplication.translate
Jobs = Callable[[str, Callable[[Sequence["Job"]], None]], None]  # finds jobs by name, and tells them later
EXTRA = 5  # jobs that the palette shows
More = Callable[[], Sequence["Hit"]]


class Shell(QObject):
    """Opens the palette and the sheet.

    Args:
        frame: The window.
        going: Where a hit leads.
        find_jobs: Jobs by a part of their name.
    """

    def __init__(self, frame: Frame, going: Going, find_jobs: Jobs) -> None:
        super().__init__(frame)
        self._frame, self._going, self._find_jobs = frame, going, find_jobs
        self._snapshot: Snapshot | None = None
        self.more: list[More] = []  # other sources of hits: saved filters
        go_to = translate("Shell", "Go to anything")
        self.palette_action = Action(frame, go_to, self.open_palette, icon="search", key="Ctrl+K")
        self.keys_action = Action(frame, translate("Shell", "All keys"), self.open_keys, icon="keyboard", key="?")
        self.pane_action = Action(frame, translate("Shell", "Next pane"), self.next_pane, key="F6")
        frame.top_bar.go_to.clicked.connect(self.open_palette)

    def show(self, snapshot: Snapshot) -> None:
        """What there is to go to."""
        self._snapshot = snapshot

    def open_palette(self) -> Palette:
        """Show the palette over the window."""
        from console.ui.palette import Palette

        palette = Palette(self._frame, self._hits, self._search)
        palette.open()
        return palette

    def open_keys(self) -> KeySheet:
        """Show the sheet of keys over the window."""
        from console.ui.keys import KeySheet, keys_of, list_keys

        here: dict[str, list[Action]] = {}
        for part, action in self._actions_here():
            here.setdefault(part or translate("Keys", "On this page"), []).append(action)
        everywhere = keys_of(self._frame.actions())
        ways = [key for key in everywhere if _leads(key.keys)]
        groups = (
            (translate("Keys", "Go to"), ways),
            (translate("Keys", "In a list"), list_keys()),
            *((part, keys_of(actions)) for part, actions in here.items()),
            (translate("Keys", "Anywhere"), [key for key in everywhere if not _leads(key.keys)]),
        )
        sheet = KeySheet(self._frame, self._frame.page_title, groups)
        sheet.open()
        return sheet

    def next_pane(self) -> None:
        """Give the focus to the next pane: the places, the page, what lies beside it."""
        panes = [pane for pane in self._frame.panes() if pane.isVisible()]
        focus = QApplication.focusWidget()
        at = next((n for n, pane in enumerate(panes) if focus is pane or (focus and pane.isAncestorOf(focus))), -1)
        for pane in [*panes[at + 1 :], *panes[: at + 1]]:
            target = next(reading.stops(pane), None)
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _search(self, text: str, found: Found) -> None:
        self._find_jobs(text, lambda jobs: found([self._job(job) for job in jobs[:EXTRA]]))

    def _job(self, job: Job) -> Hit:
        from console.ui.job_icons import job_icon
        from console.ui.jobs_columns import shown_state
        from console.ui.palette_hits import Hit
        from worker.core.jobs import State

        note = shown_state(job).word
        if job.pages is not None:
            whole = counts.pages(job.pages)
            read = whole if job.state is State.DONE else counts.part_of(words.number(job.pages_done), whole)
            note = translate("Palette", "{state}, {pages}").format(state=note, pages=read)
        return Hit("job", job_icon(job.name), job.name, lambda: self._going.to_job.emit(job.id), note)

    def _hits(self) -> Sequence[Hit]:
        hits = [*self._pages(), *self._things()]
        for source in self.more:
            hits += source()
        return [*hits, *self._commands()]

    def _pages(self) -> Iterator[Hit]:
        from console.ui.palette_hits import Hit

        for action in self._frame.actions():
            if isinstance(action, Action) and _leads((action.key,)):
                yield Hit("page", action.icon_name, action.text(), action.trigger, key=action.key)

    def _commands(self) -> Iterator[Hit]:
        from console.ui.palette_hits import Hit

        everywhere = [("", action) for action in self._frame.actions() if isinstance(action, Action)]
        for part, action in [*self._actions_here(), *everywhere]:
            if not action.isEnabled() or _leads((action.key,)):
                continue
            if action is not self.palette_action and action.text():
                icon = action.icon_name or "terminal"
                yield Hit("command", icon, action.text(), action.trigger, part, key=action.key)

    def _actions_here(self) -> Iterator[tuple[str, Action]]:
        page = self._frame.page
        return actions_of(page) if page is not None else iter(())

    def _things(self) -> Iterator[Hit]:
        from console.ui.palette_hits import Hit

        if self._snapshot is None:
            return
        going = self._going
        for batch in getattr(self._snapshot.facts, "batches", ()):
            done = translate("Palette", "{done} of {all} pages")
            note = done.format(done=words.number(batch.pages_done), all=words.number(batch.pages))
            show = Hit("batch", "files", translate("Palette", "Show its jobs"), _jobs_of(going, batch.id))
            yield Hit("batch", "layers", batch.name, _to(going.to_batch, batch.id), note, acts=(show,))
        for worker in self._snapshot.workers:
            yield Hit("worker", "cpu", worker.name, _to(going.to_worker, worker.name), _presence(worker.state))
        for queue in getattr(self._snapshot.facts, "queues", ()):
            ready = words.counted(
                queue.ready, translate("Palette", "{n} task ready"), translate("Palette", "{n} tasks ready")
            )
            yield Hit("queue", "inbox", queue.queue, _to(going.to_queue, queue.queue), ready)


def _leads(keys: Sequence[str]) -> bool:
    """Whether it is one of the keys `G` and a letter, which lead to a page."""
    return any(one.startswith("G, ") for one in keys)


def _to(signal: object, value: object) -> Callable[[], object]:
    return lambda: signal.emit(value)  # type: ignore[attr-defined]  # a Signal that is bound


def _jobs_of(going: Going, batch: object) -> Callable[[], object]:
    from worker.core.filters import JobFilter

    return lambda: going.to_jobs.emit(JobFilter(batch_ids=frozenset({batch})))  # type: ignore[arg-type]


def _presence(state: str) -> str:
    return {
        "online": translate("Workers", "Online"),
        "silent": translate("Workers", "Silent"),
        "lost": translate("Workers", "Lost"),
    }.get(state, state)
