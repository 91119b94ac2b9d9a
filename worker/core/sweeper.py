"""Deletes the objects that no row names any more, by the record of where such may lie.

An object is listed before the rows are asked for it, and an attempt writes under a name of its own: so what is not
named then, and belongs to no attempt that runs, will never be named. Jobs that read the same bytes may share objects.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Engine, Row, text

from worker.core.blobs import Blobs
from worker.core.database import single
from worker.core.errors import OcrConsoleError

ROWS = 100  # taken in a round
ROUND_S = 10.0  # no other prefix is begun after that
KEYS = 500  # asked for and deleted at once
AGAIN_S = 300.0  # a prefix that could not be swept is tried again after so long

# Named with its version: one that is recorded once more meanwhile stays.
_DUE = text("""
select l.prefix, l.job_id, l.source_sha256, l.upload_id, l.xmin\\:\\:text as version, j.state = 'UPLOADING' as arriving,
    j.upload ->> 'id' as current_upload, j.upload ->> 'key' as upload_key
from leftovers l left join jobs j on j.id = l.job_id
where l.due_at <= clock_timestamp() order by l.due_at limit :rows""")
_SWEPT = text("delete from leftovers where prefix = :prefix and xmin\\:\\:text = :version")
_LATER = text("""
update leftovers set due_at = clock_timestamp() + make_interval(secs => :again_s)
where prefix = :prefix and xmin\\:\\:text = :version""")
_NAMED = text("""
with sharing as (
    select id, source_key, outputs from jobs where id = :job
        or source_sha256 = coalesce(:source_sha256, (select source_sha256 from jobs where id = :job))),
named as (
    select source_key as key from sharing
    union all select output.value ->> 'key' from sharing cross join lateral jsonb_each(outputs) output
    union all select hocr_key from pages where job_id in (select id from sharing)
    union all select pdf_key from pages where job_id in (select id from sharing)
    union all select 'thumbnails/' || id || '.webp' from jobs where id = :job)
select key from unnest(cast(:keys as text[])) listed (key)
where key in (select n.key from named n where n.key is not null) or exists (
    select from tasks t where t.job_id = :job and t.status = 'running'
        and starts_with(listed.key, 'results/' || t.job_id || '/' || t.id || '-' || t.attempt || '/'))""")


class Sweeper:
    """Sweeps one bucket. It is safe if two do.

    Args:
        engine: The rows.
        blobs: The objects.
    """

    def __init__(self, engine: Engine, blobs: Blobs) -> None:
        self._engine = engine
        self._blobs = blobs

    def sweep(self) -> int:
        """One round; how many objects were deleted. Raises StorageError, AccessRefused or DatabaseError."""
        until, count = time.monotonic() + ROUND_S, 0
        with single(self._engine) as connection:
            rows = connection.execute(_DUE, {"rows": ROWS}).all()
        for row in rows:
            count += self._clear(row)
            if time.monotonic() > until:
                break
        return count

    def _clear(self, row: Row[Any]) -> int:
        """Clear one prefix; where the server is away it stays on record."""
        of_row = {"prefix": row.prefix, "version": row.version}
        try:
            self._abort_upload(row)
            count = 0 if row.arriving else self._delete(row)
        except OcrConsoleError:
            with single(self._engine) as connection:
                connection.execute(_LATER, {**of_row, "again_s": AGAIN_S})
            raise
        with single(self._engine) as connection:
            connection.execute(_SWEPT, of_row)
        return count

    def _abort_upload(self, row: Row[Any]) -> None:
        if row.upload_id is None:  # one that was begun and never written down has none
            if row.prefix.startswith("uploads/") and not row.arriving:
                self._blobs.parts.abort_all(row.prefix)
            return
        if row.arriving and row.upload_id == row.current_upload:
            return
        whole_key = row.upload_key if row.upload_id == row.current_upload else row.prefix
        if whole_key.endswith("/"):
            if not row.arriving:
                self._blobs.parts.abort_all(row.prefix)
        else:
            self._blobs.parts.abort(whole_key, row.upload_id)

    def _delete(self, row: Row[Any]) -> int:
        count = 0
        for keys in _some(one.key for one in self._blobs.list(row.prefix)):
            asked = {"job": row.job_id, "source_sha256": row.source_sha256, "keys": keys}
            with single(self._engine) as connection:
                named = set(connection.scalars(_NAMED, asked))
            doomed = [key for key in keys if key not in named]
            self._blobs.delete(doomed)
            count += len(doomed)
        return count


def _some(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while some := list(islice(rest, KEYS)):
        yield some
