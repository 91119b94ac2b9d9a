"""Settings: every variable and alias of the contract, every problem a line, no secret anywhere."""

import dataclasses
from typing import Any

import pytest

from worker.core.errors import SettingsError
from worker.core.settings import VARIABLES, Settings

PLAIN = {
    "DATABASE_URL": "postgresql://ocr:pg-geheim@db:5432/ocr",
    "CELERY_BROKER_URL": "redis://:redis-geheim@redis:6379/0",
    "CELERY_RESULT_BACKEND": "redis://:redis-geheim@redis:6379/1",
    "MINIO_ENDPOINT": "minio:9000",
    "MINIO_ACCESS_KEY": "access-geheim",
    "MINIO_SECRET_KEY": "secret-geheim",
    "MINIO_OCR_BUCKET": "ocr",
}
SOURCE = "profile staging"


def settings(**changes: str) -> Settings:
    return Settings.from_mapping({**PLAIN, **changes}, SOURCE)


def problems(values: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as problem:
        Settings.from_mapping(values, SOURCE)
    return problem.value.sentence.splitlines()


def test_the_variables_of_the_contract():
    found = settings()
    assert found.database_url == "postgresql+psycopg2://ocr:pg-geheim@db:5432/ocr"
    assert found.broker_url == PLAIN["CELERY_BROKER_URL"]
    assert found.result_backend == PLAIN["CELERY_RESULT_BACKEND"]
    assert (found.s3_endpoint, found.s3_bucket, found.s3_secure) == ("minio:9000", "ocr", False)
    assert (found.s3_access_key, found.s3_secret_key) == ("access-geheim", "secret-geheim")
    assert (found.log_level, found.log_format) == ("INFO", "text")


def test_the_defaults_that_users_rely_on():
    found = settings()
    assert (found.time_limit_s, found.soft_time_limit_s, found.max_children_tasks) == (600, 540, 1000)
    assert (found.lease_s, found.renew_s, found.visibility_timeout_s) == (10, 3, 21_600)
    assert found.language_wait_s == 30


def test_aliases():
    values = {
        "DATABASE_URL": PLAIN["DATABASE_URL"],
        "REDIS_URL": "redis://r",
        "S3_ENDPOINT": "s3:1",
        "S3_SECURE": "yes",
    }
    values |= {"S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "s", "S3_BUCKET": "files"}
    found = Settings.from_mapping(values, SOURCE)
    assert found.broker_url == found.result_backend == "redis://r:6379/0"
    assert (found.s3_endpoint, found.s3_access_key, found.s3_secret_key) == ("s3:1", "a", "s")
    assert (found.s3_bucket, found.s3_secure) == ("files", True)


def test_the_own_name_wins_over_an_alias():
    assert settings(S3_BUCKET="other", REDIS_URL="redis://other").s3_bucket == "ocr"
    assert settings(MINIO_OCR_BUCKET="", S3_BUCKET="other").s3_bucket == "other"


@pytest.mark.parametrize(
    ("endpoint", "secure", "expected"),
    [
        ("https://m:9000", "false", True),
        ("http://m:9000", "true", False),
        ("m:9000", "true", True),
        ("m:9000", "", False),
    ],
)
def test_the_scheme_of_the_endpoint_sets_tls(endpoint, secure, expected):
    found = settings(MINIO_ENDPOINT=endpoint, MINIO_SECURE=secure)
    assert (found.s3_endpoint, found.s3_secure) == ("m:9000", expected)


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_missing_is_named_with_the_profile(name):
    (line,) = problems({key: value for key, value in PLAIN.items() if key != name})
    assert line.startswith(name)
    assert "is missing in profile staging; expected: " in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://ocr:geheim@db/ocr"),
        ("CELERY_BROKER_URL", "amqp://ocr:geheim@mq"),
        ("CELERY_RESULT_BACKEND", "redis://:geheim@h/x"),
        ("MINIO_ENDPOINT", "http://h:1/path"),
        ("MINIO_OCR_BUCKET", "No Such_Bucket"),
        ("MINIO_SECURE", "perhaps"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("OCR_LEASE", "ten"),
        ("OCR_LEASE", "0"),
        ("OCR_LEASE", "nan"),
        ("OCR_TIME_LIMIT", "1e3"),
        ("OCR_CONSOLE_PRODUCTION", "x"),
        ("OCR_CONSOLE_COLOUR", "#12"),
        ("OCR_ENGINE", "abbyy"),
        ("LANGUAGE_WAIT", "-1"),
    ],
)
def test_what_is_malformed_is_one_line_without_secrets(name, value):
    (line,) = problems({**PLAIN, name: value})
    assert line.startswith(f"{name} in profile staging ")
    assert "expected: " in line
    assert "geheim" not in line


def test_all_problems_at_once():
    lines = problems({"DATABASE_URL": "x", "LOG_LEVEL": "loud"})
    assert [line.split()[0] for line in lines][:2] == ["DATABASE_URL", "CELERY_BROKER_URL"]
    assert len(lines) == 8
    assert lines[-1].startswith("LOG_LEVEL")


def test_one_alias_for_two_is_one_problem():
    lines = problems({**{k: v for k, v in PLAIN.items() if not k.startswith("CELERY")}, "REDIS_URL": "http://x"})
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("changes", "culprit"),
    [
        ({"OCR_RENEW": "6"}, "OCR_RENEW"),
        ({"OCR_SOFT_TIME_LIMIT": "600"}, "OCR_SOFT_TIME_LIMIT"),
        ({"OCR_VISIBILITY_TIMEOUT": "600"}, "OCR_VISIBILITY_TIMEOUT"),
    ],
)
def test_settings_that_contradict_each_other(changes, culprit):
    (line,) = problems({**PLAIN, **changes})
    assert line.startswith(culprit)


def test_the_environment_of_a_worker_gives_the_same_settings():
    found = settings(
        OCR_LEASE="2.5", OCR_RENEW="1", OCR_CONSOLE_PRODUCTION="true", TESSDATA_PREFIX="/t", LOG_FORMAT="JSON"
    )
    environment = found.as_environment()
    assert environment["DATABASE_URL"] == PLAIN["DATABASE_URL"]
    assert Settings.from_mapping(environment, "a worker") == found


def test_every_limit_survives_the_environment():
    found = settings()
    for variable in VARIABLES:
        value: Any = getattr(found, variable.field)
        if type(value) in {int, float}:
            changes: dict[str, Any] = {variable.field: value + type(value)(0.000_25 if value < 100 else 1)}
            changed = dataclasses.replace(found, **changes)
            assert Settings.from_mapping(changed.as_environment(), "a worker") == changed


def test_no_secret_is_seen():
    found = settings(REDIS_URL="rediss://default:redis-geheim@h?ssl_cert_reqs=none")
    seen = [repr(found), str(found), f"{found}", *found.masked().values(), *found.warnings]
    assert not [text for text in seen if "geheim" in text]
    assert found.masked()["DATABASE_URL"] == "postgresql://ocr:•••@db:5432/ocr"
    assert found.masked()["MINIO_SECRET_KEY"] == found.masked()["MINIO_ACCESS_KEY"] == "•••"


@pytest.mark.parametrize(
    "value", ["postgres//me:geheim@db/ocr", "redis:/:geheim@db/0", "me:geheim@db", "x://[:geheim@"]
)
def test_no_secret_is_seen_of_an_address_with_a_typing_error(value):
    variables = {one.name: one for one in VARIABLES}
    assert {variables[name].show(value) for name in ("DATABASE_URL", "CELERY_BROKER_URL", "MINIO_ENDPOINT")} == {"•••"}
    assert variables["DATABASE_URL"].show("postgresql://me@db/ocr") == "postgresql://me@db/ocr"


def test_all_secrets_are_known_to_filters():
    found = settings(DATABASE_URL="postgresql://u:p%40ss@h/d")
    assert found.secrets == {"p@ss", "p%40ss", "redis-geheim", "access-geheim", "secret-geheim"}


def test_tls_without_a_check_warns():
    found = settings(CELERY_BROKER_URL="rediss://h?ssl_cert_reqs=CERT_NONE", CELERY_RESULT_BACKEND="redis://h")
    (warning,) = found.warnings
    assert warning.startswith("CELERY_BROKER_URL ")
    assert settings(CELERY_BROKER_URL="rediss://h").warnings == ()


def test_each_variable_says_what_it_is():
    names = [name for variable in VARIABLES for name in (variable.name, *variable.aliases)]
    assert len(set(names)) == len(names) - 1  # REDIS_URL stands for two
    assert all(variable.meaning and variable.expected for variable in VARIABLES)
