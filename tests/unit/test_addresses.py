"""Addresses: what is accepted, what drivers are given, what people see."""

import pytest
from sqlalchemy import make_url

from worker.core.addresses import (
    Address,
    NotAnAddress,
    mask_url,
    passwords_in,
    postgres_url,
    redis_url,
    s3_endpoint,
)

PASSWORDS = ["simple", "p@ss", "sl/ash", "ha#sh", "que?stion", "co:lon", "per%zent", "sp ace", "ümlaut", "[br]", "=&+"]


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_arrives_as_it_was_written(password):
    url = make_url(postgres_url(f"postgresql://ocr:{password}@db:5433/ocr"))
    assert (url.drivername, url.username, url.password) == ("postgresql+psycopg2", "ocr", password)
    assert (url.host, url.port, url.database) == ("db", 5433, "ocr")


@pytest.mark.parametrize("password", PASSWORDS)
def test_every_client_of_redis_is_given_the_same_password(password):
    from kombu.utils.url import parse_url
    from redis.connection import parse_url as parse_as_redis

    url = redis_url(f"redis://default:{password}@cache:6380/2")
    for parts in (parse_as_redis(url), parse_url(url)):  # type: ignore[no-untyped-call]
        assert (parts["password"], parts["host" if "host" in parts else "hostname"]) == (password, "cache")
        assert (parts["port"], str(parts.get("db", parts.get("virtual_host")))) == (6380, "2")


@pytest.mark.parametrize("password", [password for password in PASSWORDS if " " not in password])
def test_a_mask_leaves_no_part_of_the_password(password):
    masked = mask_url(f"could not use redis://default:{password}@cache:6380/2 today")
    assert masked == "could not use redis://default:•••@cache:6380/2 today"


@pytest.mark.parametrize(
    "scheme", ["postgres", "postgresql", "postgresql+psycopg2", "postgresql+psycopg", "POSTGRESQL"]
)
def test_spellings_of_postgres(scheme):
    assert postgres_url(f"{scheme}://u:p@h/d?sslmode=require") == "postgresql+psycopg2://u:p@h:5432/d?sslmode=require"


def test_a_database_behind_a_socket():
    assert postgres_url("postgresql:///ocr?host=/run/postgresql").endswith(":///ocr?host=/run/postgresql")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("", "required"),
        ("?ssl_cert_reqs=none", "none"),
        ("?ssl_cert_reqs=CERT_NONE", "none"),
        ("?ssl_cert_reqs=cert_optional", "optional"),
        ("?ssl_cert_reqs=Required", "required"),
        ("?ssl_cert_reqs=CERT_REQUIRED", "required"),
    ],
)
def test_spellings_of_tls(given, meant):
    url = redis_url(f"rediss://default:pw@host:6379{given}")
    assert url == f"rediss://default:pw@host:6379/0?ssl_cert_reqs={meant}"


def test_what_else_stands_in_a_redis_url_is_kept():
    url = redis_url("rediss://h/3?ssl_ca_certs=/etc/ca.pem")
    assert Address.parse(url).query == {"ssl_ca_certs": "/etc/ca.pem", "ssl_cert_reqs": "required"}
    assert redis_url("redis://h?db=4") == "redis://h:6379/4"


@pytest.mark.parametrize(
    ("given", "endpoint", "secure"),
    [
        ("minio:9000", "minio:9000", None),
        ("http://minio:9000", "minio:9000", False),
        ("https://minio:9000/", "minio:9000", True),
        ("HTTPS://s3.example.com", "s3.example.com", True),
        ("[::1]:9000", "[::1]:9000", None),
    ],
)
def test_endpoints(given, endpoint, secure):
    assert s3_endpoint(given) == (endpoint, secure)


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (postgres_url, "mysql://u:geheim@h/d"),
        (postgres_url, "postgresql://u:geheim@h"),
        (postgres_url, "postgresql://u:geheim@/d"),
        (postgres_url, "postgresql://u:geheim@h:99999/d"),
        (postgres_url, "geheim"),
        (redis_url, "http://:geheim@h"),
        (redis_url, "redis://:geheim@h/zero"),
        (redis_url, "redis://:geheim@"),
        (redis_url, "redis://:geheim@h:port/0"),
        (redis_url, "rediss://:geheim@h?ssl_cert_reqs=perhaps"),
        (s3_endpoint, "http://u:geheim@h:9000"),
        (s3_endpoint, "http://h:9000/geheim"),
        (s3_endpoint, "ftp://h"),
        (s3_endpoint, "two words"),
    ],
)
def test_refused_without_quoting(parse, text):
    with pytest.raises(NotAnAddress) as problem:
        parse(text)
    assert "geheim" not in str(problem.value)


def test_masks_in_other_texts():
    assert mask_url("host=h password=geheim dbname=d") == "host=h password=••• dbname=d"
    assert mask_url("host=h password='ge heim' dbname=d") == "host=h password=••• dbname=d"
    assert mask_url("postgresql:///d?password=geheim&sslmode=require") == "postgresql:///d?password=•••&sslmode=require"
    assert mask_url("nothing to hide: a@b, http://h/p") == "nothing to hide: a@b, http://h/p"
    assert mask_url("redis://:one@a and redis://:two@b") == "redis://:•••@a and redis://:•••@b"


def test_passwords_in_both_spellings():
    assert passwords_in("redis://:p%40ss@h") == {"p@ss", "p%40ss"}
    assert passwords_in("redis://h") == frozenset()


def test_an_address_shows_no_password():
    address = Address.parse("redis://u:geheim@h:1/2")
    assert "geheim" not in repr(address)
    assert address.place == "h:1/2"
