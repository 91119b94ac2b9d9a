"""A deployment at work, invented: twenty thousand jobs, a day of history, workers that read, and what people did."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from tests.bench.million import fill
from worker.core.database import single
from worker.core.store import Store, WorkerReport

QUEUES, BATCHES = 5, 14
FLEET = (  # name, slots, busy, queues, memory, seconds since it was seen
    ("ocr1@scan-01", 8, 8, ("ocr", "celery"), 5300, 0),
    ("ocr2@scan-01", 8, 6, ("ocr",), 4600, 0),
    ("ocr1@scan-02", 4, 4, ("ocr", "ocr.q2"), 2000, 0),
    ("ocr1@desk-14", 4, 2, ("ocr",), 1200, 0),
    ("gpu1@halle", 1, 1, ("ocr.q3",), 14100, 12),
    ("ocr1@scan-03", 4, 0, ("ocr",), None, 360),
)
BEHIND = frozenset({"ocr1@desk-14"})  # of an older version, and with fewer languages
ACTS = (
    ("ann", "submit", 1204, 1204, "1,204 files are queued."),
    ("minh", "pause", 1, 1, "ocr.q2 is paused."),
    ("minh", "retry", 64, 64, "64 of 64 jobs queued again."),
    ("linh", "priority", 240, 212, "212 of 240 jobs are high now. 28 are done."),
    ("minh", "cancel", 131, 128, "128 of 131 jobs cancelled. 3 are done."),
)
TODAY = (  # the newest failures are of today, older ones were dealt with
    """update jobs set state = 'DONE', error = null, error_class = null, advice = null, mean_confidence = 94.2
    where state = 'FAILED' and id not in (select id from jobs where state = 'FAILED' order by id desc limit 57)""",
    """update jobs set finished_at = now() - n * interval '3 min', updated_at = now() - n * interval '3 min'
    from (select id as failed, row_number() over (order by id desc) as n from jobs where state = 'FAILED') f
    where id = failed""",
    """update jobs set state = 'RUNNING', started_at = now() - interval '40 s', pages_done = greatest(pages / 2, 1),
    mean_confidence = 91.4 where id in (select id from jobs where state = 'QUEUED' order by id limit 16)""",
    """update tasks set status = 'running', worker = 'ocr1@scan-01', attempt = 1, started_at = now() - interval '40 s',
    lease_until = now() + interval '1 h', page = 2 where job_id in (select id from jobs where state = 'RUNNING')""",
    """insert into task_log (task_id, job_id, attempt, worker, status, error_type, error_message, started_at,
        finished_at)
    select gen_random_uuid(), id, 1, 'ocr2@scan-01', 'failed', error_class, error, finished_at - interval '41 s',
    finished_at from jobs where state = 'FAILED'""",
    """insert into pages (job_id, number, state, confidence, words, chars, text, read_at)
    select id, n, case when n % 17 = 0 then 'failed' when n % 13 = 0 then 'blank' else 'done' end,
        case when n % 17 > 0 and n % 13 > 0 then 99 - (n * 7919) % 27 end, 200, 1800, 'x',
        now() - n * interval '2 s'
    from jobs, generate_series(1, pages_done) n where state in ('RUNNING', 'FAILED')""",
)
_HISTORY = text("""
insert into history (step, queue, at, covered_s, waiting, ready, held, running, delayed, added, begun, done, failed,
    pages, wait_p50_s, wait_p95_s, page_p50_s, page_p95_s, slots, busy)
values (:step, '', :at, :step, :waiting, :ready, 3, 20, 0, :added, :done, :done, :failed, :pages, :p50, :p95,
    1.3, 3.1, 24, 20)
on conflict do nothing""")
_AUDIT = text("""
insert into audit (at, who, host, profile, action, asked, done, result, details)
values (:at, :who, 'scan-01', 'embedded', :action, :asked, :done, :result, cast(:details as jsonb))""")


def invent(engine: Engine) -> None:
    """Fill the database."""
    fill(engine, jobs=20_000, queues=QUEUES, batches=BATCHES)
    now = datetime.now(UTC)
    with single(engine) as connection:
        for statement in TODAY:
            connection.execute(text(statement))
        connection.execute(text("update queues set paused = true, changed_by = 'minh@scan-01' where name = 'ocr.q2'"))
        for place, (who, action, asked, done, result) in enumerate(ACTS):
            at = now - timedelta(minutes=50 - 11 * place)
            details = json.dumps({"queue": "ocr.q2"})
            connection.execute(
                _AUDIT,
                {
                    "at": at,
                    "who": f"{who}@scan-01",
                    "action": action,
                    "asked": asked,
                    "done": done,
                    "result": result,
                    "details": details,
                },
            )
        for step, count in ((10, 360), (60, 1440), (600, 1000)):
            connection.execute(_HISTORY, [_sample(now, step, number) for number in range(count)])
    beat(engine)


def beat(engine: Engine) -> None:
    """What the workers say of themselves now."""
    store = Store(engine)
    for name, slots, busy, queues, memory, silent_s in FLEET:
        store.put_worker(
            WorkerReport(
                name,
                name.partition("@")[2],
                4711,
                "0.9" if name in BEHIND else "1.0",
                slots=slots,
                busy=busy,
                queues=queues,
                memory_mb=memory,
                disk_free_mb=61_000,
                languages=("deu", "eng") if name in BEHIND else ("deu", "eng", "vie", "chi_sim"),
                tools={"tesseract": "5.5.0", "pdfium": "6.0"},
            )
        )
        with single(engine) as connection:
            connection.execute(
                text(
                    "update workers set seen_at = clock_timestamp() - make_interval(secs => :s), "
                    "started_at = now() - interval '9 h' where name = :n"
                ),
                {"s": silent_s, "n": name},
            )


def _sample(now: datetime, step: int, number: int) -> dict[str, object]:
    """Two shifts a day, batches that come in leaps and are worked off."""
    at = datetime.fromtimestamp(now.timestamp() // step * step - step * number, UTC)
    hours = at.timestamp() / 3600
    busy = 1.0 if 7 <= hours % 24 < 18 else 0.25
    wave = (hours * 0.7) % 1
    waiting = round(busy * (1 - wave) * 9000)
    rate = busy * (130 + 25 * math.sin(hours * 9)) if waiting else 0
    return {
        "step": step,
        "at": at,
        "waiting": waiting,
        "ready": waiting // 8,
        "added": round(busy * step / 60 * 9),
        "done": round(rate * step / 60 / 8),
        "failed": int(number % 97 == 0),
        "pages": round(rate * step / 60),
        "p50": 20 + waiting / 60,
        "p95": 60 + waiting / 22,
    }
