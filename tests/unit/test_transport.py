"""What is said of the way to a service: a warning where others can read along, nothing where they cannot."""

import pytest

from tests.unit.test_settings import PLAIN
from worker.core.settings import Settings
from worker.core.transport import weakness


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:6379/0",
        "redis://[::1]:6379/0",
        "redis://redis:6379/0",
        "rediss://cache.example.org/0?ssl_cert_reqs=required",
        "rediss://cache.example.org/0?ssl_cert_reqs=optional",
        "redis://localhost/0",
        "postgresql+psycopg2://db:5432/ocr",
        "postgresql+psycopg2:///ocr?host=/run/postgresql",
        "postgresql+psycopg2://db.example.org/ocr?sslmode=verify-full",
        "postgresql+psycopg2://db.example.org/ocr?sslmode=verify-ca",
        "postgresql+psycopg2://db.example.org/ocr?sslmode=require&sslrootcert=/etc/own.pem",
        "https://s3.example.org",
        "http://127.0.0.1:9000",
        "http://minio:9000",
    ],
)
def test_nothing_is_said_of_a_safe_way(url: str):
    assert weakness("X", url) is None


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("rediss://cache.example.org/0?ssl_cert_reqs=none", "does not check"),
        ("rediss://redis:6379/0?ssl_cert_reqs=none", "does not check"),
        ("rediss://127.0.0.1:6379/0?ssl_cert_reqs=none", "does not check"),
        ("postgresql+psycopg2://db.example.org/ocr?sslmode=require", "does not check"),
        ("postgresql+psycopg2://db:5432/ocr?sslmode=require", "does not check"),
        ("postgresql+psycopg2://db.example.org/ocr", "without TLS"),
        ("postgresql+psycopg2://10.0.0.7/ocr?sslmode=prefer", "without TLS"),
        ("postgresql+psycopg2://db.example.org/ocr?sslmode=disable", "without TLS"),
        ("redis://10.0.0.7:6379/0", "without TLS"),
        ("redis://[2001:db8::7]:6379/0", "without TLS"),
        ("http://s3.example.org", "without TLS"),
    ],
)
def test_a_way_that_others_can_read_along_is_named(url: str, word: str):
    said = weakness("CELERY_BROKER_URL", url)
    assert said is not None
    assert said.startswith("CELERY_BROKER_URL ")
    assert word in said


def test_every_address_of_a_profile_is_looked_at_and_no_password_is_in_what_is_said():
    far = {
        "DATABASE_URL": "postgresql://ocr:geheim@db.example.org/ocr",
        "CELERY_BROKER_URL": "rediss://:geheim@r.example.org?ssl_cert_reqs=none",
        "CELERY_RESULT_BACKEND": "redis://:geheim@r.example.org",
        "MINIO_ENDPOINT": "http://s3.example.org",
    }
    found = Settings.from_mapping({**PLAIN, **far}, "a test").warnings
    assert [sentence.split()[0] for sentence in found] == list(far)
    assert "geheim" not in "".join(found)
