"""How safe the way to a service is: a sentence for what works and lets others read along."""

from __future__ import annotations

import ipaddress

from worker.core.addresses import Address
from worker.core.said import Said, said

UNCHECKED = "{name} uses TLS but does not check the server's certificate: whoever stands between can read everything."
PLAIN = "{name} goes to {host} without TLS: whoever is on the way can read passwords and pages."
_CHECKED_MODES = frozenset({"verify-ca", "verify-full"})


def weakness(name: str, url: str) -> Said | None:
    """What to say of the address in the variable `name`; None where its way is safe.

    Nothing is said of TLS that was not asked for where the way does not leave the machine, and where the host has no
    dot: it is one of a private network that knows it, as containers have it.
    """
    address = Address.parse(url)
    host = address.host or address.query.get("host", "")
    if _asks_for_tls(address):
        return None if _checks(address) else said(UNCHECKED, name=name)
    near = is_here(host) or not ("." in host or ":" in host)
    return None if near else said(PLAIN, name=name, host=host)


def _asks_for_tls(address: Address) -> bool:
    if address.scheme.startswith("postgres"):
        return address.query.get("sslmode", "prefer") in _CHECKED_MODES | {"require"}
    return address.scheme in {"rediss", "https"}


def _checks(address: Address) -> bool:
    if address.scheme.startswith("postgres"):  # `require` with an authority of one's own checks as `verify-ca` does
        return address.query["sslmode"] in _CHECKED_MODES or "sslrootcert" in address.query
    return address.query.get("ssl_cert_reqs") != "none"


def is_here(host: str) -> bool:
    """Whether it is this machine: loopback, or a socket in the file system."""
    if not host or host.startswith("/") or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False
