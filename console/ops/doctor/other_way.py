"""What TLS itself tells of a service: whether it is spoken there at all, and why a certificate cannot be trusted."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

from worker.core.addresses import Address
from worker.core.unreached import tls_fault

if TYPE_CHECKING:
    from console.ops.health import Name
    from worker.core.settings import Settings

_SSL_REQUEST = (8).to_bytes(4) + (80877103).to_bytes(4)  # PostgreSQL's clients ask in the clear, and wait for an S
WAIT_S = 1.0  # for a connection, and for a word


def speaks_the_other_way(service: Name, settings: Settings) -> bool:
    """Asks so that any server of its kind says something. PostgreSQL's clients find that out by themselves."""
    if service == "postgres":
        return False
    scheme = "https" if settings.s3_secure else "http"
    address = Address.parse(settings.broker_url if service == "redis" else f"{scheme}://{settings.s3_endpoint}")
    place = (address.host.strip("[]"), address.port or (443 if settings.s3_secure else 80))
    try:
        with socket.create_connection(place, WAIT_S) as plain:
            return _speaks_plain(plain) if address.scheme in {"rediss", "https"} else _speaks_tls(plain)
    except OSError:
        return False


def _speaks_tls(plain: socket.socket) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # who it is does not matter here
    with context.wrap_socket(plain):
        return True


def _speaks_plain(plain: socket.socket) -> bool:
    """Redis answers, and a server of HTTP refuses, in plain words; one of TLS sends an alert or nothing."""
    plain.sendall(b"PING\r\n\r\n")
    return plain.recv(1) in {b"+", b"-", b"H"}


def postgres_certificate_fault(host: str, port: int, authorities: str) -> str | None:
    """What to say of `{who}`, whose certificate these authorities do not vouch for; None: nothing can be said."""
    try:
        context = ssl.create_default_context(cafile=authorities or None)
        with socket.create_connection((host, port), WAIT_S) as plain:
            plain.sendall(_SSL_REQUEST)
            if plain.recv(1) == b"S":
                context.wrap_socket(plain, server_hostname=host).close()
    except ssl.SSLCertVerificationError as problem:
        return tls_fault(str(problem))
    except OSError:
        pass
    return None
