"""The doctor on services that did not open: why, and each of them all the same."""

from __future__ import annotations

from pathlib import Path

from console.ops.doctor.unopened import examine_unopened
from console.ops.doctor.verdicts import Verdict
from console.ops.profiles import EMBEDDED, Profile
from console.ops.this_machine import ThisMachine
from worker.core.errors import ServiceError
from worker.core.settings import Settings

ERROR = ServiceError("Valkey did not start.", "Free port 6379.")


def test_of_servers_that_did_not_start_it_says_why_and_what_they_need(tmp_path: Path):
    report = examine_unopened(Profile(EMBEDDED, "a test"), ThisMachine(tmp_path), ERROR)
    why, *rest = report.checks
    assert (why.name, why.verdict, why.fact) == ("opening", Verdict.FAIL, "Valkey did not start.")
    assert why.remedy is not None
    assert why.remedy.text == "Free port 6379."
    assert [check.name for check in rest] == ["embedded-servers", "embedded-packages", "servers-disk"]
    assert not report.healthy


def test_of_a_profile_each_service_is_looked_at_too(tmp_path: Path):
    values = {
        "DATABASE_URL": "postgresql://ocr:secret@127.0.0.1:1/ocr",
        "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
        "CELERY_RESULT_BACKEND": "redis://127.0.0.1:1/1",
        "MINIO_ENDPOINT": "127.0.0.1:1",
        "MINIO_ACCESS_KEY": "key",
        "MINIO_SECRET_KEY": "secret",
        "MINIO_OCR_BUCKET": "ocr",
    }
    profile = Profile("staging", "a test", Settings.from_mapping(values, "a test"))
    report = examine_unopened(profile, ThisMachine(tmp_path), ERROR)
    verdicts = {check.name: check.verdict for check in report.checks}
    assert {name: verdicts[name] for name in ("opening", "postgres", "redis", "s3")} == dict.fromkeys(
        ("opening", "postgres", "redis", "s3"), Verdict.FAIL
    )
    assert "secret" not in repr(report)
