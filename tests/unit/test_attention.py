"""The rules of attention: each present, absent, at its threshold; what keeps them from flapping."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.ops.attention import MOST, judge
from console.ops.condition import UNHEARD
from console.ops.contradictions import Contradiction, Kind, Mend
from console.ops.facts import Snapshot
from console.ops.findings import Severity, Way
from console.ops.fleet import Condition, Presence
from console.ops.health import Health, Name
from console.ops.rules import RULES
from console.ops.sightings import SEERS
from tests.unit.pictures import NOW, SERVICES, Key, group, keys, only, queue, seen, worker
from worker.core.errors import NetworkError
from worker.core.history import Lately
from worker.core.jobs import State
from worker.core.pulse import House


def over_time(*pictures: Snapshot, lately: Lately | None = None) -> list[list[Key]]:
    """The keys found in each, one judged after the other, behind a picture in which nothing is wrong."""
    before, found = judge(seen(after_s=-1)), []
    for picture in pictures:
        before = judge(picture, lately, before=before)
        found.append(keys(before))
    return found


def test_where_all_is_well_nothing_is_found() -> None:
    fleet = (worker(report={"disk_free_mb": 50_000.0}),)
    assert judge(seen(workers=fleet, queues=(queue(),)), Lately(100, 3)).findings == ()
    assert judge(Snapshot(NOW, ())).findings == ()


def test_every_rule_has_eyes() -> None:
    assert SEERS.keys() == RULES.keys()


@pytest.mark.parametrize(("age_min", "found"), [(9.9, []), (10, [("queue_old", "ocr")]), (90, [("queue_old", "ocr")])])
def test_a_queue_whose_oldest_waits_too_long(age_min: float, found: list[Key]) -> None:
    picture = seen(workers=(worker(),), queues=(queue(oldest_s=age_min * 60),))
    assert keys(judge(picture)) == found


def test_what_is_said_of_an_old_queue() -> None:
    finding = only(judge(seen(workers=(worker(),), queues=(queue(oldest_s=31 * 60),))))
    assert "762 pages wait, the oldest for 31 min" in finding.sentence
    assert (finding.severity, finding.count) == (Severity.WARN, 762)
    assert finding.since == NOW - timedelta(minutes=21)
    assert (finding.remedy.way, finding.remedy.subject) == (Way.SHOW_QUEUE, "ocr")


def test_an_old_queue_is_over_only_when_it_is_clearly_younger() -> None:
    def aged(age_min: float, after_s: float) -> Snapshot:
        return seen(after_s=after_s, workers=(worker(),), queues=(queue(oldest_s=age_min * 60),))

    old = [("queue_old", "ocr")]
    ages = [(9.9, 0), (10, 1), (9.9, 2), (8.1, 60), (7.9, 61), (7.9, 89), (7.9, 91), (9.9, 92)]
    assert over_time(*(aged(*each) for each in ages)) == [[], old, old, old, old, old, [], []]


def test_a_queue_without_a_worker_is_told_when_it_stays_so() -> None:
    pictures = [seen(after_s=after, queues=(queue(oldest_s=5.0 + after),)) for after in (0, 29.9, 30)]
    assert over_time(*pictures) == [[], [], [("no_worker", "ocr")]]


def test_a_worker_that_comes_in_time_begins_it_anew() -> None:
    alone = queue(oldest_s=5.0)
    served = seen(after_s=20, workers=(worker(),), queues=(alone,))
    assert (
        over_time(seen(queues=(alone,)), served, seen(after_s=31, queues=(alone,)), seen(after_s=60, queues=(alone,)))
        == [[]] * 4
    )


def test_at_the_first_look_what_waits_already_tells_since_when() -> None:
    assert keys(judge(seen(queues=(queue(oldest_s=29),)))) == []
    finding = only(judge(seen(queues=(queue(oldest_s=3_600),))))
    assert finding.key == ("no_worker", "ocr")
    assert (finding.since, finding.severity) == (NOW - timedelta(hours=1), Severity.BAD)
    assert (finding.remedy.way, finding.remedy.subject) == (Way.START_WORKER, "ocr")


def test_a_queue_of_another_program_is_looked_at_and_gets_no_worker_of_ours() -> None:
    finding = only(judge(seen(queues=(queue(oldest_s=3_600, pages=0),))))
    assert (finding.key, finding.severity) == (("no_worker", "ocr"), Severity.WARN)
    assert (finding.remedy.way, finding.remedy.subject) == (Way.SHOW_QUEUE, "ocr")


@pytest.mark.parametrize(
    "given", [{"ready": 0, "pages": 0}, {"ready": 0, "delayed": 2}, {"paused": True}], ids=["empty", "later", "paused"]
)
def test_a_queue_that_needs_no_worker(given: dict[str, Any]) -> None:
    found = keys(judge(seen(queues=(queue(oldest_s=3_600, **given),))))
    assert not {rule for rule, _ in found} & {"no_worker", "queue_old"}


def test_a_silent_worker_still_serves_and_a_lost_one_does_not() -> None:
    for state, found in ((Presence.SILENT, False), (Presence.LOST, True)):
        picture = seen(workers=(worker(state=state),), queues=(queue(oldest_s=120),))
        assert (("no_worker", "ocr") in keys(judge(picture))) is found


def test_a_pause_is_a_note_with_its_way_back() -> None:
    finding = only(judge(seen(workers=(worker(),), queues=(queue(paused=True, oldest_s=1_860),))))
    assert (finding.key, finding.severity) == (("queue_paused", "ocr"), Severity.NOTE)
    assert finding.remedy.way is Way.RESUME_QUEUE
    assert keys(judge(seen(queues=(queue(paused=True, ready=0, pages=0),)))) == []


@pytest.mark.parametrize(
    ("done", "failed", "found"),
    [(8, 2, False), (7, 2, False), (7, 3, True), (0, 9, False), (0, 10, True), (800, 200, False), (799, 201, True)],
)
def test_the_failure_rate_is_over_a_fifth_of_ten_at_least(done: int, failed: int, found: bool) -> None:
    assert (("failure_rate", "") in keys(judge(seen(), Lately(done, failed)))) is found


def test_the_failure_rate_is_over_when_it_was_low_for_a_minute() -> None:
    rates = [(30, 0), (17, 1), (15, 2), (15, 61), (15, 62)]
    before, found = judge(seen(after_s=-1)), []
    for rate, after in rates:
        before = judge(seen(after_s=after), Lately(100 - rate, rate), before=before)
        found.append(len(before.findings))
    assert found == [1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"state": Presence.ONLINE}, []),
        ({"state": Presence.LOST}, [("worker_lost", "ocr@a")]),
        ({"state": Presence.SILENT, "report": {"silent_s": 9.9}}, []),
        ({"state": Presence.SILENT, "report": {"silent_s": 10.0}}, [("worker_silent", "ocr@a")]),
        ({"state": Presence.SILENT, "report": {"silent_s": 41.0}, "condition": Condition.BUSY}, []),
    ],
)
def test_a_worker_that_does_not_speak(given: dict[str, Any], found: list[Key]) -> None:
    assert keys(judge(seen(workers=(worker(**given),)))) == found


def test_a_silent_worker_that_is_lost_is_told_once() -> None:
    silent = seen(after_s=1, workers=(worker(state=Presence.SILENT, report={"silent_s": 12.0}),))
    lost = seen(after_s=2, workers=(worker(state=Presence.LOST),))
    again = replace(silent, at=NOW + timedelta(seconds=3))
    assert over_time(silent, lost, again) == [
        [("worker_silent", "ocr@a")],
        [("worker_lost", "ocr@a")],
        [("worker_silent", "ocr@a")],
    ]


def test_what_is_said_of_a_lost_worker() -> None:
    lost = worker("ocr@a", Presence.LOST, cause="Its process has ended.")
    finding = only(judge(seen(after_s=60, workers=(lost,))))
    assert finding.sentence.startswith("Its process has ended. Not heard of since ")
    assert (finding.since, finding.severity) == (NOW, Severity.BAD)
    assert (finding.remedy.way, finding.remedy.subject) == (Way.SHOW_WORKER, "ocr@a")
    unheard = worker("ocr@a", Presence.LOST, cause=UNHEARD)
    assert only(judge(seen(after_s=60, workers=(unheard,)))).sentence.startswith("Not heard of since ")


@pytest.mark.parametrize(("free_mb", "found"), [(1_999.0, 1), (2_000.0, 0), (None, 0)])
def test_a_disk_with_little_room(free_mb: float | None, found: int) -> None:
    fleet = (worker(host="scan-03", report={"disk_free_mb": free_mb}),)
    assert keys(judge(seen(workers=fleet))) == [("disk_low", "scan-03")] * found


def test_a_disk_that_workers_share_is_found_once_and_over_with_some_more_room() -> None:
    def with_room(free_mb: float, after_s: float) -> Snapshot:
        fleet = (
            worker("ocr1@scan", host="scan", report={"disk_free_mb": free_mb}),
            worker("ocr2@scan", host="scan", report={"disk_free_mb": free_mb + 5_000}),
            worker("ocr3@scan", Presence.LOST, host="scan", report={"disk_free_mb": 0.0}),
        )
        return seen(after_s=after_s, workers=fleet)

    rooms = [(2_100, 0), (1_900, 1), (2_150, 20), (2_300, 25), (2_300, 31)]
    found = over_time(*(with_room(*each) for each in rooms))
    assert [("disk_low", "scan") in each for each in found] == [False, True, True, True, False]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_stays_away(service: Name) -> None:
    found = over_time(*(seen(after_s=after, away=service) for after in (0, 4.9, 5)))
    assert found == [[], [], [("service_away", service)]]
    finding = only(judge(seen(away=service), rules={"service_away": replace(RULES["service_away"], after_s=0)}))
    assert finding.sentence == "It is away. Start it."
    assert (finding.remedy.way, finding.remedy.subject) == (Way.SHOW_SERVICE, service)


def test_a_service_that_starts_is_not_away() -> None:
    starting = Health("redis", "starting", "It is starting.", since=NOW, error=NetworkError("It is starting."))
    first = judge(seen(after_s=-1))
    later = judge(
        replace(seen(after_s=60), health=(starting,)), before=judge(replace(seen(), health=(starting,)), before=first)
    )
    assert keys(later) == []


def test_while_the_database_is_away_what_was_found_stays_as_it_was() -> None:
    lost = (worker(state=Presence.LOST),)
    first = judge(seen(workers=lost))
    dark = judge(seen(after_s=100, away="postgres"), before=first)  # an empty picture: nothing is known
    assert keys(dark) == [("worker_lost", "ocr@a")]
    assert dark.held["worker_lost", "ocr@a"] == first.held["worker_lost", "ocr@a"]
    assert keys(judge(seen(after_s=106), before=dark)) == []


def test_a_contradiction_brings_its_own_remedy() -> None:
    idle = Contradiction(Kind.IDLE, "ocr@a", "It takes nothing.", Mend.PING)
    other = Contradiction(Kind.ELSEWHERE, "ocr@a", "It is elsewhere.", Mend.SHOW)
    found = over_time(*(seen(after_s=after, contradictions=(idle,)) for after in (0, 9, 10)))
    assert found == [[], [], [("contradiction", "idle ocr@a")]]
    now = {"contradiction": replace(RULES["contradiction"], after_s=0)}
    shown, mended = judge(seen(contradictions=(idle, other)), rules=now).findings
    assert (mended.remedy.way, mended.remedy.contradiction) == (Way.MEND, idle)
    assert (shown.remedy.way, shown.remedy.subject) == (Way.SHOW_WORKER, "ocr@a")
    assert shown.title == "ocr@a listens to another broker"


def test_nobody_keeps_house() -> None:
    for silent_s, found in ((30, []), (31, [("unkept", "")])):
        house = House("ocr@a", silent_s)
        assert keys(judge(seen(house=house, counts={**dict.fromkeys(State, 0), State.QUEUED: 1}))) == found
    assert keys(judge(seen(house=House("ocr@a", 99)))) == []  # nothing is there that could be lost


def test_the_worst_comes_first_and_there_is_an_end_to_it() -> None:
    fleet = tuple(worker(f"ocr{number:03}@a", Presence.LOST) for number in range(150))
    judgement = judge(seen(workers=fleet, failures=(group(),), queues=(queue(queue="q", paused=True),)))
    assert len(judgement.findings) == MOST
    few = judge(seen(workers=fleet[:2], failures=(group(),), queues=(queue(queue="q", paused=True),)))
    assert [finding.severity for finding in few.findings] == [Severity.BAD, Severity.BAD, Severity.WARN, Severity.NOTE]


def test_the_same_picture_is_judged_the_same() -> None:
    picture = seen(workers=(worker(state=Presence.LOST),), failures=(group(),))
    assert judge(picture) == judge(picture)


def test_since_when_stays_while_it_lasts_and_the_words_follow() -> None:
    first = judge(seen(failures=(group(count=1),)))
    more = only(judge(seen(after_s=9, failures=(replace(group(count=12), since=NOW),)), before=first))
    assert (more.title, more.since) == ("12 files need a password", NOW - timedelta(minutes=26))


def test_a_rule_that_is_switched_off_forgets_what_it_found() -> None:
    first = judge(seen(workers=(worker(state=Presence.LOST),)))
    off = {**RULES, "worker_lost": replace(RULES["worker_lost"], on=False)}
    assert keys(judge(seen(), rules=off, before=first)) == []
