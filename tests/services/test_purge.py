"""A purge on real servers takes what its question counted: what comes between the two stays."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import redis

from console.ops.acting import act
from console.ops.purge import Purge, look
from console.ops.services import Services
from console.ops.undo import Undo
from tests.services.doorbells import consumer, taken
from tests.services.queued_jobs import queued
from tests.services.test_acts import add_foreign, ids, rung
from tests.services.test_messages import FOREIGN, everything
from worker.core.jobs import QUEUE, Priority, State
from worker.core.settings import Settings


def all_of(lists: dict[bytes, list[bytes]]) -> Counter[bytes]:
    return Counter(chain.from_iterable(lists.values()))


def test_a_purge_takes_only_what_its_question_counted(
    services: Services, settings: Settings, client: redis.Redis
) -> None:
    taken_by_then, asked = rung(services, priority=Priority.NEXT), rung(services, 2)
    add_foreign(client)
    before = everything(client)
    seen = look(services, QUEUE)
    assert (seen.jobs, seen.messages, seen.ids) == (3, 3 + 4 * len(FOREIGN), {*ids(taken_by_then), *ids(asked)})
    later = (*rung(services, 2), queued(services.store))  # one has no message yet
    add_foreign(client)  # others, although they say the same
    with consumer(settings) as app:
        assert taken(app).headers["ocr_task"] == str(taken_by_then[0][1])
        came = everything(client)
        done = act(Purge(QUEUE, seen), services)
        assert (done.data.purged, done.data.held) == (2 + 4 * len(FOREIGN), 1)
        assert {services.store.job(job).state for job in ids(asked)} == {State.CANCELLED}
        assert {services.store.job(job).state for job in ids([*taken_by_then, *later])} == {State.QUEUED}
        assert all_of(everything(client)) == all_of(came) - all_of(before)
        assert act(Undo(), services).data.jobs == 2
        assert all_of(everything(client)) == all_of(came)
