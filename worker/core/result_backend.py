"""Whether the Redis answers in which Celery keeps results. Our own tasks leave none there."""

from __future__ import annotations

import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from worker.core.addresses import Address
from worker.core.broker_errors import spoken
from worker.core.settings import Settings


def ask(settings: Settings) -> float:
    """Seconds until it answers. Raises NetworkError or AccessRefused."""
    place = Address.parse(settings.result_backend).place
    began = time.perf_counter()
    try:
        with redis.Redis.from_url(
            settings.result_backend,
            socket_timeout=5,
            socket_connect_timeout=3,
            retry=Retry(NoBackoff(), 0),
            client_name="ocr-console",
        ) as client:
            client.ping()
    except (redis.RedisError, OSError) as problem:
        raise spoken(problem, place, "CELERY_RESULT_BACKEND") from problem
    return time.perf_counter() - began
