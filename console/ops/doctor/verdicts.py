"""What the doctor says, as data: a verdict, a headline, figures, a sentence of cause and a remedy for each check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.ops.findings import Remedy as Button


class Verdict(StrEnum):
    """How it stands with what was looked at."""

    OK = "ok"
    WARN = "warn"  # works, and should not stay so
    FAIL = "fail"  # work stands still, or can be lost
    UNKNOWN = "unknown"  # could not be looked at; the fact says why


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about it."""

    text: str  # a sentence
    copy: str = ""  # a line for a shell, a server's console or a file; masked
    button: Button | None = None  # what can be done from here, or where to


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str  # for scripts; it stays
    title: str  # the headline: "Redis may lose what is queued"
    verdict: Verdict
    fact: str = ""  # the figures: 'appendonly no, save ""'; never a secret
    cause: str = ""  # what follows from it, in a sentence or two
    remedy: Remedy | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is to be done about it."""
        return self.verdict is Verdict.OK


@dataclass(frozen=True, slots=True)
class Report:
    """All that was looked at, in the order in which it is read."""

    profile: str  # its name
    at: datetime  # UTC
    took_s: float
    checks: tuple[Check, ...]
    settings: Mapping[str, str] = field(default_factory=dict)  # of the profile, masked

    @property
    def healthy(self) -> bool:
        """Whether no check fails."""
        return all(check.verdict is not Verdict.FAIL for check in self.checks)

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many checks have which verdict, every verdict named."""
        return {verdict: sum(check.verdict is verdict for check in self.checks) for verdict in Verdict}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look found: a check without its name, which is that of the look."""

    title: str
    verdict: Verdict
    fact: str = ""
    cause: str = ""
    remedy: Remedy | None = None
    about: str = field(default="")  # of several checks of one look: what tells this one's name apart

    def named(self, name: str) -> Check:
        """The check."""
        whole = f"{name}-{self.about}" if self.about else name
        return Check(whole, self.title, self.verdict, self.fact, self.cause, self.remedy)


def good(title: str, fact: str = "", *, about: str = "") -> Seen:
    """All is well."""
    return Seen(title, Verdict.OK, fact, about=about)


def warned(title: str, fact: str, cause: str, remedy: Remedy | None = None, *, about: str = "") -> Seen:
    """It works, and should not stay so."""
    return Seen(title, Verdict.WARN, fact, cause, remedy, about)


def failed(title: str, fact: str, cause: str, remedy: Remedy | None = None, *, about: str = "") -> Seen:
    """Work stands still, or can be lost."""
    return Seen(title, Verdict.FAIL, fact, cause, remedy, about)


def unknown(title: str, why: str, cause: str = "", remedy: Remedy | None = None, *, about: str = "") -> Seen:
    """It could not be looked at."""
    return Seen(title, Verdict.UNKNOWN, why, cause, remedy, about)
