"""Cancel, purge, undo, reprocess and delete as the window and the command line run them, on real servers."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from sqlalchemy import Engine

from console.ops.acting import act
from console.ops.acts import BY_ITSELF, Cancel, Delete, Reprocess
from console.ops.purge import Purge, look
from console.ops.services import Services
from console.ops.submission import submitter
from console.ops.undo import NOTHING, Undo
from console.ops.ways_back import kept
from tests.services.doorbells import consumer, taken
from tests.services.queued_jobs import OUTPUTS, change, queued, value
from tests.services.test_messages import FOREIGN, everything
from worker.core.errors import NetworkError, UsageError
from worker.core.jobs import LEGACY_QUEUE, QUEUE, Doorbell, Priority, State
from worker.core.leases import Leases
from worker.core.raw_messages import lists_of, loads, task_of
from worker.core.settings import Settings
from worker.core.undoing import packed


def rung(services: Services, count: int = 1, **given: Any) -> list[tuple[UUID, UUID]]:
    """Jobs whose messages are in the queue."""
    pairs = [queued(services.store, **given) for _ in range(count)]
    for job, task in pairs:
        services.broker.ring(Doorbell(task, job, QUEUE, given.get("priority", Priority.NORMAL)))
    services.store.mark_published([task for _, task in pairs])
    return pairs


def ids(pairs: list[tuple[UUID, UUID]]) -> tuple[UUID, ...]:
    return tuple(job for job, _ in pairs)


def ready(services: Services) -> int:
    return services.broker.depths([QUEUE])[0].ready


def away(*_: object, **__: object) -> None:
    raise NetworkError("Redis is away.")


def test_a_cancel_takes_rows_and_messages_and_is_undone_once(services: Services, engine: Engine) -> None:
    pairs, other = rung(services, 3), rung(services)
    done = act(Cancel((*ids(pairs), uuid4())), services)
    assert (done.data.asked, set(done.data.done)) == (4, set(ids(pairs)))
    assert services.broker.waiting([QUEUE])[0] == {other[0][1]}
    assert value(engine, "select action || asked || done || profile from audit") == "cancel43embedded"
    assert value(engine, "select who from audit") == submitter()
    assert value(engine, "select result from audit") == done.message
    assert value(engine, "select count(*) from audit") == 1
    assert isinstance(done.undo, Undo)
    back = act(done.undo, services)
    assert (back.data.what, back.data.jobs) == ("cancel", 3)
    assert {services.store.job(job).state for job in ids(pairs)} == {State.QUEUED}
    assert services.broker.waiting([QUEUE])[0] == {task for _, task in (*pairs, *other)}
    assert act(Undo(), services).message == NOTHING
    assert value(engine, "select string_agg(action, ' ' order by id) from audit") == "cancel undo undo"


def test_an_undo_is_of_the_last_act_of_this_user_on_this_profile_and_of_ten_minutes(
    services: Services, engine: Engine
) -> None:
    first, second = rung(services), rung(services)
    act(Cancel(ids(first)), services)
    change(engine, "alter table audit disable trigger user")
    change(engine, "update audit set at = at - interval '11 min'")
    act(Cancel(ids(second)), services)
    change(engine, "update audit set profile = 'other' where id = (select max(id) from audit)")
    assert act(Undo(), services).data.what is None
    change(engine, "update audit set profile = 'embedded', who = 'bob@desk' where profile = 'other'")
    assert act(Undo(), services).data.what is None
    change(engine, "update audit set who = :me where who = 'bob@desk'", me=submitter())
    change(engine, "alter table audit enable trigger user")
    assert act(Undo(), services).data.jobs == 1
    assert services.store.job(ids(first)[0]).state is State.CANCELLED


def test_a_cancel_holds_although_the_broker_is_away(
    services: Services, leases: Leases, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    [(job, task)] = rung(services)
    with monkeypatch.context() as now:
        now.setattr(services.broker.messages, "remove", away)
        done = act(Cancel((job,)), services)
    assert done.message.endswith(BY_ITSELF)
    assert leases.claim(task, "one@desk") is None
    assert ready(services) == 1  # its message, which comes to nothing
    assert isinstance(done.undo, Undo)
    with monkeypatch.context() as now:
        now.setattr(services.broker, "ring_all", away)
        assert act(done.undo, services).data.jobs == 1
    assert value(engine, "select status from tasks") == "queued"


def test_what_runs_is_revoked_at_its_worker_alone(
    services: Services, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(services.broker.control, "revoke", lambda *given: asked.extend(given))
    pairs = rung(services, 2)
    for number, (_, task) in enumerate(pairs):
        leases.claim(task, f"{number}@desk", message_id=f"m-{number}")
    act(Cancel(ids(pairs[:1])), services)
    assert asked == [("m-0",), {"0@desk"}]


def add_foreign(client: redis.Redis) -> None:
    for name in lists_of(QUEUE):
        client.lpush(name, *FOREIGN)


def test_a_purge_and_its_undo_leave_exactly_the_same_messages(services: Services, client: redis.Redis) -> None:
    for priority in (*Priority, Priority.HIGH, Priority.LOW):
        rung(services, 3, priority=priority)
        add_foreign(client)
    before = everything(client)
    done = act(Purge(QUEUE), services)
    assert done.data.purged == sum(map(len, before.values())) == 18 + 24 * len(FOREIGN)
    assert everything(client) == {}
    assert services.store.counts()[State.CANCELLED] == 18
    assert done.data.undo_until is not None
    back = act(Undo(), services)
    assert (back.data.what, back.data.jobs) == ("purge", 18)
    assert everything(client) == before
    assert services.store.counts()[State.QUEUED] == 18


def test_a_purge_takes_rows_whose_message_is_lost_and_leaves_what_workers_hold(
    services: Services, settings: Settings, client: redis.Redis
) -> None:
    lost = queued(services.store)
    [held], waiting = rung(services), rung(services, 2)
    with consumer(settings) as app:
        assert taken(app).headers["ocr_task"] == str(held[1])
        done = act(Purge(QUEUE), services)
        states = {job: services.store.job(job).state for job in (lost[0], held[0], *ids(waiting))}
    assert (done.data.purged, done.data.held) == (3, 1)
    assert states == dict.fromkeys([lost[0], *ids(waiting)], State.CANCELLED) | {held[0]: State.QUEUED}
    assert act(Undo(), services).data.jobs == 3
    assert services.broker.messages.remove([lost[1]], [QUEUE]) == 1  # it has a message now


def test_an_undo_of_a_purge_leaves_out_what_was_touched_since(services: Services, client: redis.Redis) -> None:
    pairs = rung(services, 4)
    add_foreign(client)
    act(Purge(QUEUE), services)
    services.store.retry(ids(pairs[:1]))
    back = act(Undo(), services)
    assert back.data.jobs == 3
    raws = [raw for keys in everything(client).values() for raw in keys]
    assert sorted(raw for raw in raws if raw in FOREIGN) == sorted(FOREIGN * 4)
    assert {task_of(loads(raw) or {}) for raw in raws} - {None} == {task for _, task in pairs[1:]}


def test_messages_of_others_wait_for_a_broker_that_is_away_at_the_undo(
    services: Services, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung(services, 2)
    add_foreign(client)
    act(Purge(QUEUE), services)
    with monkeypatch.context() as now:
        now.setattr(services.broker.messages, "put_back", away)
        first = act(Undo(), services)
    assert first.data.jobs == 2
    assert everything(client) == {}
    assert isinstance(first.undo, Undo)  # the window offers the same once more, and no earlier act in its place
    again = act(first.undo, services)
    assert again.undo is None
    assert (again.data.what, again.data.jobs) == ("purge", 0)
    raws = [raw for keys in everything(client).values() for raw in keys]
    assert sorted(raw for raw in raws if raw in FOREIGN) == sorted(FOREIGN * 4)


def test_a_purge_that_fails_leaves_the_messages(
    services: Services, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung(services, 2)
    add_foreign(client)
    before = everything(client)
    aside = services.broker.messages.set_aside(QUEUE)
    services.broker.messages.settle(aside, aside.messages)
    fits = packed(kept((), QUEUE, aside.messages))
    assert fits is not None
    for most in (10, len(fits["packed"])):  # the messages alone could be kept, the jobs' states beside them not
        monkeypatch.setattr("worker.core.undoing.MOST_BYTES", most)
        with pytest.raises(UsageError, match="more than can be kept"):
            act(Purge(QUEUE), services)
        assert everything(client) == before
        assert services.store.counts()[State.QUEUED] == 2


def test_a_purge_can_be_undone_though_the_broker_went_away_behind_it(
    services: Services, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = rung(services, 2)
    purge = services.store.purge

    def purged_and_away(*given: Any, **named: Any) -> Any:
        for name in ("depths", "ready"):
            monkeypatch.setattr(services.broker, name, away)
        monkeypatch.setattr(services.broker.messages, "settle", away)
        return purge(*given, **named)

    with monkeypatch.context() as before:
        before.setattr(services.store, "purge", purged_and_away)
        with pytest.raises(NetworkError):
            act(Purge(QUEUE), services)
    monkeypatch.undo()
    assert act(Undo(), services).data.jobs == 2
    assert {services.store.job(job).state for job in ids(pairs)} == {State.QUEUED}


def test_a_purge_that_could_not_end_is_undone_and_no_message_doubled(
    services: Services, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung(services, 2)
    add_foreign(client)
    before = everything(client)
    with monkeypatch.context() as now:
        now.setattr(services.broker.messages, "settle", away)
        with pytest.raises(NetworkError):
            act(Purge(QUEUE), services)
    assert act(Undo(), services).data.jobs == 2
    assert everything(client) == before


def test_a_queue_that_nobody_knows(services: Services) -> None:
    with pytest.raises(UsageError, match="orc"):
        act(Purge("orc"), services)
    done = act(Purge(LEGACY_QUEUE), services)  # known, and empty
    assert (done.data.purged, done.data.undo_until, done.undo) == (0, None, None)


def test_reprocess_and_delete(services: Services, leases: Leases, engine: Engine) -> None:
    [(job, task), (other, _)] = rung(services, 2)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.finish(lease, outputs=OUTPUTS, pages=2, engine={}, seconds=1)
    assert services.broker.messages.remove([task], [QUEUE]) == 1
    done = act(Reprocess((job, other), {"languages": "deu"}), services)
    assert (done.data.asked, done.data.done) == (2, (job,))
    assert task in services.broker.waiting([QUEUE])[0]
    assert act(Delete((job,)), services).data.done == ()  # it waits again
    act(Cancel((job,)), services)
    assert act(Delete((job, other)), services).data.done == (job,)
    assert value(engine, "select count(*) from jobs") == 1
    assert value(engine, "select string_agg(action, ' ' order by id) from audit") == "reprocess delete cancel delete"


def test_the_messages_of_older_senders_are_purged_and_put_back_with_their_jobs(
    services: Services, settings: Settings, client: redis.Redis
) -> None:
    """They know of jobs only, and lie in Celery's default queue."""
    job, _ = queued(services.store)
    with consumer(settings) as app:
        app.send_task("ocr.run_job", [str(job)], queue=LEGACY_QUEUE)
        app.send_task("their.task", ["x"], queue=LEGACY_QUEUE)
    before, seen = everything(client), look(services, LEGACY_QUEUE)
    assert (seen.jobs, seen.messages, seen.ids) == (1, 2, {job})
    assert act(Purge(LEGACY_QUEUE, seen), services).data.purged == 2
    assert services.store.job(job).state is State.CANCELLED
    assert everything(client) == {}
    assert act(Undo(), services).data.jobs == 1
    assert services.store.job(job).state is State.QUEUED
    assert everything(client) == before
