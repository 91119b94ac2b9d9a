"""What keeps a job that waits from being begun: the first cause that is found, from the brakes to its place in line."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from console.ops.backlog import lasting
from console.ops.contradictions import IDLE_S, LISTENED_S, Contradiction, Kind, Mend
from console.ops.doctor.lines import ocr_console
from console.ops.doctor.verdicts import Remedy, Seen, Verdict, failed, good, warned
from console.ops.facts import UNKEPT_S
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from console.ops.fleet import Presence, Worker
from console.ops.presence import workers
from worker.core.errors import ServiceError
from worker.core.language_wait import why_waiting
from worker.core.languages import install_line, named
from worker.core.outbox import HELD_S, LOOK_EVERY_S
from worker.core.said import Moment, Said, listed, said, said_counted, sentences
from worker.core.standing import Before, Standing, Standings, Unit

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.depths import QueueDepth
    from worker.core.jobs import Job

SEARCHED = 2_000  # messages of its queue, those that run next: one that is deeper is not looked for
AT_ONCE_S = 5.0  # a message that came so lately needs no explanation
LEAST_PAGES = 20  # read in the last minute: of fewer no time is reckoned


def waits(services: Services, job: Job, standing: Standing) -> Seen:
    """Why nothing of it is begun. Raises DatabaseError."""
    if not standing.units:
        return _without_units(services)
    waiting = _Waiting(services, job, standing)
    for cause in (waiting.paused, waiting.tried_again, waiting.unserved, waiting.unreadable, waiting.untold):
        if (found := cause()) is not None:
            return found
    return waiting.in_line()


class _Waiting:
    """One job, by the unit of work that is next of it."""

    def __init__(self, services: Services, job: Job, standing: Standing) -> None:
        self._services, self._job, self._standing = services, job, standing
        self._unit: Unit = standing.units[0]
        self._queue = self._unit.queue
        fleet = workers(services)
        self._online = [one for one in fleet if one.state is Presence.ONLINE]
        self._serving = [one for one in fleet if one.state is not Presence.LOST and self._queue in one.serves]

    def paused(self) -> Seen | None:
        """Somebody holds it back."""
        unit, name = self._unit, self._job.batch or ""
        if self._standing.batch_paused:
            line = ocr_console(self._services.profile, "resume", "--batch", name)
            button = Button(Way.RESUME_BATCH, str(self._job.batch_id))
            return warned(
                said("Its batch {batch} is paused.", batch=name), self._fact, "", Remedy("Resume it.", line, button)
            )
        if not unit.queue_paused:
            return None
        line = ocr_console(self._services.profile, "resume", self._queue)
        by = said("Paused by {who}.", who=unit.paused_by) if unit.paused_by else ""
        remedy = Remedy("Resume it.", line, Button(Way.RESUME_QUEUE, self._queue))
        return warned(said("{queue} is paused.", queue=self._queue), self._fact, by, remedy)

    def tried_again(self) -> Seen | None:
        """It was begun, and waits for its next try."""
        unit = self._unit
        if unit.due_s <= 0:
            return None
        clock = Moment(unit.not_before, self._standing.now)
        cause = sentences(self._job.error or unit.error or "", self._job.advice or "")
        title = said("It is tried again at {clock}, in {s} s.", clock=clock, s=round(unit.due_s) or 1)
        return warned(title, self._fact, cause, Remedy("Nothing has to be done; each time it waits for longer."))

    def unserved(self) -> Seen | None:
        """No worker takes from its queue, neither ours nor another program's."""
        if self._serving or self._queue in self._elsewhere():
            return None
        cause = (
            said("Those online take from others: {workers}.", workers=listed(_some(self._online)))
            if self._online
            else "No worker is online at all."
        )
        line = ocr_console(self._services.profile, "worker", "start", "--queues", self._queue)
        remedy = Remedy("Start a worker on this queue.", line, Button(Way.START_WORKER, self._queue))
        return failed(said("No worker serves {queue}.", queue=self._queue), self._fact, cause, remedy)

    def unreadable(self) -> Seen | None:
        """No worker that could take it has its languages, or those that have do not come to it yet."""
        needed = named(self._job.options.languages)
        if needed is None or not self._serving:
            return None
        fleet = {worker.name: frozenset(worker.report.languages) for worker in self._serving}
        if not (able := [name for name, languages in fleet.items() if needed <= languages]):
            missing: list[str] = min((sorted(needed - languages) for languages in fleet.values()), key=len)
            remedy = Remedy("Install it on a worker; it is seen without a restart.", install_line(missing))
            return failed(why_waiting(needed, list(fleet.values()), self._queue), self._fact, self._given_up(), remedy)
        if not self._unit.set_aside:
            return None
        one, many = (
            "It waits for {workers}, which has its languages.",
            "It waits for {workers}, which have its languages.",
        )
        return good(said_counted(len(able), one, many, workers=listed(_few(able))), self._fact)

    def _given_up(self) -> str:
        left = self._unit.given_up_s
        return "" if left is None else said("It fails in {s} s if none comes that has.", s=max(0, round(left)))

    def untold(self) -> Seen | None:
        """No message of it is in the broker, or one is in a hand that does nothing with it."""
        try:
            [depth] = self._services.broker.depths([self._queue])
            if (depth.ready > SEARCHED and self._before.more) or self._is_ready(depth):
                return None
        except ServiceError as away:
            cause = "No worker is told of it while the broker is away; what waits is sent when it is back."
            return failed(away.sentence, self._fact, cause, Remedy(away.advice) if away.advice else None)
        held = next((message for message in depth.messages if message.task == self._unit.id), None)
        if held is not None:
            return self._held(depth.age_s(held))
        unread = depth.ready > SEARCHED or depth.estimated
        return None if unread else self._unrung()

    def in_line(self) -> Seen:
        """Its message lies in the queue."""
        slots = sum(worker.report.slots for worker in self._serving)
        busy = sum(min(worker.report.busy, worker.report.slots) for worker in self._serving)
        before = self._before
        if busy < slots and not before.units and self._unit.waits_s > IDLE_S:
            return self._left_lying(slots - busy)
        title = said_counted(
            slots,
            "The one process that serves {queue} is busy.",
            "All {n} processes that serve {queue} are busy.",
            queue=self._queue,
        )
        if busy < slots or not slots:  # none of ours: how much those of other programs have is not known
            return good(sentences(_ahead(before), "A worker takes it when it comes to it."), self._fact)
        return Seen(
            sentences(title, _ahead(before)),
            Verdict.OK,
            self._fact,
            self._pace(before),
            Remedy("Start another worker, or move it to the front.", button=Button(Way.START_WORKER, self._queue)),
        )

    @cached_property
    def _before(self) -> Before:
        return Standings(self._services.engine).before(self._unit)

    def _elsewhere(self) -> set[str]:
        """The queues that workers of other programs take from: known where somebody listens, else they are asked."""
        neighbours = self._services.neighbours
        if (neighbours.listening_s or 0.0) > LISTENED_S:
            return {queue for pool in neighbours.pools.values() for queue in pool.queues}
        try:
            return {queue for queues in self._services.broker.control.consuming().values() for queue in queues}
        except ServiceError:  # then nobody does
            return set()

    def _is_ready(self, depth: QueueDepth) -> bool:
        mine = str(self._unit.id).encode()
        return any(mine in raw for raw in self._services.broker.peeking.raws(depth.queue, SEARCHED))

    def _held(self, age_s: float | None) -> Seen | None:
        if age_s is None or age_s < AT_ONCE_S:
            return good("A worker has its message, and is about to begin.", self._fact)
        title = said("Its message was handed out {s} s ago, and no worker has begun it.", s=round(age_s))
        silent = [worker for worker in self._serving if worker.state is not Presence.ONLINE]
        cause = (
            said("It may be held by {worker}, which is silent.", worker=listed(_some(silent)))
            if silent
            else said(
                "Whoever took it waits for a service or for room on its disk, or it died: {workers}.",
                workers=listed(_some(self._serving)),
            )
        )
        return warned(title, self._fact, cause, Remedy(said("It is rung for once more after {s} s.", s=round(HELD_S))))

    def _unrung(self) -> Seen:
        house = self._services.pulse().house
        kept = house is not None and house.silent_s <= UNKEPT_S
        title = "No message tells the workers of it."
        if kept and house is not None:
            within = round(LOOK_EVERY_S)
            text = said("{keeper} sends it again within {s} s.", keeper=house.acted_by, s=within)
        else:
            text = said("Nobody keeps house, so nobody sends it again. Start a worker, or ring again.")
        found = Contradiction(Kind.UNRUNG, self._queue, title, Mend.RING, tasks=(self._unit.id,), jobs=(self._job.id,))
        remedy = Remedy(text, button=Button(Way.MEND, self._queue, contradiction=found))
        return (warned if kept else failed)(title, self._fact, "The broker lost it, or never had it.", remedy)

    def _left_lying(self, free: int) -> Seen:
        names = [worker.name for worker in self._serving]
        title = said(
            "It is next, and {workers} with {slots} does not take it.",
            workers=listed(_some(self._serving)),
            slots=said_counted(free, "1 free slot", "{n} free slots"),
        )
        cause = "Its consumer is stuck, or it takes its messages from another broker."
        line = ocr_console(self._services.profile, "worker", "ping", *names[:3])
        return failed(title, self._fact, cause, Remedy("Ask it whether it is there; restart it.", line))

    def _pace(self, before: Before) -> str:
        """When it is its turn, where that can be said honestly."""
        read = self._services.flow().read.get(self._queue, 0)
        if read < LEAST_PAGES or before.more or not before.pages:
            return ""
        age = lasting(60 * before.pages / read)
        return said("That takes about {age} at the pace of the last minute.", age=age)

    @property
    def _fact(self) -> Said:
        return said(
            "queue {queue}, priority {priority}, waits for {age}",
            queue=self._queue,
            priority=said(self._job.priority.name.lower()),
            age=lasting(max(0.0, self._unit.waits_s)),
        )


def _without_units(services: Services) -> Seen:
    house = services.pulse().house
    title = "No unit of work stands for it: its sender left a row, and no task."
    if house is not None and house.silent_s <= UNKEPT_S:
        text = said("{keeper} makes one within half a minute.", keeper=house.acted_by)
        return warned(title, "", "", Remedy(text))
    line = ocr_console(services.profile, "worker", "start")
    text = said("Nobody keeps house. Start a worker: it makes one.")
    return failed(title, "", "", Remedy(text, line, Button(Way.START_WORKER)))


def _ahead(before: Before) -> Said:
    if before.more:
        return said("More than {n} units of work are before it.", n=before.units)
    if not before.pages:
        return said("It is next.")
    return said_counted(before.pages, "About 1 page is before it.", "About {n} pages are before it.")


def _some(fleet: list[Worker]) -> list[str]:
    """Their names, a few of them."""
    return _few([worker.name for worker in fleet])


def _few(names: list[str]) -> list[str]:
    return names if len(names) <= 3 else [*names[:3], said("{n} more", n=len(names) - 3)]
