"""What the rows say, asked from outside; a database that is away answers with nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from worker.core.database import open_engine, single
from worker.core.errors import OcrConsoleError
from worker.core.settings import Settings

_ATTEMPTS = """
select l.task_id, l.job_id, l.attempt, l.worker, l.status, l.error_type,
    extract(epoch from l.started_at)::float as started, extract(epoch from l.finished_at)::float as ended,
    extract(epoch from t.created_at)::float as created, t.kind
from task_log l join tasks t on t.id = l.task_id order by l.started_at"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one unit of work. Times are seconds since 1970."""

    task_id: UUID
    job_id: UUID
    attempt: int
    worker: str
    status: str  # the task log's word
    error_type: str | None
    started: float
    ended: float | None
    created: float  # of its task
    kind: str

    @property
    def lost(self) -> bool:
        """Whether its process or its worker was taken from it."""
        return self.error_type in {"interrupted", "engine_crashed"}

    def runs_at(self, moment: float) -> bool:
        """Whether it had begun and not ended then."""
        return self.started <= moment < (self.ended or float("inf"))


class Database:
    """Questions of the harness."""

    def __init__(self, settings: Settings) -> None:
        self.engine = open_engine(settings, application="chaos", pool_size=4)

    def rows(self, query: str, **values: Any) -> Sequence[Row[Any]]:
        """The answer.

        Raises:
            OcrConsoleError: There is none just now.
        """
        with single(self.engine) as connection:
            return connection.execute(text(query), values).all()

    def rows_or_nothing(self, query: str, **values: Any) -> Sequence[Row[Any]] | None:
        """The answer; None while the database is away."""
        try:
            return self.rows(query, **values)
        except OcrConsoleError:
            return None

    def attempts(self) -> list[Attempt]:
        """Every attempt there was, in the order in which they began."""
        return [Attempt(**row._mapping) for row in self.rows(_ATTEMPTS)]

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()
