"""What holds a worker's process before its next task, and what does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from console.ops.health import Name
from tests.services.connections import Gates
from tests.waiting import until
from worker.bench import Bench
from worker.core.blobs import Blobs
from worker.core.errors import (
    AccessRefused,
    CorruptFile,
    DiskFull,
    EngineCrashed,
    OcrConsoleError,
    StorageError,
)
from worker.core.settings import Settings
from worker.gate import Gate, Stop
from worker.pipeline import workspace


@pytest.fixture
def gates(settings: Settings, store: object) -> Iterator[Gates]:
    Blobs(settings).ensure_bucket()
    made = Gates.before(settings)
    yield made
    made.close()


@pytest.fixture
def desk(gates: Gates) -> Bench:
    return Bench(gates.settings)


def test_it_stands_open_and_asks_nobody(settings: Settings) -> None:
    nowhere = Bench(replace(settings, database_url="postgresql://ann@127.0.0.1:1/x", s3_endpoint="127.0.0.1:1"))
    assert Gate(nowhere, Stop()).through(lambda: 7) == 7


@pytest.mark.parametrize("service", ["postgres", "s3"])
def test_a_service_that_went_away_shuts_it_until_it_is_back(desk: Bench, gates: Gates, service: Name) -> None:
    gate, passed = Gate(desk, Stop()), threading.Event()
    gates.by_name[service].close()
    assert gate.took_part(StorageError("It broke off."))
    waiting = threading.Thread(target=lambda: gate.through(passed.set))
    waiting.start()
    assert not passed.wait(1.2)  # it looked once by now
    gates.by_name[service].reopen()
    assert passed.wait(30)
    waiting.join()


def test_a_claim_that_fails_is_made_again(desk: Bench, gates: Gates) -> None:
    gates.by_name["postgres"].close()
    asked = []

    def ask() -> int:
        asked.append(desk.leases)  # opens the database
        return len(asked)

    waiting = threading.Thread(target=lambda: answers.append(Gate(desk, Stop()).through(ask)))
    answers: list[int | None] = []
    waiting.start()
    gates.by_name["postgres"].reopen()
    waiting.join(30)
    assert answers == [1]


@pytest.mark.parametrize(
    "error", [StorageError("uploads/x is not in the bucket."), EngineCrashed("It crashed."), CorruptFile("Broken.")]
)
def test_what_is_the_document_s_own_leaves_it_open(desk: Bench, error: OcrConsoleError) -> None:
    gate = Gate(desk, Stop())
    assert not gate.took_part(error)
    assert gate.through(lambda: 7) == 7


def test_a_key_that_is_refused_is_never_the_document_s_fault(desk: Bench) -> None:
    assert Gate(desk, Stop()).took_part(AccessRefused("The S3 server refused our keys."))


def test_a_full_disk_is_not_the_document_s_fault_and_one_too_small_for_it_is(
    desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = DiskFull("The worker has 3 MB left in /tmp and needs 200 MB.")
    gate = Gate(desk, Stop())
    assert not gate.took_part(full)
    monkeypatch.setattr(workspace, "ROOM_BYTES", 1 << 60)
    assert gate.took_part(full)


def test_a_worker_that_is_to_stop_waits_no_longer(desk: Bench, gates: Gates) -> None:
    stop = Stop()
    gate = Gate(desk, stop)
    gates.by_name["s3"].close()
    assert gate.took_part(StorageError("It broke off."))
    answers: list[int | None] = []
    waiting = threading.Thread(target=lambda: answers.append(gate.through(lambda: 7)))
    waiting.start()
    stop.tell()
    waiting.join(30)
    assert answers == [None]
    assert gate.through(lambda: 8) is None


def test_a_message_is_not_held_for_long(gates: Gates) -> None:
    gate = Gate(Bench(replace(gates.settings, soft_time_limit_s=8)), Stop())
    gates.by_name["s3"].close()
    assert gate.took_part(StorageError("It broke off."))
    assert gate.through(lambda: 7) is None  # after two seconds
    gates.by_name["s3"].reopen()
    until(lambda: gate.through(lambda: 7) == 7, "the gate opens")
