"""What an act would hit, counted without doing it: jobs that are alike in all that such an act looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from sqlalchemy import Engine, text

from worker.core.database import single

AT_ONCE = 10_000  # jobs in one statement, which has its time limit
_ALIKE = text("""
select state, source_key is not null as uploaded, least(pages_failed, 1) as pages_failed, priority,
    count(*) as jobs, sum(coalesce(pages, 1)) as pages, sum(greatest(coalesce(pages, 1) - pages_done, 0)) as pages_left
from jobs where id = any(cast(:ids as uuid[])) group by 1, 2, 3, 4""")


@dataclass(frozen=True, slots=True)
class Alike:
    """Jobs between which no act makes a difference; the first four are as in a job's row."""

    state: str
    uploaded: bool
    pages_failed: int  # 1: one or more
    priority: int


@dataclass(frozen=True, slots=True)
class Group:
    """How many are alike."""

    alike: Alike
    jobs: int
    pages: int  # all told; a job whose pages are not counted yet is one
    pages_left: int  # still to be read


class Foreseeing:
    """Counting before an act."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def groups(self, ids: Sequence[UUID]) -> list[Group]:
        """The jobs of a frozen list that there are, the largest group first."""
        jobs, pages, left = Counter[Alike](), Counter[Alike](), Counter[Alike]()
        rest = iter(dict.fromkeys(ids))
        with single(self.engine) as connection:
            while some := list(islice(rest, AT_ONCE)):
                for row in connection.execute(_ALIKE, {"ids": some}):
                    alike = Alike(row.state, row.uploaded, row.pages_failed, row.priority)
                    jobs[alike] += row.jobs
                    pages[alike] += int(row.pages)
                    left[alike] += int(row.pages_left)
        return [Group(alike, count, pages[alike], left[alike]) for alike, count in jobs.most_common()]
