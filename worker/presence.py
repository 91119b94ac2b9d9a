"""What a worker's main process does beside its tasks: say what it is every two seconds, and keep house."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import tempfile
import threading
from importlib.metadata import version
from typing import Any

import psutil
from celery.signals import celeryd_init, setup_logging, worker_ready, worker_shutdown

from worker.abilities import Abilities
from worker.app import settings
from worker.bench import Bench, bench, name_worker, worker_name
from worker.children import Children
from worker.consumer import PatientConsumer
from worker.core.broker import Broker
from worker.core.errors import OcrConsoleError
from worker.core.housekeeper import Housekeeper
from worker.core.language_wait import LanguageWait
from worker.core.logs import configure
from worker.core.old_rows import OldRows
from worker.core.retention import Retention
from worker.core.sampling import Sampler
from worker.core.store import WorkerReport
from worker.core.sweeper import Sweeper
from worker.looking import Fetching, Pausing
from worker.measuring import show
from worker.terms import terms_of

SAY_EVERY_S = 2.0
WAIT_AT_MOST_S = 15.0  # between two tries while the database is away
GOODBYE_S = 5.0
MEGABYTE = 1_000_000
log = logging.getLogger("worker.presence")


class Presence:
    """The threads of one worker's main process, from ready to goodbye."""

    def __init__(self, consumer: PatientConsumer) -> None:
        self._consumer = consumer
        self._name: str = consumer.hostname
        self._desk = bench(settings)
        self._desk.alone = _pool(consumer) == "solo"
        self._abilities = Abilities(self._desk)
        self._terms = terms_of(consumer)
        self._rival: dict[str, Any] | None = None  # another process that speaks under our name
        self.report: WorkerReport | None = None  # the last
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._say, name="presence", daemon=True),
            threading.Thread(
                target=Children(self._desk, self._name).run, args=(self._stop,), name="vouch", daemon=True
            ),
            threading.Thread(target=Pausing(consumer, self._desk).run, args=(self._stop,), name="pausing", daemon=True),
            threading.Thread(
                target=Fetching(consumer, self._desk, lambda: self._abilities.languages).run,
                args=(self._stop,),
                name="fetching",
                daemon=True,
            ),
            threading.Thread(target=self._keep_house, name="housekeeper", daemon=True),
        ]

    def start(self) -> None:
        """Begin to say so, and to keep house."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Say goodbye; a database that is away does not hold the stop up for long."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=GOODBYE_S)

    def _say(self) -> None:
        wait, spoken = 0.0, False
        while not self._stop.wait(wait):
            try:
                self.report = self._report()
                before = self._desk.store.put_worker(self.report)
                self._hear(before if spoken else None)
                wait, spoken = SAY_EVERY_S, True
            except OcrConsoleError as error:
                wait = min(max(wait, SAY_EVERY_S) * 2, WAIT_AT_MOST_S)
                said = f"{error.sentence} {error.advice}"
                log.warning("The database does not hear this worker. %s Next try in %.0f s.", said, wait)
            except Exception:
                log.exception("A fault in what this worker says of itself")
                wait = WAIT_AT_MOST_S
        self._say_goodbye()

    def _hear(self, other: dict[str, Any] | None) -> None:
        """Somebody else spoke under our name since we did: he will be told of in the next report."""
        if other is not None and other != self._rival:
            said = "Another worker is called %s: process %s on %s. Give one of them another name."
            log.warning(said, self._name, other["pid"], other["host"])
        self._rival = other

    def _say_goodbye(self) -> None:
        """Nothing is held now but what could not be given back before."""
        try:
            self._desk.leases.let_go(self._name)
            self._desk.store.worker_goodbye(self._name)
            if self._rival is None:
                self._desk.broker.bindings.forget(self._name)
        except OcrConsoleError as error:
            log.warning("No goodbye: %s", error.sentence)

    def _keep_house(self) -> None:
        broker = Broker(settings)
        if housekeeper := self._housekeeper(broker):
            housekeeper.run(self._stop)
        broker.close()

    def _housekeeper(self, broker: Broker) -> Housekeeper | None:
        """It needs the database's tables, and a worker may be there before them; None if it has to stop first."""
        wait = 0.0
        while not self._stop.wait(wait):
            try:
                return _housekeeper(self._desk, broker, self._name)
            except OcrConsoleError:  # the other thread says so
                wait = SAY_EVERY_S
        return None

    def _report(self) -> WorkerReport:
        pool, scaler = self._consumer.pool, self._consumer.controller.autoscaler
        self._abilities.look()
        children = [process.pid for process in psutil.Process().children()]
        doing = self._desk.store.doing(self._name)
        return WorkerReport(
            name=self._name,
            host=socket.gethostname(),
            pid=os.getpid(),
            version=version("ocr-console"),
            pool=_pool(self._consumer),
            slots=pool.num_processes,
            busy=len(doing),
            queues=tuple(sorted(self._consumer.taken_from)),
            paused=tuple(sorted(self._consumer.held_back)),
            terms=self._terms,
            rival=self._rival,
            doing=tuple(doing),
            children=tuple(children),
            languages=self._abilities.languages,
            tools=self._abilities.tools,
            memory_mb=_memory_mb(children),
            autoscale=(scaler.max_concurrency, scaler.min_concurrency) if scaler else None,
            disk_free_mb=round(shutil.disk_usage(tempfile.gettempdir()).free / MEGABYTE),
        )


def _pool(consumer: PatientConsumer) -> str:
    return type(consumer.pool).__module__.rpartition(".")[2]


def _housekeeper(desk: Bench, broker: Broker, name: str) -> Housekeeper:
    engine = desk.engine
    old_rows, retention = OldRows(engine, settings), Retention(engine, settings, name)
    return Housekeeper(
        engine,
        desk.leases,
        broker,
        name=name,
        sweep=Sweeper(engine, desk.blobs).sweep,
        expire=lambda: old_rows.expire() + retention.expire(),
        languages=LanguageWait(engine, broker.messages, wait_s=settings.language_wait_s).tend,
        sample=Sampler(engine, broker).sample,
    )


def _memory_mb(children: list[int]) -> float:
    """Resident memory of this process and its children, in MB."""
    total = 0
    for pid in (os.getpid(), *children):
        try:
            total += psutil.Process(pid).memory_info().rss
        except psutil.NoSuchProcess:  # a child that was replaced just now
            continue
    return round(total / MEGABYTE, 1)


_presence: list[Presence] = []  # of this process: one, between ready and goodbye


@setup_logging.connect
def _log_to_stdout(**_: object) -> None:
    configure(settings.log_level, settings.log_format, settings.secrets, worker_name())
    for warning in settings.warnings:
        log.warning(warning)


@celeryd_init.connect
def _name(sender: str, **_: object) -> None:
    name_worker(sender)


@worker_ready.connect
def _begin(sender: PatientConsumer, **_: object) -> None:
    _presence.append(Presence(sender))
    show(lambda: _presence[0].report if _presence else None)
    _presence[0].start()


@worker_shutdown.connect
def _end(**_: object) -> None:
    while _presence:
        _presence.pop().close()
