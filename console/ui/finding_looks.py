"""How what needs attention looks: a picture of what it is about, in the colour of how bad it is."""

from __future__ import annotations

from console.ui.theme import Role

MARK = "mark"  # what a person noted in the history
_CLASSES = {  # of errors
    "needs_password": "key-round",
    "no_language": "languages",
    "too_large": "maximize",
    "too_small": "minimize",
    "corrupt": "file-exclamation-point",
    "empty": "file-x",
    "engine_crashed": "skull",
    "interrupted": "skull",
    "out_of_memory": "memory-stick",
    "timed_out": "timer-off",
    "disk_full": "hard-drive",
}
_RULES = {
    "service_away": "unplug",
    "no_worker": "server-off",
    "worker_lost": "server-off",
    "worker_silent": "server",
    "disk_low": "hard-drive",
    "failure_rate": "trending-up",
    "queue_old": "hourglass",
    "queue_paused": "circle-pause",
    "unkept": "house",
    "contradiction": "git-compare",
    MARK: "tag",
}
_ROLES: dict[str, Role] = {"note": "text2", "warn": "warn", "bad": "bad"}


def finding_icon(rule: str, subject: str, severity: str) -> str:
    """By the class of error where jobs failed, else by the rule."""
    plain = "circle-x" if severity == "bad" else "triangle-alert"
    return _CLASSES.get(subject, plain) if rule == "failed" else _RULES.get(rule, plain)


def incident_role(rule: str, severity: str) -> Role:
    """The colour of what stands in the history."""
    return "accent" if rule == MARK else severity_role(severity)


def severity_role(severity: str) -> Role:
    """Its colour."""
    return _ROLES.get(severity, "warn")
