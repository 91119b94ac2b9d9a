"""What the doctor says of worker processes: ours, a second one of the same name, and one of another program."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis

from console.ops.doctor.examination import examine
from console.ops.doctor.verdicts import Report, Verdict
from console.ops.services import Services
from tests.services import doctor_table
from tests.services.connections import profile
from tests.services.doctor_cases import FAIL, FLEET, OK, WARN, healthy
from tests.services.doorbells import bell
from tests.services.foreign_worker import foreign_worker
from tests.services.worker_process import celery_worker
from tests.waiting import until
from worker.core.settings import Settings
from worker.core.store import Store

NAME, FOREIGN = "one@desk", f"theirs@{socket.gethostname()}"


class Doctor:
    """Looks at these services."""

    def __init__(self, services: Services, home: Path) -> None:
        self.services, self._home = services, home

    def look(self, *names: str) -> Report:
        """These checks, or all of the fleet and the rows."""
        looks = tuple(one for one in FLEET if not names or one.name in names)
        return examine(self.services, looks=looks, home=self._home)

    def until_said(self, verdict: Verdict, *names: str) -> Report:
        """The first report in which all of these say so: the rows of two that share a name take turns."""
        found: list[Report] = []

        def so() -> bool:
            found[:] = [self.look(*names)]
            return {check.verdict for check in found[0].checks} == {verdict}

        until(so, f"{names} to be {verdict}", seconds=30)
        return found[0]


@pytest.fixture
def doctor(settings: Settings, clean: None, tmp_path: Path) -> Iterator[Doctor]:
    with Services.open(profile(settings)) as opened:
        yield Doctor(opened, tmp_path)


def test_one_that_is_well_one_of_the_same_name_and_one_of_another_program(
    doctor: Doctor, settings: Settings, store: Store, tmp_path: Path
) -> None:
    with celery_worker(settings, store, tmp_path, name=NAME):
        well = doctor.look()
        wrong = {one.name for one in well.checks if one.verdict in {WARN, FAIL}}
        assert wrong <= {"worker-disk"}, well  # of the machine that the test runs on
        _look_at_one_on_another_broker(doctor, well, settings, store)
        _look_at_one_that_left_its_queue(doctor, well)
        _look_at_two_of_one_name(doctor, well, settings, store, tmp_path)
        _look_at_another_program(doctor, well, settings)


def _look_at_one_on_another_broker(doctor: Doctor, well: Report, settings: Settings, store: Store) -> None:
    store.put_worker(replace(healthy(settings), name="two@desk", started=datetime.now(UTC) - timedelta(minutes=1)))
    found, cause = doctor.look("worker-elsewhere"), "one of two workers takes from another broker"
    doctor_table.compare(cause, "worker-elsewhere-two@desk", found, well, verdict=WARN)
    store.worker_goodbye("two@desk")


def _look_at_one_that_left_its_queue(doctor: Doctor, well: Report) -> None:
    broker = doctor.services.broker
    assert broker.control.ask("cancel_consumer", [NAME], queue="ocr")[NAME].ok
    broker.ring(bell())
    left = doctor.until_said(FAIL, "no-worker")
    said = doctor_table.compare("a worker was told to leave a queue", "no-worker-ocr", left, well, verdict=FAIL)
    assert NAME in said.cause
    assert broker.control.ask("add_consumer", [NAME], queue="ocr")[NAME].ok
    doctor.until_said(OK, "no-worker")


def _look_at_two_of_one_name(doctor: Doctor, well: Report, settings: Settings, store: Store, folder: Path) -> None:
    (folder / "other").mkdir()
    options = ("--prefetch-multiplier", "4")
    other = replace(settings, time_limit_s=500, soft_time_limit_s=400)
    with celery_worker(other, store, folder / "other", name=NAME, options=options) as second:
        both = doctor.until_said(WARN, "worker-names", "worker-prefetch", "worker-time-limit")
        cause = "two workers of ours have one name"
        said = doctor_table.compare(cause, "worker-names", both, well, verdict=WARN)
        assert str(second.process.pid) in said.fact
        until(lambda: f"Another worker is called {NAME}" in second.log, "it to say so itself")
    for cause, name in (
        ("one of ours was started with a prefetch of 4", "worker-prefetch"),
        ("one of ours was started with another time limit", "worker-time-limit"),
    ):
        doctor_table.compare(cause, name, both, well, verdict=WARN)


def _look_at_another_program(doctor: Doctor, well: Report, settings: Settings) -> None:
    broker, options = doctor.services.broker, ("-Q", "foreign,celery")
    theirs = {"FOREIGN_VISIBILITY": "300", "FOREIGN_TASK": "ocr.run_job"}
    with foreign_worker(settings.broker_url, *options, name=FOREIGN, prefetch=4, **theirs):
        until(lambda: FOREIGN in {name for name, _ in broker.control.everybody("ping")}, "the foreign one")
        with redis.Redis.from_url(settings.broker_url) as client:
            client.lpush("ocr", b"hello")
        until(broker.poison.count, "the poison to be put aside")
        sick = doctor.look()
    for cause, name, verdict in (
        ("another program's worker takes 4 in advance", "worker-prefetch", WARN),
        ("another program's worker acknowledges early", "worker-acknowledgement", WARN),
        ("another program's worker hands out again after 300 s", "worker-visibility", FAIL),
        ("another program's worker knows our task, and not our rows", "worker-stranger", FAIL),
        ("somebody sent what is no message", "poison", WARN),
    ):
        said = doctor_table.compare(cause, name, sick, well, verdict=verdict)
        assert FOREIGN in f"{said.title} {said.fact}" or name == "poison"
