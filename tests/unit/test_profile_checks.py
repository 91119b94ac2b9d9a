"""What is said of a profile's variables as one types."""

import pytest

from console.ops.doctor.verdicts import Verdict
from console.ops.profile_checks import FieldCheck, check
from console.ops.profile_trial import trial
from tests.unit.test_settings import PLAIN
from worker.core.settings import VARIABLES

SECRETS = ("pg-geheim", "redis-geheim", "access-geheim", "secret-geheim")


def found(environ: dict[str, str] | None = None, /, **changes: str) -> dict[str, FieldCheck]:
    fields = check({**PLAIN, **changes}, environ or {})
    assert len({field.variable for field in fields}) == len(fields)
    assert not [secret for secret in SECRETS for field in fields if secret in field.sentence]
    return {field.variable: field for field in fields}


def test_every_variable_has_a_verdict():
    fields = check(PLAIN, {})
    assert [field.variable for field in fields] == [variable.name for variable in VARIABLES]
    assert {(field.verdict, field.sentence, field.missing) for field in fields} == {(Verdict.OK, "", False)}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "mysql://ocr:pg-geheim@db/ocr", "it does not begin with postgresql://"),
        ("DATABASE_URL", "postgresql://ocr:pg-geheim@/ocr", "the host is missing"),
        ("CELERY_BROKER_URL", "redis://:redis-geheim@redis/x", "the database is not a number"),
        ("MINIO_ENDPOINT", "http://minio:9000/path", "there is something after the port"),
        ("MINIO_OCR_BUCKET", "No Bucket", "3 to 63 lower-case letters"),
        ("MINIO_SECURE", "maybe", "true or false"),
        ("OCR_LEASE", "0", "a number of seconds from 1 to 3,600"),
        ("OCR_RENEW", "8", "at most half of OCR_LEASE (10)"),
        ("OCR_SOFT_TIME_LIMIT", "600", "less than OCR_TIME_LIMIT (600)"),
        ("OCR_VISIBILITY_TIMEOUT", "500", "more than OCR_TIME_LIMIT (600)"),
        ("OCR_CONSOLE_COLOUR", "#12", "#RRGGBB or a word such as red"),
    ],
)
def test_what_is_wrong_says_what_was_expected(name, value, words):
    fields = found(**{name: value})
    assert fields[name].verdict is Verdict.FAIL
    assert words in fields[name].sentence
    assert [field.variable for field in fields.values() if field.verdict is Verdict.FAIL] == [name]


def test_an_alias_does_not_stand_in_for_what_is_wrong():
    fields = found(MINIO_SECURE="maybe", S3_SECURE="perhaps", MINIO_ENDPOINT="http://x/y", S3_ENDPOINT="http://x/z")
    assert [name for name, one in fields.items() if one.verdict is Verdict.FAIL] == ["MINIO_ENDPOINT", "MINIO_SECURE"]
    assert trial({"MINIO_SECURE": "maybe", "S3_SECURE": "perhaps"})  # all is missing: nothing is tried


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CELERY_BROKER_URL", "rediss://:redis-geheim@redis:6379/0?ssl_cert_reqs=none", "does not check the server's"),
        ("CELERY_RESULT_BACKEND", "redis://:redis-geheim@redis/0", "share one database"),
        ("DATABASE_URL", "postgresql://ocr:pg-geheim@db.example.com/ocr", "goes to db.example.com without TLS"),
        ("MINIO_ENDPOINT", "http://s3.example.com:9000", "without TLS"),
    ],
)
def test_what_works_and_should_not_stay_so(name, value, words):
    field = found(**{name: value})[name]
    assert field.verdict is Verdict.WARN
    assert words in field.sentence


def test_a_doubt_is_said_while_another_variable_is_wrong():
    fields = found(MINIO_ENDPOINT="http://s3.example.com:9000", DATABASE_URL="postgresql://")
    assert (fields["MINIO_ENDPOINT"].verdict, fields["DATABASE_URL"].verdict) == (Verdict.WARN, Verdict.FAIL)


def test_what_is_missing():
    fields = found(MINIO_SECRET_KEY="")
    assert fields["MINIO_SECRET_KEY"] == FieldCheck(
        "MINIO_SECRET_KEY", Verdict.FAIL, "It is missing; expected: the secret key.", missing=True
    )
    assert "the environment does not count" in found(PLAIN, MINIO_SECRET_KEY="")["MINIO_SECRET_KEY"].sentence


def test_an_alias_is_named_as_it_is_written():
    values = {name: value for name, value in PLAIN.items() if not name.startswith("CELERY")}
    fields = {field.variable: field for field in check({**values, "REDIS_URL": "amqp://mq"}, {})}
    assert fields["REDIS_URL"].verdict is Verdict.FAIL
    assert "CELERY_BROKER_URL" not in fields


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("LOG_LEVLE", "LOG_LEVEL"),
        ("OCR_TIMELIMIT", "OCR_TIME_LIMIT"),
        ("ocr_console_color", "OCR_CONSOLE_COLOUR"),
        ("OCR_CONSOLE_PRODUCTON", "OCR_CONSOLE_PRODUCTION"),
    ],
)
def test_a_typing_error_is_noticed(name, near):
    field = found(**{name: "1"})[name]
    assert field.verdict is Verdict.WARN
    assert f"Is {near} meant?" in field.sentence


@pytest.mark.parametrize(
    "name", ["POSTGRES_PASSWORD", "MINIO_ROOT_USER", "HTTP_PROXY", "TZ", "DATABASE_URL2", "OCR_CONSOLE_KEYRING"]
)
def test_what_is_not_ours_is_left_alone(name):
    assert name not in found(**{name: "x"})
