"""What redis-py and kombu raise, in sentences."""

from __future__ import annotations

import ssl

import redis

from worker.core.errors import AccessRefused, NetworkError, ServiceError
from worker.core.said import Said, said
from worker.core.unreached import tls_fault, way_fault

_CREDENTIALS = "Correct the user and password in {variable}."
_BY_WORD: tuple[tuple[tuple[str, ...], type[ServiceError], str, str], ...] = (
    (("wrongpass", "invalid password", "invalid username"), AccessRefused, "{who} refused our password.", _CREDENTIALS),
    (
        ("noauth", "authentication required", "already authenticated"),
        AccessRefused,
        "{who} wants a password.",
        _CREDENTIALS,
    ),
    (("without any password configured",), AccessRefused, "{who} takes no password, and ours has one.", _CREDENTIALS),
    (
        ("noperm", "no permissions"),
        AccessRefused,
        "{who} does not let our user do that.",
        "Give the user rights on ~* and +@all.",
    ),
    (
        ("db index", "select is not allowed"),
        NetworkError,
        "{who} has no such database.",
        "Correct the number at the end of {variable}.",
    ),
    (
        ("oom command", "out of memory", "'maxmemory'"),
        NetworkError,
        "{who} is full.",
        "Raise its maxmemory, or purge a queue.",
    ),
    (
        ("misconf",),
        NetworkError,
        "{who} cannot write to its disk and takes no changes.",
        "Free some space on the Redis server.",
    ),
    (
        ("read only replica", "readonly"),
        NetworkError,
        "{who} takes no changes: it is a replica.",
        "Name the main server.",
    ),
    (("loading",), NetworkError, "{who} is starting.", "It goes on by itself."),
    (("max number of clients",), NetworkError, "{who} has no connection left for us.", "Raise its maxclients."),
)
_BROKEN_OFF = ("closed by", "connection closed", "reset by peer", "broken pipe", "aborted")
TLS = "Check whether it speaks TLS: redis:// is without, rediss:// with; ssl_ca_certs= may name your own authority."


def spoken(problem: BaseException, place: str, variable: str = "CELERY_BROKER_URL") -> ServiceError:
    """The error to raise instead: a sentence that names the server, never its password.

    Args:
        problem: What was raised.
        place: host:port/database.
        variable: Where the address stands.
    """
    chain = list(_causes(problem))
    words = " ".join(str(link).lower() for link in chain)
    who = said("Redis at {place}", place=place)
    for marks, kind, sentence, advice in _BY_WORD:
        if any(mark in words for mark in marks):
            return kind(said(sentence, who=who), said(advice, variable=variable))
    if any(isinstance(link, redis.AuthenticationError) for link in chain):
        return AccessRefused(
            said("{who} refused our user or password.", who=who), said(_CREDENTIALS, variable=variable)
        )
    if fault := tls_fault(words):
        return NetworkError(said(fault, who=who), TLS)
    if any(isinstance(link, ssl.SSLError) for link in chain) or "ssl" in words:
        return NetworkError(said("The TLS connection to {who} failed.", who=who), TLS)
    if any(isinstance(link, redis.InvalidResponse) for link in chain):
        odd = said("What answers at {place} is not Redis.", place=place)
        return NetworkError(odd, said("Correct {variable}.", variable=variable))
    advice = said("Check that Redis runs and that {variable} names it.", variable=variable)
    return _unreached(chain, words, who, advice)


def _unreached(chain: list[BaseException], words: str, who: Said, advice: Said) -> NetworkError:
    """It does not answer, or there is no way to it."""
    if any(isinstance(link, redis.TimeoutError | TimeoutError) for link in chain):
        late = (
            "{who} cannot be reached: no answer in 3 s." if "connecting" in words else "{who} did not answer in time."
        )
        return NetworkError(said(late, who=who), advice)
    if fault := way_fault(words):
        return NetworkError(said(fault, who=who), advice)
    if any(mark in words for mark in _BROKEN_OFF):
        return NetworkError(said("{who} broke the connection off.", who=who), TLS)
    if "connecting to" in words or any(isinstance(link, OSError) for link in chain):
        return NetworkError(said("{who} cannot be reached.", who=who), advice)
    return NetworkError(said("{who} cannot be used: {kind}.", who=who, kind=type(chain[-1]).__name__), advice)


def _causes(problem: BaseException | None) -> list[BaseException]:
    """The error and what led to it, outermost first."""
    found: list[BaseException] = []
    while problem is not None and problem not in found:
        found.append(problem)
        problem = problem.__cause__ or problem.__context__
    return found
