"""A keyring that lives as long as a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend


class MemoryRing(KeyringBackend):
    """Secrets by service and name; `error` is raised instead where it is set."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.secrets: dict[tuple[str, str], str] = {}
        self.error: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._fail()
        del self.secrets[service, username]

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


@contextmanager
def memory_ring() -> Iterator[MemoryRing]:
    """It is the system's keyring for as long as this lasts."""
    before = keyring.get_keyring()
    ring = MemoryRing()
    keyring.set_keyring(ring)
    try:
        yield ring
    finally:
        keyring.set_keyring(before)
