"""Rows of the database to the program's data, and values made fit to be stored."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from worker.core.jobs import (
    Attempt,
    Batch,
    Job,
    Options,
    Output,
    Page,
    PageMark,
    Priority,
    State,
    Task,
    TaskKind,
    TaskState,
    listed,
)
from worker.core.said_stored import kept_of, recalled_in

if TYPE_CHECKING:
    from sqlalchemy import Row  # the window reads filters before SQLAlchemy has been loaded

JOB_COLUMNS = """j.id, j.name, j.path, j.state, b.name as batch, j.batch_id, j.queue, j.priority, j.options::text,
    j.source_key, j.source_path, j.source_bytes, j.source_sha256, j.media_type, j.pages, j.pages_done, j.pages_failed,
    j.mean_confidence, j.error_class, j.error, j.advice, j.made_of, j.attempts, j.seconds, j.engine::text,
    j.notes::text, j.outputs, j.reading,
    j.submitted_by, j.created_at as created, j.updated_at as updated, j.started_at as started,
    j.finished_at as finished"""
JOBS = f"select {JOB_COLUMNS} from jobs j left join batches b on b.id = j.batch_id"  # noqa: S608 - constants
TASKS = """select id, job_id, kind, status as state, attempt, max_attempts, first_page, last_page, queue, priority,
    worker, error_class, error from tasks"""
ATTEMPTS = """select task_id, attempt, worker, status, error_type as error_class, error_message as error,
    made_of, started_at as started, finished_at as finished, traceback from task_log"""
LINES = ATTEMPTS.replace(", traceback", "")
MARKS = """select p.number, p.state, p.source, p.confidence, p.error_class, left(p.error, 300) as error,
    p.skew, p.turned, p.tried, p.gain, p.reused, p.made_of
    from pages p join jobs j on j.id = p.job_id and p.reading = j.reading"""
PAGES = """select number, state, source, confidence, words, chars, text, width, height, seconds, hocr_key, pdf_key,
    dpi, drops_text, skew, turned, tried, gain, image_key, reused, reading, error_class, error, made_of from pages"""
BATCHES = "select id, name, created_by, created_at as created, paused from batches"

MAX_SENTENCE = 2_000
MAX_TRACEBACK = 20_000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL refuses NUL, UTF-8 has no lone surrogates
_Text = TypeVar("_Text", str, "str | None")


def job_of(row: Row[Any]) -> Job:
    """A row of JOBS, in 0.05 ms; other senders' rows may hold priorities and options that we do not know."""
    values = told(row._asdict())
    values["state"] = State(values["state"])
    values["priority"] = priority_of(values["priority"])
    values["options"] = options_of(values["options"])
    values["engine"] = dict(_engine_of(values["engine"])) if values["engine"] else None
    values["notes"] = _notes_of(values["notes"])
    values["outputs"] = outputs_of(values["outputs"])
    return Job(**values)


def task_of(row: Row[Any]) -> Task:
    """A row of TASKS."""
    values = row._asdict()
    values["kind"] = TaskKind(values["kind"])
    values["state"] = TaskState(values["state"])
    values["priority"] = priority_of(values["priority"])
    return Task(**values)


def attempt_of(row: Row[Any]) -> Attempt:
    """A row of ATTEMPTS."""
    return Attempt(**told(row._asdict()))


def page_of(row: Row[Any]) -> Page:
    """A row of PAGES."""
    values = told(row._asdict())
    key = values["image_key"]  # the driver shows its own memory
    return Page(**values | {"image_key": None if key is None else bytes(key)})


def mark_of(row: Row[Any]) -> PageMark:
    """A row of MARKS; of thousands hardly one has failed."""
    return PageMark(*tuple(row)[:-1]) if row.made_of is None else PageMark(**told(row._asdict()))


def batch_of(row: Row[Any]) -> Batch:
    """A row of BATCHES."""
    return Batch(**row._asdict())


@lru_cache(maxsize=1000)
def options_of(stored: str) -> Options:
    """Options of a row's JSON. Thousands of jobs share a handful, as of engines and notes: each is parsed once."""
    return Options.from_dict(json.loads(stored))


@lru_cache(maxsize=1000)
def _engine_of(stored: str) -> Mapping[str, Any]:
    found = json.loads(stored)
    return found if isinstance(found, dict) else {}


@lru_cache(maxsize=1000)
def _notes_of(stored: str) -> tuple[str, ...]:
    found = json.loads(stored)
    return tuple(map(str, found)) if isinstance(found, list) else ()


@lru_cache(maxsize=100)
def priority_of(number: int) -> Priority:
    """The priority whose step of Redis the number falls in: 4 waits with the normal ones."""
    return next((step for step in Priority if number <= step), Priority.LOW)


def outputs_of(stored: object) -> dict[str, Output]:
    """Outputs of the row, as they are listed; an entry that is a bare key is another program's."""
    return {name: _output_of(stored[name]) for name in listed(stored)} if isinstance(stored, Mapping) else {}


def _output_of(value: object) -> Output:
    if not isinstance(value, Mapping):
        return Output(str(value), 0, "")
    size = value.get("bytes")
    return Output(str(value.get("key")), size if isinstance(size, int) else 0, str(value.get("sha256") or ""))


def outputs_json(outputs: Mapping[str, Output]) -> str:
    """Outputs as JSON for their row."""
    return to_json({name: {"key": o.key, "bytes": o.bytes, "sha256": o.sha256} for name, o in outputs.items()})


def told(values: dict[str, Any]) -> dict[str, Any]:
    """The same columns of a row, its sentences with what they are made of, which is taken out."""
    made_of = values.pop("made_of")
    return values if made_of is None else values | dict(recalled_in(values, made_of))


def made_of(**texts: str | None) -> str | None:
    """The column `made_of` for a row with these sentences: JSON, or None where all are plain.

    Of one that is too long for its column only the English is kept.
    """
    whole = {name: text for name, text in texts.items() if text is not None and len(text) <= MAX_SENTENCE}
    kept = kept_of(whole)
    return None if kept is None else to_json(kept)


def storable(text: _Text, limit: int | None = None) -> _Text:
    """Text that PostgreSQL takes: without NUL, lone surrogates as U+FFFD, cut at `limit` characters."""
    if text is None:
        return text
    clean = _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)
    return clean if limit is None or len(clean) <= limit else clean[: limit - 1] + "…"


def composed(name: str) -> str:
    """A name as it is stored: NFC, so that it is found however it was typed."""
    return storable(unicodedata.normalize("NFC", name))


def to_json(value: object) -> str:
    """JSON that PostgreSQL takes, wherever the texts in it come from."""
    return json.dumps(_clean(value), ensure_ascii=False)


def _clean(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    return str(value) if isinstance(value, UUID) else value
