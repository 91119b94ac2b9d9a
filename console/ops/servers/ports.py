"""Free ports of 127.0.0.1, kept between starts."""

from __future__ import annotations

import random
import socket
from collections.abc import Collection, Iterable

HOST = "127.0.0.1"
# Below the range from which systems take the ports of outgoing connections, or such a one may sit on ours.
FIRST, LAST = 20_000, 32_000
ATTEMPTS = 2_000


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        if probe.connect_ex((HOST, port)) == 0:  # some systems let two listen on one port
            return False
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(names: Iterable[str], avoid: Collection[int] = ()) -> dict[str, int]:
    """A free port for every name, none of `avoid`.

    Raises:
        OSError: If there are none.
    """
    chosen: dict[str, int] = {}
    for name in names:
        chosen[name] = _one({*avoid, *chosen.values()})
    return chosen


def _one(avoid: Collection[int]) -> int:
    for _ in range(ATTEMPTS):
        port = random.randint(FIRST, LAST)  # noqa: S311 - nothing secret in a port
        if port not in avoid and is_free(port):
            return port
    raise OSError(f"no free port between {FIRST} and {LAST} on {HOST}")
