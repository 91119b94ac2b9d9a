"""What a worker can be started with, and how each choice reaches it."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from console.ops.worker_options import WorkerOptions, base_name, faults, next_name, words
from worker.core.errors import UsageError
from worker.core.settings import Settings

SETTINGS = Settings.from_mapping(
    {
        "DATABASE_URL": "postgresql://ocr:hush-hush@db:5432/ocr",
        "CELERY_BROKER_URL": "redis://:hush-hush@redis:6379/0",
        "CELERY_RESULT_BACKEND": "redis://:hush-hush@redis:6379/1",
        "MINIO_ENDPOINT": "s3:9000",
        "MINIO_ACCESS_KEY": "key",
        "MINIO_SECRET_KEY": "hush-hush",
        "MINIO_OCR_BUCKET": "ocr",
    },
    "a test",
)
ALL = WorkerOptions(
    "scan@desk", 3, ("ocr", "ocr.bulk"), nice=5, time_limit_s=300, soft_time_limit_s=200, memory_mb=1000,
    tasks_per_child=50, log_level="DEBUG", log_format="json",
)  # fmt: skip


def test_every_choice_reaches_the_worker() -> None:
    assert faults(ALL, SETTINGS) == {}
    own = ALL.applied_to(SETTINGS)
    assert (own.time_limit_s, own.soft_time_limit_s, own.max_memory_mb, own.max_children_tasks) == (300, 200, 1000, 50)
    assert (own.log_level, own.log_format) == ("DEBUG", "json")
    assert replace(own, **{name: getattr(SETTINGS, name) for name in CHOSEN}) == SETTINGS
    line = " ".join(ALL.celery())
    assert "--hostname scan@desk --concurrency 3 --queues ocr,ocr.bulk" in line
    assert words(ALL) == [*["--name", "scan@desk", "--concurrency", "3", "--queues", "ocr,ocr.bulk", "--nice", "5"]]


CHOSEN = ("time_limit_s", "soft_time_limit_s", "max_memory_mb", "max_children_tasks", "log_level", "log_format")


def test_what_is_not_chosen_is_as_usual() -> None:
    usual = WorkerOptions()
    assert usual.applied_to(SETTINGS) == SETTINGS
    assert usual.variables(SETTINGS) == {}
    assert (usual.slots, WorkerOptions(pool="solo").slots) == (os.cpu_count(), 1)
    assert WorkerOptions(memory_mb=SETTINGS.max_memory_mb).variables(SETTINGS) == {}
    assert WorkerOptions(time_limit_s=100).applied_to(SETTINGS).soft_time_limit_s == 90  # told before it is killed


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "a b", "“a b” cannot be a worker's name"),
        ("name", "", "cannot be a worker's name"),
        ("name", "a@b@c", "cannot be a worker's name"),
        ("concurrency", 0, "from 1 to 512 slots"),
        ("queues", (), "Name a queue"),
        ("queues", ("a,b",), "no spaces and no commas"),
        ("pool", "threads", "expected: prefork or solo"),
        ("nice", -1, "from 0 to 19"),
        ("time_limit_s", 1, "OCR_TIME_LIMIT in the options of this worker is '1'; expected: a whole number"),
        ("time_limit_s", 80_000, "more than OCR_TIME_LIMIT (80000)"),
        ("soft_time_limit_s", 600, "less than OCR_TIME_LIMIT (600)"),
        ("memory_mb", 1, "OCR_MAX_MEMORY"),
        ("tasks_per_child", 0, "OCR_MAX_TASKS_PER_CHILD"),
        ("log_level", "LOUD", "expected: one of DEBUG"),
        ("log_format", "xml", "expected: one of text, json"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(field: str, value: object, told: str) -> None:
    options = replace(WorkerOptions(), **{field: value})  # type: ignore[arg-type]
    found = faults(options, SETTINGS)
    assert list(found) == [field]
    assert told in found[field]
    with pytest.raises(UsageError) as error:
        options.applied_to(SETTINGS)
    assert error.value.sentence == found[field]


def test_several_at_once_have_names_of_their_own() -> None:
    assert [one.name for one in WorkerOptions("scan@desk").several(2)] == ["scan-1@desk", "scan-2@desk"]
    assert [one.name for one in WorkerOptions("scan").several(1)] == ["scan"]
    assert [one.name for one in WorkerOptions().several(2)] == [None, None]
    with pytest.raises(UsageError, match="from 1 to 64"):
        WorkerOptions().several(65)


def test_who_takes_over_has_another_name_that_does_not_grow() -> None:
    assert next_name("scan@desk", ["scan@desk"]) == "scan.2@desk"
    assert next_name("scan.2@desk", ["scan.2@desk"]) == "scan@desk"
    assert next_name("scan@desk", ["scan@desk", "scan.2@desk"]) == "scan.3@desk"
    assert base_name("scan.12@a.2.b") == "scan@a.2.b"
