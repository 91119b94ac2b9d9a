"""What is there when all has come to rest: rows, objects and messages."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import redis
from sqlalchemy import Row

from tests.chaos.database import Attempt, Database
from worker.core.blobs import PROBE, Blobs
from worker.core.errors import OcrConsoleError
from worker.core.marks import OBJECT as MARK
from worker.core.raw_messages import TASK_HEADER
from worker.core.settings import Settings

_JOBS = """
select id, state, source_path, source_key, error_class, error, advice, pages, outputs, attempts from jobs order by id"""
_PAGES = "select job_id, number, state, error from pages order by job_id, number"
_NAMED = """
select source_key as key from jobs where source_key is not null
union select value ->> 'key' from jobs, jsonb_each(outputs)
union select hocr_key from pages where hocr_key is not null
union select pdf_key from pages where pdf_key is not null"""
# What Celery and kombu keep besides messages: bindings, mailboxes of the remote control, their own bookkeeping.
_THEIR_OWN = re.compile(r"_kombu\.binding|.*pidbox")
_OURS = ("unacked", "ocr", "celery")


@dataclass(slots=True)
class Evidence:
    """Everything that the verdict looks at."""

    jobs: Sequence[Row[Any]]
    attempts: Sequence[Attempt]
    pages: Mapping[UUID, Mapping[int, bool]]  # of each job: whether it was read; else its row says why not
    statuses: Mapping[UUID, str]  # of tasks
    leases: int  # of tasks, still held
    bad_outputs: list[str] = field(default_factory=list)  # that are not as their row says
    texts: dict[UUID, str] = field(default_factory=dict)
    unnamed: int = 0  # objects that no row speaks of
    messages: list[str] = field(default_factory=list)  # in Redis, that no row explains
    held_by_the_dead: int = 0  # messages of ended tasks that nobody acknowledged


def gather(database: Database, settings: Settings) -> Evidence:
    """Look everywhere."""
    tasks = database.rows("select id, status from tasks")
    evidence = Evidence(
        jobs=database.rows(_JOBS),
        attempts=database.attempts(),
        pages=_pages(database),
        statuses={row.id: row.status for row in tasks},
        leases=sum(row.status == "running" for row in tasks),
    )
    named = {row.key for row in database.rows(_NAMED)}
    _look_into_the_bucket(evidence, Blobs(settings), named)
    _look_into_redis(evidence, settings)
    return evidence


def _pages(database: Database) -> dict[UUID, dict[int, bool]]:
    found: dict[UUID, dict[int, bool]] = defaultdict(dict)
    for row in database.rows(_PAGES):
        found[row.job_id][row.number] = not (row.state == "failed" and row.error)
    return found


def _look_into_the_bucket(evidence: Evidence, blobs: Blobs, named: set[str]) -> None:
    for job in evidence.jobs:
        for form, output in job.outputs.items():
            try:
                content = blobs.get_bytes(output["key"])
            except OcrConsoleError as error:
                evidence.bad_outputs.append(f"{job.source_path} {form}: {error.sentence}")
                continue
            if (len(content), hashlib.sha256(content).hexdigest()) != (output["bytes"], output["sha256"]):
                evidence.bad_outputs.append(f"{job.source_path} {form}: not the bytes that its row names")
            if form == "txt":
                evidence.texts[job.id] = content.decode("utf-8")
    evidence.unnamed = sum(one.key not in named for one in blobs.list() if one.key not in {PROBE, MARK})


def _look_into_redis(evidence: Evidence, settings: Settings) -> None:
    with redis.Redis.from_url(settings.broker_url, socket_timeout=5) as client:
        for key in sorted(client.scan_iter()):
            name = key.decode()
            if _THEIR_OWN.match(name):
                continue
            if not name.startswith(_OURS):
                evidence.messages.append(f"a key {name}")
            elif client.type(key) == b"list":
                _explain(evidence, name, client.lrange(key, 0, -1))
            elif name == "unacked":
                held = client.hvals(key)
                evidence.held_by_the_dead = len(held)
                _explain(evidence, name, [json.dumps(json.loads(raw)[0]) for raw in held])


def _explain(evidence: Evidence, where: str, raws: Sequence[Any]) -> None:
    """A message of a task that has ended is one too many, and harmless; any other asks for work that nobody does."""
    for raw in raws:
        task = json.loads(raw)["headers"].get(TASK_HEADER)
        status = evidence.statuses.get(UUID(task)) if task else None
        if status not in {"done", "failed", "cancelled"}:
            evidence.messages.append(f"{where}: a message for the task {task}, which is {status}")
