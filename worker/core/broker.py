"""Every Redis call and every message: ring the doorbell, look at the queues; and the settings of Celery."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from worker.core.addresses import Address
from worker.core.bindings import Bindings
from worker.core.broker_access import Access
from worker.core.broker_checkup import BrokerCheckup
from worker.core.broker_errors import spoken
from worker.core.broker_memory import BrokerMemory
from worker.core.celery_events import Events
from worker.core.control import Control
from worker.core.depths import Depths, QueueDepth
from worker.core.jobs import LEGACY_QUEUE, QUEUE, TASK_NAME, Doorbell
from worker.core.marks import BrokerMarks
from worker.core.messages import Messages
from worker.core.peeking import Peeking
from worker.core.poisoned import PoisonList
from worker.core.raw_messages import PAGE, PRIORITY_STEPS, SENT_HEADER, SEPARATOR, TASK_HEADER, loads, task_of
from worker.core.routes import ROUTES, is_route
from worker.core.settings import Settings

if TYPE_CHECKING:
    from celery import Celery
    from kombu.entity import Queue
    from kombu.messaging import Producer

PROBE = "ocr_probe"  # a key that is written to see whether the broker takes changes
RESULT_DAYS = 7


def celery_settings(settings: Settings) -> dict[str, Any]:
    """Celery's configuration; RELIABILITY says why each is as it is. Workers and senders use the same."""
    wires = {
        "socket_timeout": 10,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "health_check_interval": 5,
        "global_keyprefix": settings.key_prefix,
    }
    return {
        "broker_url": settings.broker_url,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # a worker waits for its broker as long as it takes
        "broker_channel_error_retry": True,  # also for one that is full
        "broker_transport_options": {
            **wires,
            "visibility_timeout": settings.visibility_timeout_s,
            "priority_steps": list(PRIORITY_STEPS),
            "sep": SEPARATOR,
            "interval_start": 1,
            "interval_step": 2,
            "interval_max": 15,
        },
        "result_backend": settings.result_backend,
        "result_backend_transport_options": {"global_keyprefix": settings.key_prefix} if settings.key_prefix else {},
        "result_expires": RESULT_DAYS * 86_400,
        "redis_socket_timeout": wires["socket_timeout"],
        "redis_socket_connect_timeout": wires["socket_connect_timeout"],
        "redis_socket_keepalive": True,
        "redis_backend_health_check_interval": wires["health_check_interval"],
        "task_queues": [_queue_of(name) for name in (QUEUE, LEGACY_QUEUE)],
        "task_default_queue": QUEUE,
        "task_routes": {TASK_NAME: {"queue": QUEUE}},
        "task_serializer": "json",
        "result_serializer": "json",
        "event_serializer": "json",
        "accept_content": ["json"],
        "result_accept_content": ["json"],
        "task_acks_late": True,
        "task_reject_on_worker_lost": False,
        "task_ignore_result": True,
        "task_time_limit": settings.time_limit_s,
        "task_soft_time_limit": settings.soft_time_limit_s,
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_max_tasks_per_child": settings.max_children_tasks,
        "worker_max_memory_per_child": settings.max_memory_mb * 1024,  # Celery counts KiB
        "worker_redirect_stdouts": False,
        "timezone": "UTC",
        "enable_utc": True,
    }


def _queue_of(name: str) -> Queue:
    """With an exchange of its own: by Celery's default both queues would hang on one, and a message come twice."""
    from kombu.entity import Exchange, Queue

    return Queue(name, Exchange(ROUTES if is_route(name) else name), routing_key=name)  # type: ignore[no-untyped-call]


class Broker:
    """The queues of one deployment. Threads may share it; a process makes its own.

    Nothing here tries twice: a caller is told within seconds, and the outbox rings again.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._prefix = settings.key_prefix
        self.place = Address.parse(settings.broker_url).place
        self._redis = redis.Redis.from_url(
            settings.broker_url,
            socket_timeout=5,
            socket_connect_timeout=3,
            retry=Retry(NoBackoff(), 0),
            client_name="ocr-console",
        )
        self._opening = Lock()
        access = Access(self._redis, self._prefix, self._errors)
        self.messages = Messages(access)
        self._depths = Depths(access)
        self.bindings = Bindings(access)
        self.events = Events(access)
        self.peeking = Peeking(access)
        self.poison = PoisonList(access)
        self.memory = BrokerMemory(access)
        self.marks = BrokerMarks(access)
        self.checkup = BrokerCheckup(access)
        self.control = Control(self._opened, self._errors)

    def check(self) -> float:
        """Ask whether it takes a change, as a message is one; seconds that took. Raises NetworkError or AccessRefused.

        A server that is full or cannot write to its disk answers a ping, and no work gets through it.
        """
        began = time.perf_counter()
        with self._errors():
            self._try_out()
        return time.perf_counter() - began

    def ring(self, bell: Doorbell) -> None:
        """Tell the workers to look at a row.

        Raises:
            NetworkError: The message may have arrived all the same: do not send it again, the claim sorts that out.
            AccessRefused: The broker does not take our password.
        """
        with self._errors():
            self._send(bell)

    def ring_all(self, bells: Iterable[Doorbell]) -> Iterator[list[Doorbell]]:
        """Tell the workers to look at many rows, 2,000 in a round trip; gives those that the broker took.

        Raises:
            NetworkError, AccessRefused: as `ring` does; of those that were not given yet, some may have arrived.
        """
        rest = iter(bells)
        while some := list(islice(rest, PAGE)):
            with self._errors(), self._producing() as producer:
                for bell in some:
                    self._send(bell, producer)
            yield some

    def depths(self, queues: Sequence[str]) -> list[QueueDepth]:
        """How full the queues are. Raises NetworkError or AccessRefused."""
        return self._depths.read(queues)

    def ready(self, queues: Sequence[str]) -> int:
        """How many messages lie in the queues, whoever sent them."""
        with self._errors(), self._redis.pipeline(transaction=False) as pipe:
            for key in (key for queue in queues for key in self.messages.keys(queue)):
                pipe.llen(key)
            return sum(pipe.execute())

    def waiting(self, queues: Sequence[str]) -> tuple[set[UUID], set[UUID]]:
        """The rows whose doorbells lie in the queues, and those whose doorbells are held by a worker.

        A message can be seen twice and cannot be missed: senders push at the head, from which we read, workers take
        from the tail, and what they took meanwhile is in the hash that is read last.
        """
        with self._errors():
            raws = (raw for queue in queues for raw in self.messages.ready(queue))
            ready = {task for raw in raws if (task := task_of(loads(raw) or {}))}  # of large ones no more is kept
        return ready, self.messages.held_task_ids()

    def close(self) -> None:
        """Close the connections."""
        if "_app" in self.__dict__:
            self._app.close()
        self._redis.close()

    def _send(self, bell: Doorbell, producer: Producer | None = None) -> None:
        self._opened().send_task(
            TASK_NAME,
            args=[str(bell.job_id)],
            queue=_queue_of(bell.queue) if is_route(bell.queue) else bell.queue,
            priority=int(bell.priority),
            headers={TASK_HEADER: str(bell.task_id), SENT_HEADER: round(time.time(), 3)},
            ignore_result=True,
            retry=False,
            producer=producer,
        )

    @contextmanager
    def _producing(self) -> Iterator[Producer]:
        """A producer whose messages go out together at the end: kombu makes a client for each, and waits for it."""
        with self._opened().producer_or_acquire() as producer:
            channel = producer.channel
            with channel._create_client().pipeline(transaction=False) as pipe:  # noqa: SLF001 - there is no other way
                channel._create_client = lambda: pipe  # noqa: SLF001
                try:
                    yield producer
                    pipe.execute()
                finally:
                    del channel._create_client  # noqa: SLF001

    def _opened(self) -> Celery:
        with self._opening:  # building the app is not safe from several threads
            return self._app

    @cached_property
    def _app(self) -> Celery:
        from celery import Celery

        app = Celery("ocr-console", set_as_current=False)
        app.conf.update(celery_settings(self._settings))
        app.conf.update(result_backend=None, broker_connection_timeout=3)
        app.conf.broker_transport_options.update(socket_timeout=5, max_retries=0, client_name="ocr-console")
        return app

    def _try_out(self) -> None:
        self._redis.set(self._prefix + PROBE, "1", ex=60)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what redis-py and kombu raise into our errors."""
        from kombu.exceptions import OperationalError

        try:
            yield
        except redis.exceptions.ExecAbortError as problem:  # it does not say why: the next change will
            with self._errors():
                self._try_out()
            raise spoken(problem, self.place) from problem
        except (redis.RedisError, OperationalError, OSError) as problem:
            raise spoken(problem, self.place) from problem
