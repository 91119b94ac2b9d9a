"""What is foreseen is what then happens, act by act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from console.ops.acting import act
from console.ops.acts import Cancel, Delete, Reprocess, Retry, SetPriority
from console.ops.commands import Acted, Command
from console.ops.previews_of_acts import ActKind, foresee
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from tests.services.queued_jobs import change, queued, uploading
from worker.core.filters import JobFilter
from worker.core.jobs import Priority, State
from worker.core.settings import Settings
from worker.core.store import Store

ACTS: dict[ActKind, Callable[[tuple[UUID, ...]], Command[Acted]]] = {
    ActKind.RETRY: Retry,
    ActKind.REPROCESS: Reprocess,
    ActKind.CANCEL: Cancel,
    ActKind.PRIORITY: lambda ids: SetPriority(ids, Priority.HIGH),
    ActKind.DELETE: Delete,
}


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


def of_every_kind(services: Services, engine: Engine) -> list[UUID]:
    """One in each state, one more that is urgent already, one that is done but for a page, one that never arrived."""
    ended = "update jobs set state = :state, pages = 4, pages_done = 1, pages_failed = :failed where id = :job"
    jobs = [uploading(services.store), *(queued(services.store)[0] for _ in range(6))]
    for job, state, failed in zip(jobs[2:], ("RUNNING", "DONE", "DONE", "FAILED"), (0, 0, 1, 0), strict=False):
        change(engine, ended, job=job, state=state, failed=failed)
    change(engine, "update jobs set priority = 3 where id = :job", job=jobs[6])
    never = uploading(services.store)
    change(engine, "update jobs set state = 'FAILED' where id = :job", job=never)
    return [*jobs, never]


@pytest.mark.parametrize("kind", ActKind)
def test_what_is_foreseen_is_what_happens(services: Services, engine: Engine, kind: ActKind) -> None:
    jobs = (*of_every_kind(services, engine), uuid4())
    seen = foresee(services, kind, jobs, priority=Priority.HIGH)
    assert foresee(services, kind, jobs, priority=Priority.HIGH) == seen  # nothing was done
    done = act(ACTS[kind](seen.ids), services).data
    assert 0 < seen.hit == len(done.done)
    reasons = [one.why for one in done.refused]
    assert seen.cannot == {why: reasons.count(why) for why in reasons}
    assert seen.reasons.endswith(".")


def test_a_filter_is_frozen_and_pages_are_counted(services: Services, engine: Engine) -> None:
    of_every_kind(services, engine)
    seen = foresee(services, ActKind.CANCEL, JobFilter())
    assert (seen.jobs, seen.pages, seen.pages_left) == (
        {State.QUEUED: 2, State.UPLOADING: 1, State.RUNNING: 1},
        1 + 2 + 2 + 4,
        1 + 2 + 2 + 3,
    )
    queued(services.store)
    assert len(seen.ids) == 8
