"""Job, task and state as data: the words, the legal changes, and what one looks like. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

TASK_NAME = "ocr.run_job"
QUEUE = "ocr"
TRIES = ("orientation", "upscaled", "threshold")  # what is done to a page that was read badly, to read it again
LEGACY_QUEUE = "celery"  # Celery's default queue, where older senders put their messages
DPI = range(50, 1201)  # at which pages are drawn
FORMATS = ("txt", "pdf", "hocr", "alto", "tsv", "json", "md")  # in the order in which they are listed to people
USUAL_FORMATS = ("txt", "pdf", "hocr", "tsv", "json")  # made where nobody says which; what was always made
RECEIPT = "receipt"  # what is always made beside them: what was read, with what, and how it came out
MODES = ("auto", "force", "redo")


def listed(outputs: Iterable[str]) -> list[str]:
    """Names of outputs in the order in which they are listed to people; what another program made comes last."""
    known = (*FORMATS, RECEIPT)
    return sorted(outputs, key=lambda name: (known.index(name) if name in known else len(known), name))


class State(StrEnum):
    """A job's life, as CONTRACT names it."""

    UPLOADING = "UPLOADING"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class TaskState(StrEnum):
    """The life of one unit of leased work."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TaskKind(StrEnum):
    """What a unit of leased work does."""

    READ = "read"  # look at the document; read a short one, spread a long one over tasks of the other two kinds
    PAGES = "pages"
    ASSEMBLE = "assemble"


class Priority(IntEnum):
    """Redis priority of a message: the lowest number runs first."""

    NEXT = 0
    HIGH = 3
    NORMAL = 6
    LOW = 9


ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED})
ACTIVE = frozenset({State.UPLOADING, State.QUEUED, State.RUNNING})

LEGAL: Mapping[State, frozenset[State]] = {
    State.UPLOADING: frozenset({State.QUEUED, State.DONE, State.FAILED, State.CANCELLED}),  # DONE: read before, reused
    State.QUEUED: frozenset({State.RUNNING, State.DONE, State.FAILED, State.CANCELLED}),  # DONE: a retry is undone
    State.RUNNING: frozenset({State.QUEUED, State.DONE, State.FAILED, State.CANCELLED}),
    State.DONE: frozenset({State.QUEUED}),  # reprocess, or a retry of the pages that failed
    State.FAILED: frozenset({State.QUEUED}),  # retry
    State.CANCELLED: frozenset({State.QUEUED, State.UPLOADING}),  # retry; undo, to what it was
}


def may_become(before: State, after: State) -> bool:
    """Whether a job may go from one state straight to the other."""
    return after in LEGAL[before]


_SWITCHES = ("deskew", "pdfa", "keep_scripts", "changed")  # of Options, those that are on or off


@dataclass(frozen=True, slots=True)
class Options:
    """How a document is to be read; stored with the job and what makes two readings the same, but for its name."""

    languages: str = "eng"  # tesseract's spelling: deu+eng
    mode: str = "auto"  # auto: pages with good text keep it; force: read all; redo: drop an earlier text layer
    formats: tuple[str, ...] = USUAL_FORMATS  # in the order of FORMATS
    pages: str = ""  # "3-7,9"; empty means all
    dpi: int = 300
    deskew: bool = True  # turn a page that was scanned askew before it is read
    pdfa: bool = False  # the searchable PDF as PDF/A-2b
    keep_scripts: bool = False  # JavaScript and launch actions stay in the searchable PDF
    preset: str = field(default="balanced", compare=False)  # the values above were copied from it
    changed: bool = field(default=False, compare=False)  # some of them were chosen on top of it

    def as_dict(self) -> dict[str, Any]:
        """The options as JSON keeps them."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return values | {"formats": list(self.formats)}

    @classmethod
    def from_dict(cls, values: object) -> Options:
        """Options from a row, which another program may have written.

        What is missing, of another kind or out of bounds takes its default; what is unknown is ignored.
        """
        known = {k: v for k, v in values.items() if k in cls.__slots__} if isinstance(values, Mapping) else {}
        formats, dpi = known.pop("formats", None), known.pop("dpi", None)
        given: dict[str, Any] = {name: known.pop(name) for name in _SWITCHES if isinstance(known.get(name), bool)}
        given |= {name: str(value) for name, value in known.items() if value is not None and name not in _SWITCHES}
        if isinstance(formats, list | tuple) and (wanted := tuple(form for form in FORMATS if form in formats)):
            given["formats"] = wanted
        if isinstance(dpi, int) and dpi in DPI:
            given["dpi"] = dpi
        return cls(**given)


@dataclass(frozen=True, slots=True)
class Output:
    """One stored result."""

    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Job:
    """A job's row as the rest of the program sees it. Times are aware and in UTC, durations in seconds."""

    id: UUID
    name: str
    path: str
    state: State
    batch: str | None = None
    batch_id: UUID | None = None
    queue: str = QUEUE
    priority: Priority = Priority.NORMAL
    options: Options = field(default_factory=Options)
    source_key: str | None = None
    source_path: str | None = None
    source_bytes: int | None = None
    source_sha256: str | None = None
    media_type: str | None = None
    pages: int | None = None
    pages_done: int = 0  # settled in any way: read, blank or failed
    pages_failed: int = 0  # of those, the ones that could not be read
    mean_confidence: float | None = None  # 0 to 100
    error_class: str | None = None
    error: str | None = None
    advice: str | None = None
    attempts: int = 1
    seconds: float | None = None  # of reading, summed over its finished tasks
    engine: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()
    outputs: Mapping[str, Output] = field(default_factory=dict)
    reading: int = 1  # raised by a reprocess: pages of an earlier reading are to be replaced
    submitted_by: str | None = None  # "user@host"
    created: datetime | None = None
    updated: datetime | None = None
    started: datetime | None = None
    finished: datetime | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A unit of leased work as the command line and the window show it."""

    id: UUID
    job_id: UUID
    kind: TaskKind
    state: TaskState
    attempt: int
    max_attempts: int
    first_page: int | None = None  # 1-based, inclusive; None: the whole document
    last_page: int | None = None
    queue: str = QUEUE
    priority: Priority = Priority.NORMAL
    worker: str | None = None
    error_class: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Doorbell:
    """What a message to the workers carries: which row to look at, in which queue, how urgent."""

    task_id: UUID
    job_id: UUID
    queue: str = QUEUE
    priority: Priority = Priority.NORMAL


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that were added together."""

    id: UUID
    name: str
    created_by: str | None = None  # "user@host"
    created: datetime | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """A row of the task log."""

    task_id: UUID
    attempt: int
    worker: str | None
    status: str  # pending, processing, success, failed, retrying
    error_class: str | None
    error: str | None
    started: datetime | None
    finished: datetime | None
    traceback: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of a page that was read. Sizes are pixels of the image the engine saw."""

    number: int  # 1-based
    state: str  # done, blank, failed
    source: str = "ocr"  # ocr: read by the engine; text: taken from the document as it was
    confidence: float | None = None  # mean of its words, 0 to 100; None without words
    words: int = 0
    chars: int = 0
    text: str = ""
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    hocr_key: str | None = None
    pdf_key: str | None = None
    dpi: int | None = None  # of that image
    drops_text: bool = False  # an earlier invisible layer gives way to this reading
    skew: float | None = None  # degrees that were turned back before it was read
    turned: int | None = None  # quarter turns, clockwise, after which it was read; None: as it is
    tried: str | None = None  # which second try won: one of TRIES; None: the first reading stands
    gain: float | None = None  # points of confidence that it brought; it may be less sure of far more words
    image_key: bytes | None = None  # of what was read, with what and how; None: no engine read it
    reused: bool = False  # an engine read the same image before, in the same way: that result is taken over
    reading: int = 1  # of the job, to which this belongs
    error_class: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class PageMark:
    """How a page came out, in a few words: what a wall of them is made of."""

    number: int  # 1-based
    state: str  # done, blank, failed
    source: str = "ocr"  # as in Page
    confidence: float | None = None  # 0 to 100; None without words
    error_class: str | None = None
    error: str | None = None  # its first 300 characters
    skew: float | None = None  # as in Page, like all that follows
    turned: int | None = None
    tried: str | None = None
    gain: float | None = None
    reused: bool = False
