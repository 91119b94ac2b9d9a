"""Profiles of an ordinary office, and what trying their servers says."""

from __future__ import annotations

import time
from pathlib import Path

from console.bridge.background import Background
from console.bridge.profile_editing import Changes, Contents, ProfileEditing
from console.bridge.profile_feed import ProfileFeed
from console.ops.doctor.verdicts import Verdict
from console.ops.profile_list import Listed
from console.ops.profile_trial import Tried
from console.ops.profiles import EMBEDDED, Profile, folder
from console.ops.this_machine import ThisMachine
from worker.core.settings import VARIABLES

FOLDER = Path("/home/minh/.config/ocr-console/profiles")
HERE = Listed(EMBEDDED, EMBEDDED)


def profile(name: str, **look) -> Listed:
    path = FOLDER / f"{name}.env"
    return Listed(str(path), name, path, **look)


STAGING = profile("staging", colour="#B26A00")
PRODUCTION = profile("production", production=True)
BROKEN = profile("old", problem="Line 3 of profile old (old.env) cannot be read: a quote is not closed.")
PROFILES = (HERE, BROKEN, PRODUCTION, STAGING)


def tried(redis_s: float = 0.0009, postgres_s: float = 0.0024, s3_s: float | None = 0.412) -> tuple[Tried, ...]:
    """What was found; without its latency S3 is away."""
    s3 = (
        Tried("MINIO_ENDPOINT", Verdict.FAIL, "The S3 server at s3:9000 does not answer.", "Look whether it runs.")
        if s3_s is None
        else Tried("MINIO_ENDPOINT", Verdict.OK, "Reached.", latency_s=s3_s)
    )
    return (
        Tried("DATABASE_URL", Verdict.OK, "Reached.", latency_s=postgres_s),
        Tried("CELERY_BROKER_URL", Verdict.WARN, "Reached. The certificate is not checked.", latency_s=redis_s),
        Tried("CELERY_RESULT_BACKEND", Verdict.OK, "Reached.", latency_s=redis_s),
        s3,
    )


VALUES = {
    "DATABASE_URL": "postgresql://ocr:geheim-1@db.prod:5432/ocr",
    "CELERY_BROKER_URL": "rediss://default:geheim-2@redis.prod:6379/0?ssl_cert_reqs=none",
    "CELERY_RESULT_BACKEND": "rediss://default:geheim-2@redis.prod:6379/1",
    "MINIO_ENDPOINT": "s3.prod.example:9000",
    "MINIO_ACCESS_KEY": "OCRCONSOLE7",
    "MINIO_OCR_BUCKET": "ocr",
    "MINIO_SECURE": "true",
    "OCR_CONSOLE_PRODUCTION": "true",
    "OCR_CONSOLE_KEYRING": "MINIO_SECRET_KEY",
    "HTTPS_PROXY": "http://proxy:3128",
}

MOVED = "Redis at redis.prod:6379 is not the one that production pointed to, or it was emptied."
ON_TRIAL = ("Reached. The certificate is not checked.", "The S3 server at s3:9000 does not answer.")
DATA = {  # what is called so in every language, and what was written in one
    *(one.name for one in PROFILES), *(one.path.name for one in PROFILES if one.path), BROKEN.problem, MOVED, *ON_TRIAL,
    "Look whether it runs.", *(one.name for one in VARIABLES), str(folder()), *VALUES, *VALUES.values(),
}  # fmt: skip


class Desk(ProfileEditing):
    """Every profile says the same; what is written is noted."""

    def __init__(self, background: Background) -> None:
        super().__init__(background)
        self.values = dict(VALUES)
        self.kept: tuple[str, ...] = ("MINIO_SECRET_KEY",)
        self.written: list[tuple[str, dict[str, str | None], set[str]]] = []

    def open(self, profile: Listed) -> None:
        self.opened.emit(Contents(profile, dict(self.values), self.kept))

    def test(self, contents: Contents, _changes: Changes) -> None:
        self.tested.emit(contents.profile.address, tried())

    def save(self, contents: Contents, changes: Changes, keep: frozenset[str]) -> None:
        self.written.append((contents.profile.name, dict(changes), set(keep)))
        self.values, self.kept = contents.changed(changes), tuple(keep)
        self.saved.emit(contents.profile.address)


class Office(ProfileFeed):
    """Has these profiles, and knows at once how their servers answer."""

    def __init__(self, background: Background, profiles: tuple[Listed, ...] = PROFILES) -> None:
        super().__init__(background, Profile(EMBEDDED, "the embedded stack"), ThisMachine(FOLDER))
        self.there = profiles
        self.asked: list[str] = []  # what was done on the disk

    def list(self) -> None:
        self._take(self.there)

    def measure(self) -> None:
        self.asked.append("measure")
        self.trials._at = time.monotonic()
        self.trials.tried.emit(STAGING.address, tried())
        self.trials.tried.emit(PRODUCTION.address, tried(s3_s=None))
        self.running.emit(True)
