"""Celery's consumer, which waits for a broker that is away, refuses it or is full, and says so in a sentence.

Celery's own waits grow to half a minute, and it ends when Redis takes no changes: a message that was taken from a full
one cannot be noted as held.
"""

from __future__ import annotations

import logging
import time
import warnings
from contextlib import closing

from celery.exceptions import CPendingDeprecationWarning
from celery.worker.consumer import Consumer
from celery.worker.state import maybe_shutdown
from kombu.connection import Connection
from redis import RedisError

from worker.app import settings
from worker.core.broker import Broker
from worker.core.broker_errors import spoken
from worker.core.errors import ServiceError
from worker.core.routes import ROUTES, is_route, route_to

WAIT_S = 2  # before another try: what is queued is taken up within five seconds of a broker's return
SAY_AGAIN = 15  # every so many tries
log = logging.getLogger("worker.broker")
warnings.simplefilter("ignore", CPendingDeprecationWarning)  # of a default that is to change; ours is set


class PatientConsumer(Consumer):  # type: ignore[misc]
    """Waits for its broker for as long as it takes, unless the worker is to stop."""

    def __init__(self, *args: object, **options: object) -> None:
        """Neighbours are not asked at every start, which takes a second: what they know is in the database."""
        super().__init__(*args, **{**options, "without_mingle": True, "without_gossip": True})
        self.held_back: frozenset[str] = frozenset()  # queues that it leaves for as long as they are paused

    @property
    def taken_from(self) -> frozenset[str]:
        """The queues that it takes from now, but for its own; any thread may ask."""
        queues = list(self.task_consumer.queues) if self.task_consumer else []
        return frozenset(queue.name for queue in queues if not is_route(queue.name))

    @property
    def takes_own(self) -> bool:
        """Whether it takes from the queue in which it alone is rung for; any thread may ask."""
        return bool(self.task_consumer) and self.task_consumer.consuming_from(route_to(self.hostname))

    def take_own(self) -> None:
        """Take from that queue too."""
        route = route_to(self.hostname)
        self.add_task_queue(route, exchange=ROUTES, routing_key=route)

    def hold_back(self, queue: str) -> None:
        """Leave a queue until it goes on. These five are for the thread of the loop: see `call_soon`."""
        super().cancel_task_queue(queue)
        self.held_back |= {queue}

    def let_go_on(self, queue: str) -> None:
        """Take from a queue again that was held back, unless somebody had this worker leave it meanwhile."""
        if queue in self.held_back:
            self.add_task_queue(queue)

    def add_task_queue(self, queue: str, *about: object, **options: object) -> None:
        """Told from outside, too."""
        self.held_back -= {queue}
        super().add_task_queue(queue, *about, **options)

    def cancel_task_queue(self, queue: str) -> None:
        """Told from outside: it is not taken up again when the queue goes on."""
        self.held_back -= {queue}
        super().cancel_task_queue(queue)

    def ensure_connected(self, conn: Connection) -> Connection:
        """The same connection, made at last, to a broker that takes changes."""
        said, tried = "", 0
        while error := _connected(conn):
            if error.sentence != said or tried % SAY_AGAIN == 0:
                log.warning("No work comes in. %s %s It is tried every %d s.", error.sentence, error.advice, WAIT_S)
            said, tried = error.sentence, tried + 1
            for _ in range(WAIT_S):
                maybe_shutdown()
                time.sleep(1)
        self.first_connection_attempt = False
        return conn


def _connected(conn: Connection) -> ServiceError | None:
    """Connect, if the broker takes changes; what is wrong, if anything is."""
    with closing(Broker(settings)) as broker:
        try:
            broker.check()
            conn.connect()  # type: ignore[no-untyped-call]
        except ServiceError as error:
            return error
        except (RedisError, OSError) as problem:
            return spoken(problem, broker.place)
    return None
