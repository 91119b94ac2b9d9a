"""The ends of workers anywhere: asked whether they are there, told to stop, and forgotten when they are lost."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from console.ops.audit import Entry
from console.ops.commands import Done, counted
from console.ops.fleet import SILENT_S
from console.ops.guard import Weight
from console.ops.reasons import listed
from console.ops.undo import recorded
from worker.core.errors import UsageError

if TYPE_CHECKING:
    from console.ops.services import Services

STOP_SHOWS_S = 5.0  # a worker that is told to stop shows it in so long, and is not waited for any longer
LOOK_EVERY_S = 0.3
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ping:
    """Ask workers whether they are there."""

    workers: Names
    action: ClassVar[str] = ""
    weight: ClassVar[Weight] = Weight.LOOKS

    @property
    def asked(self) -> int:
        """The workers."""
        return len(self.workers)

    def run(self, services: Services) -> Done[dict[str, float | None]]:
        """Seconds until all that are there had answered, by name; None for one that did not."""
        begun = time.perf_counter()
        answers = services.broker.control.look("ping", self.workers)
        took = time.perf_counter() - begun
        there = {name: took if name in answers else None for name in self.workers}
        silent = [name for name, seconds in there.items() if seconds is None]
        heard = [name for name in self.workers if name not in silent]
        said = f"{listed(heard)} answered in {took * 1000:,.0f} ms." if heard else ""
        return Done(f"{said} {_silent(silent)}".strip(), there)


@dataclass(frozen=True, slots=True)
class Stopped:
    """What became of workers that were told to stop."""

    ended: Names  # they said goodbye, or answer no more and hold nothing of ours
    ending: Names  # they listen no more, and read to the end what they have
    silent: Names  # they did not answer before, and may not have heard
    deaf: Names  # they are as they were


@dataclass(frozen=True, slots=True)
class WarmStop:
    """Tell workers to take nothing more, to end what they have, and to go."""

    workers: Names
    action: ClassVar[str] = "stop worker"
    weight: ClassVar[Weight] = Weight.CHANGES

    @property
    def asked(self) -> int:
        """The workers."""
        return len(self.workers)

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
class ForgetWorkers:
    """List workers no more that are lost, or that stopped."""

    names: Names
    action: ClassVar[str] = "forget worker"
    weight: ClassVar[Weight] = Weight.CHANGES

    @property
    def asked(self) -> int:
        """The workers."""
        return len(self.names)

    def run(self, services: Services) -> Done[Names]:
        """One that is there, after all, lists itself again. Raises UsageError where none of them is lost."""
        rows = services.store.forget_workers(self.names, lost_s=SILENT_S)
        names = tuple(sorted(str(row["name"]) for row in rows))
        if not names:
            raise UsageError(f"{listed(self.names)} cannot be forgotten: only a worker that is lost can be.")
        stay = [name for name in self.names if name not in names]
        rest = f" {listed(stay)} {'is' if len(stay) == 1 else 'are'} not lost." if stay else ""
        said = f"{listed(names)} {'is' if len(names) == 1 else 'are'} forgotten.{rest}"
        done = Done(said, names, Entry(self.asked, len(names), {"workers": list(names)}))
        return recorded(services, self.action, done, {"rows": rows})


def _told(services: Services, stopped: Stopped) -> str:
    busy = {report.name: report.busy for report in services.store.workers()}
    said = [f"{listed(stopped.ended)} {'has' if len(stopped.ended) == 1 else 'have'} stopped."] if stopped.ended else []
    within = f"at most {services.settings.soft_shutdown_s:.0f} s"
    said += [f"{name} ends {counted(busy.get(name, 0), 'task')} first: {within}." for name in stopped.ending]
    said += [_silent(list(stopped.silent))] if stopped.silent else []
    said += [f"{listed(stopped.deaf)} did not take it up."] if stopped.deaf else []
    return " ".join(said)


def _silent(names: list[str]) -> str:
    return f"{listed(names)} did not answer." if names else ""
