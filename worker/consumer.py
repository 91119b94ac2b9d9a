"""Celery's consumer, which waits for a broker that is away, refuses it or is full, and says so in a sentence.

Celery's own waits grow to half a minute, and it ends when Redis takes no changes: a message that was taken from a full
one cannot be noted as held.
"""

from __future__ import annotations

import logging
import time
import warnings
from contextlib import closing
from itertools import chain, repeat

from celery.exceptions import CPendingDeprecationWarning
from celery.worker.consumer import Consumer
from celery.worker.state import maybe_shutdown
from kombu.connection import Connection
from redis import RedisError

from worker.app import settings
from worker.core.broker import Broker
from worker.core.broker_errors import spoken
from worker.core.errors import ServiceError

FIRST_WAITS_S, WAIT_AT_MOST_S = (1, 2, 4, 8), 10  # with the time that a try takes this stays under 15
log = logging.getLogger("worker.broker")
warnings.simplefilter("ignore", CPendingDeprecationWarning)  # of a default that is to change; ours is set


class PatientConsumer(Consumer):  # type: ignore[misc]
    """Waits for its broker for as long as it takes, unless the worker is to stop."""

    def ensure_connected(self, conn: Connection) -> Connection:
        """The same connection, made at last, to a broker that takes changes."""
        for wait_s in chain(FIRST_WAITS_S, repeat(WAIT_AT_MOST_S)):
            error = _connected(conn)
            if error is None:
                break
            log.warning("No work comes in. %s %s Next try in %d s.", error.sentence, error.advice, wait_s)
            for _ in range(wait_s):
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
