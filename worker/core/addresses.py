"""Addresses of services: taken apart, normalised for the drivers, and masked for people.

Passwords are accepted as people write them: `p@ss/w#rd` works as well as its percent-encoded form, because an address
is split at the host and not at the first odd character. What is given to a driver is always percent-encoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, quote, unquote, urlencode

MASK = "•••"
SHORTEST_SECRET = 6  # a password such as "ocr" is also a word; inside an address it is masked all the same

_ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z][\w+.-]*)://"
    r"(?:(?P<user>[^:/@]*)(?::(?P<password>.*?))?@)?"
    r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[^\s/:@?#\[\]]+)?"
    r"(?::(?P<port>\d{1,5}))?"
    r"(?:/(?P<path>[^?#@]*))?"
    r"(?:\?(?P<query>[^#]*))?",
    re.DOTALL,
)
_CREDENTIALS = re.compile(r"(?P<before>\b[A-Za-z][\w+.-]*://[^\s:/@]*:)(?P<password>[^\s]*)(?=@[^\s@])")
_SECRET_PAIR = re.compile(
    r"(?P<before>\b(?:password|passwd|pwd|sslpassword|ssl_password|secret[_-]?key|secret)\s*=\s*)"
    r"(?P<secret>'[^']*'|\"[^\"]*\"|[^\s&,;'\"]+)",
    re.IGNORECASE,
)
_CERT_REQS = {
    "none": "none",
    "optional": "optional",
    "required": "required",
    "cert_none": "none",
    "cert_optional": "optional",
    "cert_required": "required",
}


class NotAnAddress(ValueError):
    """The text is not what was expected. The message holds no part of the text."""


@dataclass(frozen=True, slots=True)
class Address:
    """A service's URL in its parts; user and password are decoded."""

    scheme: str
    host: str
    port: int | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Take a URL apart. Raises NotAnAddress, whose message never quotes the text."""
        found = _ADDRESS.fullmatch(text.strip())
        if not found:
            raise NotAnAddress("it cannot be taken apart")
        port = int(found["port"]) if found["port"] else None
        if port is not None and not 0 < port < 65536:
            raise NotAnAddress("the port is not between 1 and 65535")
        return cls(
            scheme=found["scheme"].lower(),
            host=found["host"] or "",
            port=port,
            user=unquote(found["user"]) if found["user"] is not None else None,
            password=unquote(found["password"]) if found["password"] is not None else None,
            path=found["path"] or "",
            query=dict(parse_qsl(found["query"] or "", keep_blank_values=True)),
        )

    @property
    def url(self) -> str:
        """The URL as every driver takes it: credentials percent-encoded."""
        who = quote(self.user or "", safe="")
        if self.password is not None:
            who += ":" + quote(self.password, safe="")
        host = self.host + (f":{self.port}" if self.port else "")
        return (
            f"{self.scheme}://{who + '@' if who else ''}{host}"
            + (f"/{self.path}" if self.path else "")
            + (f"?{urlencode(self.query, safe='/')}" if self.query else "")
        )

    @property
    def place(self) -> str:
        """`host:port/path`, for sentences: no user, no password."""
        host = self.host or self.query.get("host", "")
        return host + (f":{self.port}" if self.port else "") + (f"/{self.path}" if self.path else "")


def mask_url(url: str) -> str:
    """The text with every password in it replaced by •••; other text stays as it is."""
    return _SECRET_PAIR.sub(rf"\g<before>{MASK}", _CREDENTIALS.sub(rf"\g<before>{MASK}", url))


def hide(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets and without any password inside an address."""
    masked = mask_url(text)
    for secret in sorted((one for one in secrets if len(one) >= SHORTEST_SECRET), key=len, reverse=True):
        masked = masked.replace(secret, MASK)
    return masked


def postgres_url(text: str) -> str:
    """A database URL for SQLAlchemy with psycopg2; `postgres://` and every driver's spelling are taken."""
    address = Address.parse(text)
    if address.scheme.partition("+")[0] not in {"postgres", "postgresql"}:
        raise NotAnAddress("it does not begin with postgresql://")
    if not address.host and "host" not in address.query:
        raise NotAnAddress("the host is missing")
    if not address.path:
        raise NotAnAddress("the name of the database is missing")
    port = address.port or (5432 if address.host else None)
    return replace(address, scheme="postgresql+psycopg2", port=port).url


def redis_url(text: str) -> str:
    """A Redis URL that kombu, Celery's result backend and redis-py understand alike.

    With `rediss://` they agree only on a lower-case `ssl_cert_reqs` that is there: missing means no check in one and
    an error in another, so it becomes `required`.
    """
    address = Address.parse(text)
    if address.scheme not in {"redis", "rediss"}:
        raise NotAnAddress("it does not begin with redis:// or rediss://")
    if not address.host:
        raise NotAnAddress("the host is missing")
    query = dict(address.query)
    database = query.pop("db", None) or address.path.rstrip("/") or "0"
    if not database.isdecimal():
        raise NotAnAddress("the database is not a number")
    if address.scheme == "rediss":
        wanted = query.get("ssl_cert_reqs", "required")
        if wanted.lower() not in _CERT_REQS:
            raise NotAnAddress("ssl_cert_reqs is none of required, optional and none")
        query["ssl_cert_reqs"] = _CERT_REQS[wanted.lower()]
    return replace(address, port=address.port or 6379, path=database, query=query).url


def s3_endpoint(text: str) -> tuple[str, bool | None]:
    """`host:port`, and whether the scheme asks for TLS (None: there was no scheme)."""
    schemes = {"http": False, "https": True, "plain": None}
    address = Address.parse(text if "://" in text else f"plain://{text}")
    if address.scheme not in schemes:
        raise NotAnAddress("it begins neither with http:// nor with https://")
    if address.user is not None:
        raise NotAnAddress("keys belong into MINIO_ACCESS_KEY and MINIO_SECRET_KEY")
    if not address.host:
        raise NotAnAddress("the host is missing")
    if address.path.strip("/") or address.query:
        raise NotAnAddress("there is something after the port")
    return address.place.rstrip("/"), schemes[address.scheme]


def passwords_in(url: str) -> frozenset[str]:
    """The password of an address, as it is and as it is written in a URL."""
    password = Address.parse(url).password
    return frozenset({password, quote(password, safe="")}) if password else frozenset()
