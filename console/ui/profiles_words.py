"""What is said of a profile wherever one is listed: its name, its file, its icon, its lamps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from console.ops.doctor.verdicts import Verdict
from console.ui import theme, words

if TYPE_CHECKING:
    from console.ops.profile_list import Listed
    from console.ops.profile_trial import Tried

translate = QCoreApplication.translate
SLOW_S = 0.25  # as the lamps of the top bar have it
SERVICE_OF = {
    "CELERY_BROKER_URL": "redis",
    "CELERY_RESULT_BACKEND": "redis",
    "DATABASE_URL": "postgres",
    "MINIO_ENDPOINT": "s3",
    "MINIO_ACCESS_KEY": "s3",
    "MINIO_SECRET_KEY": "s3",
    "MINIO_OCR_BUCKET": "s3",
}
LOOKS: dict[Verdict, tuple[str, theme.Role]] = {
    Verdict.OK: ("circle-check", "ok"),
    Verdict.WARN: ("circle-alert", "warn"),
    Verdict.FAIL: ("circle-x", "bad"),
    Verdict.UNKNOWN: ("circle-dashed", "text3"),
}


class LampLook(NamedTuple):
    """What a lamp shows of a service."""

    state: str
    figure: str
    sentence: str


def name(profile: Listed) -> str:
    """What people call it."""
    if profile.embedded:
        return translate("Profiles", "This machine")
    return profile.name if profile.path is not None else translate("Profiles", "The environment")


def kind(profile: Listed) -> str:
    """Where it is written down."""
    if profile.embedded:
        return translate("Profiles", "embedded")
    return profile.path.name if profile.path is not None else translate("Profiles", "variables of this process")


def icon(profile: Listed, *, unlocked: bool = False) -> str:
    """Its icon."""
    if profile.embedded:
        return "hard-drive"
    if profile.production:
        return "lock-open" if unlocked else "lock"
    return "server"


def colour(profile: Listed, tokens: theme.Tokens) -> QColor:
    """Of its icon: red on production, else the one that it was given."""
    own = QColor(profile.colour)
    return tokens["bad"] if profile.production else own if own.isValid() else tokens["text2"]


def lamps(found: Sequence[Tried]) -> dict[str, LampLook]:
    """The lamps of a profile whose services were tried: the worst of what was found at each."""
    looks: dict[str, LampLook] = {}
    worst = sorted(found, key=lambda one: one.verdict is not Verdict.FAIL)
    for one in worst:
        service = SERVICE_OF.get(one.variable)
        if service is not None and service not in looks and (one.latency_s is not None or one.verdict is Verdict.FAIL):
            looks[service] = _lamp(one)
    return looks


def _lamp(one: Tried) -> LampLook:
    sentence = words.told(one.sentence, one.advice)
    if one.verdict is Verdict.FAIL or one.latency_s is None:
        return LampLook("down", translate("Profiles", "away"), sentence)
    state = "slow" if one.latency_s > SLOW_S or one.verdict is Verdict.WARN else "ok"
    return LampLook(state, words.latency(one.latency_s), sentence)
