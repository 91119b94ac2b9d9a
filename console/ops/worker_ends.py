"""The ends of workers anywhere: asked whether they are there, told to stop, and forgotten when they are lost."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from console.ops.audit import Entry
from console.ops.commands import Done
from console.ops.fleet import SILENT_S
from console.ops.guard import Weight
from console.ops.undo import recorded
from worker.core.errors import UsageError
from worker.core.said import listed, said, said_counted, sentences

if TYPE_CHECKING:
    from console.ops.services import Services

STOP_SHOWS_S = 5.0  # a worker that is told to stop shows it in so long, and is not waited for any longer
LOOK_EVERY_S = 0.3
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _OnWorkers:
    workers: Names
    weight: ClassVar[Weight] = Weight.CHANGES

    @property
    def asked(self) -> int:
        """The workers."""
        return len(self.workers)


@dataclass(frozen=True, slots=True)
class Ping(_OnWorkers):
    """Ask workers whether they are there."""

    action: ClassVar[str] = ""
    weight: ClassVar[Weight] = Weight.LOOKS

    def run(self, services: Services) -> Done[dict[str, float | None]]:
        """Seconds until all that are there had answered, by name; None for one that did not."""
        begun = time.perf_counter()
        answers = services.broker.control.look("ping", self.workers)
        took = time.perf_counter() - begun
        there = {name: took if name in answers else None for name in self.workers}
        silent = [name for name, seconds in there.items() if seconds is None]
        heard = [name for name in self.workers if name not in silent]
        answered = said("{workers} answered in {n} ms.", workers=listed(heard), n=round(took * 1000)) if heard else ""
        return Done(sentences(answered, _silent(silent)), there)


@dataclass(frozen=True, slots=True)
class Stopped:
    """What became of workers that were told to stop."""

    ended: Names  # they said goodbye, or answer no more and hold nothing of ours
    ending: Names  # they listen no more, and read to the end what they have
    silent: Names  # they did not answer before, and may not have heard
    deaf: Names  # they are as they were


@dataclass(frozen=True, slots=True)
class WarmStop(_OnWorkers):
    """Tell workers to take nothing more, to end what they have, and to go."""

    action: ClassVar[str] = "stop worker"

    def run(self, services: Services) -> Done[Stopped]:
        """No worker answers this command: their rows and their silence tell. Ours end within their time to stop."""
        if not self.workers:
            raise UsageError("Name a worker.", "`ocr-console workers` lists them.")
        there = set(services.broker.control.look("ping", self.workers))
        services.broker.control.tell("shutdown", self.workers)
        end = time.monotonic() + STOP_SHOWS_S
        stopped = self._look(services, there)
        while len(stopped.ended) < len(there) and time.monotonic() < end:
            time.sleep(LOOK_EVERY_S)
            stopped = self._look(services, there)
        heard = (*stopped.ended, *stopped.ending)
        return Done(_told(services, stopped), stopped, Entry(self.asked, len(heard), {"workers": list(heard)}))

    def _look(self, services: Services, there: set[str]) -> Stopped:
        reports = {report.name: report for report in services.store.workers()}
        listens = set(services.broker.control.look("ping", sorted(there)))
        gone = [name for name in self.workers if name in there and name not in listens]
        ending = [name for name in gone if name in reports and reports[name].stopped is None]
        return Stopped(
            tuple(name for name in gone if name not in ending),
            tuple(ending),
            tuple(name for name in self.workers if name not in there),
            tuple(name for name in self.workers if name in listens),
        )


@dataclass(frozen=True, slots=True)
class ForgetWorkers(_OnWorkers):
    """List workers no more that are lost, or that stopped."""

    action: ClassVar[str] = "forget worker"

    def run(self, services: Services) -> Done[Names]:
        """One that is there, after all, lists itself again. Raises UsageError where none of them is lost."""
        rows = services.store.forget_workers(self.workers, lost_s=SILENT_S)
        names = tuple(sorted(str(row["name"]) for row in rows))
        if not names:
            cannot = "{workers} cannot be forgotten: only a worker that is lost can be."
            raise UsageError(said(cannot, workers=listed(self.workers)))
        stay = [name for name in self.workers if name not in names]
        rest = said_counted(len(stay), "{workers} is not lost.", "{workers} are not lost.", workers=listed(stay))
        gone = said_counted(len(names), "{workers} is forgotten.", "{workers} are forgotten.", workers=listed(names))
        entry = Entry(self.asked, len(names), {"workers": list(names)})
        done = Done(sentences(gone, rest if stay else ""), names, entry)
        return recorded(services, self.action, done, {"rows": rows})


def _told(services: Services, stopped: Stopped) -> str:
    busy = {report.name: report.busy for report in services.store.workers()}
    parts: list[str] = []
    if ended := stopped.ended:
        one, many = "{workers} has stopped.", "{workers} have stopped."
        parts.append(said_counted(len(ended), one, many, workers=listed(ended)))
    for name in stopped.ending:
        one = "{worker} ends 1 task first: at most {s} s."
        many = "{worker} ends {n} tasks first: at most {s} s."
        seconds = round(services.settings.soft_shutdown_s)
        parts.append(said_counted(busy.get(name, 0), one, many, worker=name, s=seconds))
    parts.append(_silent(stopped.silent))
    if stopped.deaf:
        parts.append(said("{workers} did not take it up.", workers=listed(stopped.deaf)))
    return sentences(*parts)


def _silent(names: Sequence[str]) -> str:
    return said("{workers} did not answer.", workers=listed(names)) if names else ""
