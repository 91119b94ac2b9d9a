"""Celery's messages as they lie in Redis: what one says of itself. Others write there too: nothing raises."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from worker.core.jobs import TASK_NAME, Priority

TASK_HEADER = "ocr_task"  # names the row of leased work; Celery has a header `task` of its own
SENT_HEADER = "ocr_sent"  # seconds since 1970 when the doorbell was rung: a message carries no time of its own
LATEST = 1e11  # seconds since 1970: what says more counts in other units, or says nonsense
_NO_JSON = (ValueError, RecursionError)  # RecursionError: brackets in brackets in brackets
FIRST = 10  # messages of a list that are asked for before it is known how large they are
PAGE = 2_000  # in one answer
PAGE_BYTES = 8_000_000  # the same in bytes: others may send documents within their messages
PRIORITY_STEPS = tuple(int(step) for step in Priority)
SEPARATOR = "\x06\x16"  # kombu's, between a queue's name and its priority


def lists_of(queue: str) -> tuple[str, ...]:
    """The Redis lists of a queue, the most urgent first; the tail of a list runs next."""
    return tuple(f"{queue}{SEPARATOR}{step}" if step else queue for step in PRIORITY_STEPS)


def next_count(page: Sequence[bytes]) -> int:
    """How many messages may be asked for after these: few more if they are large."""
    return max(1, min(4 * len(page), PAGE, PAGE_BYTES * len(page) // max(1, sum(map(len, page)))))


def loads(raw: bytes) -> dict[str, Any] | None:
    """A message, or None for what is not one: others may write into the same Redis."""
    try:
        message = json.loads(raw)
    except _NO_JSON:
        return None
    return message if isinstance(message, dict) else None


def held_message(raw: bytes) -> dict[str, Any] | None:
    """The message of an entry of kombu's hash: [message, exchange, routing key]."""
    try:
        message = json.loads(raw)[0]
    except (*_NO_JSON, LookupError, TypeError):
        return None
    return message if isinstance(message, dict) else None


def headers_of(message: dict[str, Any]) -> dict[str, Any]:
    """Its headers, {} without."""
    headers = message.get("headers")
    return headers if isinstance(headers, dict) else {}


def queue_of(message: dict[str, Any]) -> str | None:
    """The queue that it was sent to."""
    try:
        return str(message["properties"]["delivery_info"]["routing_key"])
    except (LookupError, TypeError):
        return None


def task_of(message: dict[str, Any]) -> UUID | None:
    """The row of leased work that it names; an older sender's names none."""
    return _uuid(headers_of(message).get(TASK_HEADER))


def job_of(message: dict[str, Any]) -> UUID | None:
    """The job that it is about; None for another program's message."""
    if headers_of(message).get("task") != TASK_NAME:
        return None
    try:
        (job, *_), *_ = json.loads(base64.b64decode(message["body"]))
    except (*_NO_JSON, LookupError, TypeError):
        return None
    return _uuid(job)


def sent_of(message: dict[str, Any]) -> float | None:
    """When it was sent, in seconds since 1970; None where its sender does not say."""
    moment = headers_of(message).get(SENT_HEADER)
    return moment if isinstance(moment, int | float) and 1 < moment < LATEST else None


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
