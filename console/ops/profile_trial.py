"""The services that a profile's values name, tried out: reached or not, how fast, and what exactly is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from console.ops.doctor.verdicts import Verdict
from console.ops.health import PATIENCE_S


@dataclass(frozen=True, slots=True)
class Tried:
    """What trying said of one variable."""

    variable: str  # ours: DATABASE_URL, CELERY_BROKER_URL, CELERY_RESULT_BACKEND, MINIO_ENDPOINT, MINIO_ACCESS_KEY …
    verdict: Verdict  # UNKNOWN: another variable is wrong, so this one could not be tried
    sentence: str  # never a secret
    advice: str = ""
    latency_s: float | None = None  # of a service that answered


def trial(values: Mapping[str, str], *, patience_s: float = PATIENCE_S) -> tuple[Tried, ...]:
    """Try all services at once; changes nothing in any. Blocks, and no longer than the patience."""
    raise NotImplementedError
