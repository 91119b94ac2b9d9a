"""Whether a Redis answers, whatever it is used for."""

from __future__ import annotations

import socket
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from worker.core.addresses import Address
from worker.core.broker_errors import TLS, spoken
from worker.core.errors import NetworkError
from worker.core.said import said

ANSWER_S = 3.0
PLAIN_S = 1.0


def answer_of(url: str, variable: str) -> float:
    """Seconds until it answers; nothing is changed there.

    Args:
        url: As settings have it.
        variable: Where it stands, for the error's advice.

    Raises:
        NetworkError, AccessRefused: It does not answer, or refuses us.
    """
    began = time.perf_counter()
    address = Address.parse(url)
    try:
        with redis.Redis.from_url(
            url,
            socket_timeout=ANSWER_S,
            socket_connect_timeout=ANSWER_S,
            retry=Retry(NoBackoff(), 0),
            client_name="ocr-console",
        ) as client:
            client.ping()
    except (redis.RedisError, OSError) as problem:
        if isinstance(problem, redis.TimeoutError) and address.scheme == "rediss" and _speaks_plainly(address):
            who = said("Redis at {place}", place=address.place)
            raise NetworkError(said("{who} does not speak TLS.", who=who), TLS) from problem
        raise spoken(problem, address.place, variable) from problem
    return time.perf_counter() - began


def _speaks_plainly(address: Address) -> bool:
    """Whether it answers without TLS: Redis takes a greeting in TLS for a command that goes on, and waits."""
    try:
        with socket.create_connection((address.host.strip("[]"), address.port or 6379), PLAIN_S) as plain:
            plain.sendall(b"PING\r\n")
            return plain.recv(1) in {b"+", b"-"}
    except OSError:
        return False
