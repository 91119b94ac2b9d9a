"""The files of a batch on their way, and what they come to. Figures never go back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from PySide6.QtCore import QCoreApplication

from console.ui import counts, words
from console.ui.kit.states import Look, cause, job_look, state_look
from worker.core.jobs import ENDED, Job, State

if TYPE_CHECKING:
    from console.ops.intake import PlannedFile
    from console.ops.uploads import Uploaded

translate = QCoreApplication.translate
Stage = Literal["waiting", "sending", "queued", "running", "done", "failed"]
ARRIVED = frozenset({"queued", "reused", "skipped"})  # steps of ops.uploads after which no byte is sent
AT_REST = ARRIVED | {"failed", "stopped"}
WINDOW_S = 5.0  # the speed is that of the last seconds


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One file: how much of it is sent, and from then on its job."""

    key: str
    name: str
    path: str
    bytes: int
    pages: int | None
    step: str = "waiting"  # the values of ops.uploads.Step
    sent: int = 0
    job_id: UUID | None = None
    job: Job | None = None
    error_class: str | None = None
    sentence: str = ""
    passing: bool = False  # what stopped it can pass: a server that was away
    file: PlannedFile | None = None

    @property
    def pages_done(self) -> int:
        """Pages that are read; all of them when the result is an earlier one."""
        return self.job.pages_done if self.job else 0

    @property
    def all_pages(self) -> int:
        """Pages in it, as far as anybody knows."""
        return (self.job.pages if self.job else None) or self.pages or 0

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        if self.step in {"queued", "reused"}:
            return self.job is not None and self.job.state in ENDED
        return self.step in {"skipped", "failed", "stopped"}

    @property
    def can_go_on(self) -> bool:
        """Whether its upload was cut off and may be taken up again."""
        return self.step == "stopped" or (self.step == "failed" and self.passing)

    @property
    def stage(self) -> Stage:
        """Which chip shows it."""
        if self.step in {"failed", "stopped"}:
            return "failed"
        if self.step in {"waiting", "sending"}:
            return "sending" if self.step == "sending" else "waiting"
        state = self.job.state if self.job else State.QUEUED
        if self.step == "skipped" or state is State.DONE:
            return "done"
        if state in {State.FAILED, State.CANCELLED}:
            return "failed"
        return "running" if state is State.RUNNING else "queued"


def row_of(file: PlannedFile) -> UploadRow:
    """A file that waits for its turn."""
    return UploadRow(str(file.source), file.name, file.path, file.bytes, file.chosen_pages, file=file)


def advanced(row: UploadRow, told: Uploaded) -> UploadRow:
    """The row after what its upload told. What was sent does not shrink, although a file may be sent anew."""
    return replace(
        row,
        step=str(told.step),
        sent=min(max(row.sent, told.sent), row.bytes) if told.step != "queued" else row.bytes,
        job_id=told.job_id or row.job_id,
        error_class=told.error.error_class if told.error else None,
        sentence=words.told(told.error.sentence, told.error.advice) if told.error else "",
        passing=bool(told.error and told.error.retryable),
    )


def with_job(row: UploadRow, job: Job) -> UploadRow:
    """The row with its job as it is now; an older picture of the job is left out."""
    if row.job and row.job.updated and job.updated and job.updated < row.job.updated:
        return row
    sentence = words.told(job.error, job.advice or "") if job.error else row.sentence
    return replace(row, job=job, sentence=sentence)


def look(row: UploadRow) -> Look:
    """Icon, colour and word of its state."""
    if row.step == "failed":
        return Look("circle-x", "bad", cause(row.error_class or ""))
    if row.job is not None and row.step in {"queued", "reused"}:
        return job_look(row.job)
    return {
        "waiting": Look("clock", "text3", translate("Uploads", "To upload")),
        "sending": state_look(State.UPLOADING),
        "queued": state_look(State.QUEUED),
        "reused": Look("copy", "ok", translate("Uploads", "Earlier result")),
        "skipped": Look("circle-slash", "text3", translate("Uploads", "Left out")),
        "stopped": Look("pause", "text3", translate("Uploads", "Stopped")),
    }[row.step]


def progress(row: UploadRow) -> tuple[float | None, str]:
    """The share of what is under way, None where there is no bar, and the figures beside it."""
    if row.step == "sending":
        return (row.sent / row.bytes if row.bytes else 0.0), counts.bytes_of(row.sent, row.bytes)
    if row.job is not None and row.job.state is State.RUNNING and row.all_pages:
        done, whole = words.number(row.pages_done), counts.pages(row.all_pages)
        return row.pages_done / row.all_pages, counts.part_of(done, whole)
    if row.stage == "waiting":
        return None, words.size(row.bytes)
    return None, counts.pages(row.all_pages) if row.all_pages else words.DASH


@dataclass(frozen=True, slots=True)
class Totals:
    """What all rows come to."""

    files: int = 0
    arrived: int = 0
    bytes: int = 0
    sent: int = 0
    pages: int = 0
    pages_read: int = 0
    failed: int = 0
    stopped: int = 0
    at_rest: bool = False  # no upload goes on
    ended: bool = False  # nothing goes on

    @property
    def share_sent(self) -> float:
        """0 to 1."""
        return self.sent / self.bytes if self.bytes else float(self.at_rest)

    @property
    def share_read(self) -> float:
        """0 to 1."""
        return self.pages_read / self.pages if self.pages else float(self.ended and not self.stopped)


def total(rows: Iterable[UploadRow], before: Totals | None = None) -> Totals:
    """Sum the rows; no less is sent or read than before."""
    rows = list(rows)
    before = before or Totals()
    return Totals(
        files=len(rows),
        arrived=max(sum(row.step in ARRIVED for row in rows), before.arrived),
        bytes=sum(row.bytes for row in rows),
        sent=max(sum(row.bytes if row.step in ARRIVED else row.sent for row in rows), before.sent),
        pages=sum(row.all_pages for row in rows if row.step not in {"skipped", "failed"}),
        pages_read=max(sum(row.pages_done for row in rows), before.pages_read),
        failed=sum(row.stage == "failed" and not row.can_go_on for row in rows),
        stopped=sum(row.can_go_on for row in rows),
        at_rest=bool(rows) and all(row.step in AT_REST for row in rows),
        ended=bool(rows) and all(row.ended for row in rows),
    )


class Speed:
    """Bytes a second over the last seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def take(self, now: float, sent: int) -> None:
        """A sample: the time in seconds, and the bytes sent until then."""
        self._samples.append((now, sent))
        while len(self._samples) > 2 and now - self._samples[0][0] > WINDOW_S:
            self._samples.popleft()

    @property
    def value(self) -> float:
        """Zero until there is something to say."""
        if len(self._samples) < 2:
            return 0.0
        (begun, before), (now, sent) = self._samples[0], self._samples[-1]
        return (sent - before) / (now - begun) if now > begun else 0.0
