"""Doorbells, and what a worker is to the broker."""

import time
from typing import Any
from uuid import uuid4

from celery import Celery

from worker.core.broker import celery_settings
from worker.core.jobs import LEGACY_QUEUE, QUEUE, Doorbell, Priority
from worker.core.settings import Settings

QUEUES = (QUEUE, LEGACY_QUEUE)


def bell(priority: Priority = Priority.NORMAL, queue: str = QUEUE) -> Doorbell:
    return Doorbell(uuid4(), uuid4(), queue, priority)


def consumer(settings: Settings) -> Celery:
    """What a worker is to the broker: Celery itself with our configuration."""
    app = Celery("consumer", set_as_current=False)
    app.conf.update(celery_settings(settings))
    return app


def taken(app: Celery, queue: str = QUEUE) -> Any:
    """The next message, held and not acknowledged."""
    channel = app.connection_for_read().channel()
    channel.qos._on_collect.cancel()  # which would give it back when this process ends, to a server that is gone
    until = time.monotonic() + 30
    while (message := channel.basic_get(queue)) is None and time.monotonic() < until:
        pass
    return message
