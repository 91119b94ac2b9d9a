"""How the parts of the broker's door reach it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import redis


@dataclass(frozen=True, slots=True)
class Access:
    """To the broker of one deployment."""

    client: redis.Redis  # its connections
    prefix: str  # what stands before every key
    errors: Callable[[], AbstractContextManager[None]]  # turns what the client raises into our errors
