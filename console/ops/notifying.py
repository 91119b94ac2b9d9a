"""When a desktop notification is shown, and of what: one for all that is new, and never a flood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from console.ops.findings import Finding, Severity
from worker.core.said import said, sentences

GATHER_S = 5.0  # what comes together is told together
EVERY_S = 60.0  # at most one in so long
AGAIN_S = 600.0  # what is over for less than that and comes back is not told again


@dataclass(frozen=True, slots=True)
class Notification:
    """What is shown: one finding with its way out, or the titles of several."""

    findings: tuple[Finding, ...]  # the worst first

    @property
    def title(self) -> str:
        """The finding's, or how many there are."""
        if len(self.findings) == 1:
            return self.findings[0].title
        return said("{n} things need attention", n=len(self.findings))

    @property
    def sentence(self) -> str:
        """The finding's, or the titles of them all."""
        if len(self.findings) == 1:
            return self.findings[0].sentence
        return sentences(*(said("{title}.", title=finding.title) for finding in self.findings))


class Notifier:
    """Told of the findings again and again, says what to show.

    Only what is bad is told, once for as long as it lasts. What is there at the first look is on the screen already.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], float] | None = None  # what was told, and when it was so last
        self._new: dict[tuple[str, str], Finding] = {}  # in the order in which they came
        self._gathered_at = 0.0  # since when there is something to tell
        self._told_at = -EVERY_S

    def next(self, findings: Iterable[Finding], now: float) -> Notification | None:
        """What to show now, if anything.

        Args:
            findings: What needs attention, the worst first.
            now: Seconds of a clock that never goes back.
        """
        bad = {finding.key: finding for finding in findings if finding.severity is Severity.BAD}
        if self._known is None:
            self._known = dict.fromkeys(bad, now)
            return None
        lasting = {key: now if key in bad else last for key, last in self._known.items()}
        self._known = {key: last for key, last in lasting.items() if now - last < AGAIN_S}
        fresh = {key: finding for key, finding in bad.items() if key not in self._known}
        if fresh and not self._new:
            self._gathered_at = now
        self._new = fresh
        if not fresh or now - self._gathered_at < GATHER_S or now - self._told_at < EVERY_S:
            return None
        self._told_at, self._new = now, {}
        self._known |= dict.fromkeys(fresh, now)
        return Notification(tuple(fresh.values()))
