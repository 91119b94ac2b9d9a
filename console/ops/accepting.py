"""Files → rows: a submission is accepted whole, in one transaction before the first byte, or not at all.

Submitted again after it was cut off, it goes on in the rows that it has: none of its files is read twice.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from console.ops.intake import PlannedFile
from console.ops.servers.processes import Mark, find, mark
from console.ops.submission import Order, submitter
from worker.core.admission import NewJob
from worker.core.jobs import Job, Options, State

if TYPE_CHECKING:
    from worker.core.store import Store
    from worker.core.upload_rows import Process

THERE = frozenset({State.QUEUED, State.RUNNING, State.DONE})


def accept(store: Store, files: Sequence[PlannedFile], order: Order) -> list[tuple[PlannedFile, Job]]:
    """A row for every file. Those that are UPLOADING are to be sent by this process; the others have arrived before.

    Raises:
        ServiceError: the database is away; then nothing is accepted.
    """
    known = _gone_on_with(store, files, order)
    rows = [known.pop(_key(file, order), None) for file in files]
    new = [file for file, row in zip(files, rows, strict=True) if row is None]
    added = iter(store.add_jobs(_new_rows(store, new, order)) if new else ())
    pairs = [
        (file, row or Job(next(added), file.name, file.path, State.UPLOADING, options=order.options))
        for file, row in zip(files, rows, strict=True)
    ]
    take(store, [row for row in rows if row is not None])
    return pairs


def unfinished(store: Store) -> list[Job]:
    """This user's uploads that were cut off; not those that another console is just sending."""
    begun = store.unfinished_uploads(submitter())
    others = {one.by for one in begun if one.by is not None and one.by[0] != os.getpid()}
    sending = {by for by in others if find(Mark(*by))}
    return [one.job for one in begun if one.by not in sending]


def take(store: Store, jobs: Sequence[Job]) -> None:
    """This process sends them from now on."""
    begun = [job.id for job in jobs if job.state is State.UPLOADING]
    if begun:
        store.take_uploads(begun, _myself())


def _gone_on_with(store: Store, files: Sequence[PlannedFile], order: Order) -> dict[tuple[str | None, Options], Job]:
    """The rows of a submission of these files that was cut off, by path and options; what has failed is done anew."""
    begun = {(job.source_path, job.options): job for job in unfinished(store)}
    mine = {key: begun[key] for file in files if (key := _key(file, order)) in begun}
    if not mine:
        return {}
    planned = {_storable(file.source): (file.bytes, file.mtime) for file in files}
    arrived = [
        job
        for job, changed in store.submitted_with([job.id for job in mine.values()])
        if job.state in THERE and planned.get(job.source_path or "") == (job.source_bytes, changed)
    ]
    return {(job.source_path, job.options): job for job in arrived} | mine


def _key(file: PlannedFile, order: Order) -> tuple[str | None, Options]:
    return _storable(file.source), order.options


def _new_rows(store: Store, files: Sequence[PlannedFile], order: Order) -> list[NewJob]:
    name, who, by = order.batch, submitter(), _myself()
    batch_id = None if name is None else store.find_batch(name) or store.add_batch(name, who)
    return [
        NewJob(
            name=file.name,
            path=file.path,
            batch_id=batch_id,
            options=order.options,
            priority=order.priority,
            source_path=_storable(file.source),
            source_bytes=file.bytes,
            source_mtime=file.mtime,
            submitted_by=who,
            by=by,
        )
        for file in files
    ]


def _myself() -> Process:
    me = mark(os.getpid())
    assert me is not None
    return me.pid, me.created


def _storable(path: Path) -> str:
    """The path as a database takes it; bytes that are no text are replaced."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
