"""Why a server is not reached, in the same words for each: the system and OpenSSL say it, drivers hand it on."""

from __future__ import annotations

_WAYS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        (
            "name or service not known",
            "nodename nor servname",
            "no address associated",
            "name resolution",
            "failed to resolve",
            "getaddrinfo failed",
        ),
        "{who} cannot be found: no such host.",
    ),
    (("connection refused", "actively refused"), "{who} cannot be reached: nothing listens there."),
    (("no route to host", "is unreachable"), "{who} cannot be reached: no way leads there."),
)
_TLS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("certificate has expired",), "{who} shows a certificate that has expired."),
    (("not yet valid",), "{who} shows a certificate that is not valid yet."),
    (("hostname mismatch", "ip address mismatch", "doesn't match"), "{who} shows the certificate of another host."),
    (("certificate verify failed",), "{who} shows a certificate that cannot be trusted."),
    (("wrong version number", "record layer failure", "unknown protocol"), "{who} does not speak TLS."),
)


def way_fault(words: str) -> str | None:
    """What to say of `{who}` where the way to it ends; None where these words say nothing of that."""
    return _matching(_WAYS, words)


def tls_fault(words: str) -> str | None:
    """What to say of `{who}` where TLS fails; None where these words do not tell why."""
    return _matching(_TLS, words)


def _matching(table: tuple[tuple[tuple[str, ...], str], ...], words: str) -> str | None:
    low = words.lower()
    return next((template for marks, template in table if any(mark in low for mark in marks)), None)
