"""The statements of the lease protocol. `clock_timestamp()`: `now()` stands still while a lock is awaited."""

# ruff: noqa: S608 - only the constants of this file go into the texts

from __future__ import annotations

from sqlalchemy import text

from worker.core.jobs import Page

MINE = "id = :task and attempt = :attempt and status = 'running'"
# What this round of tries has used up: an interruption raises both numbers, a retry by hand opens a new round.
FAILURES = "greatest(:tries - (max_attempts - attempt), 1)"
BACKOFF = "clock_timestamp() + make_interval(secs => least(600, power(2, least({} - 1, 20)) * (0.75 + random() / 2)))"
RECOUNT = """(select count(*) as settled, count(*) filter (where state = 'failed') as failed,
    sum(confidence * words) / nullif(sum(words) filter (where confidence is not null), 0) as confidence
    from pages where job_id = :job and reading = (select reading from jobs where id = :job)) p"""
COUNTS = "pages_done = p.settled, pages_failed = p.failed, mean_confidence = p.confidence"
ANY_JOB = "any(cast(:jobs as uuid[]))"

LOCK_JOB = text("select id, state from jobs where id = :job for no key update")

LOCK_CLAIMABLE = text("""
select t.queue, j.batch_id as batch, t.kind, t.lacks, coalesce(j.options ->> 'languages', 'eng') as languages
from tasks t join jobs j on j.id = t.job_id
where t.id = :task and t.status = 'queued' and t.not_before <= clock_timestamp() and j.state in ('QUEUED', 'RUNNING')
for no key update of j""")

# What is held back is asked here: the row above may have been waited for. By values it costs half of what joins do.
CLAIM = text("""
update tasks set status = 'running', attempt = attempt + 1, worker = :worker, pid = :pid,
    message_id = :message, page = null, lacks = null, lacks_until = null, route = null,
    lease_until = clock_timestamp() + make_interval(secs => :lease_s),
    deadline = clock_timestamp() + make_interval(secs => :limit_s),
    started_at = clock_timestamp(), finished_at = null, error_class = null, error = null
where id = :task and status = 'queued' and not_before <= clock_timestamp()
    and not exists (select from queues where name = :queue and paused)
    and not exists (select from batches where id = :batch and paused)
returning id as task_id, job_id, kind, attempt, max_attempts, first_page, last_page, suspect, password, deadline,
    extract(epoch from started_at - not_before)::float8 as waited_s""")

# A message came and was in vain; when the task goes on it is rung for anew.
UNRING = text("update tasks set published_at = null where id = :task and status = 'queued'")

JOB_RUNS = text("""
update jobs set state = 'RUNNING', started_at = coalesce(started_at, clock_timestamp()),
    error_class = null, error = null, advice = null
where id = :job and (state = 'QUEUED' or error is not null)""")

LOG_START = text("""
insert into task_log (task_id, job_id, attempt, worker, payload, status, retry_count, started_at)
values (:task, :job, :attempt, :worker, cast(:payload as jsonb), 'processing', :attempt - 1, clock_timestamp())""")

RENEW = text(f"""
update tasks set lease_until = clock_timestamp() + make_interval(secs => :lease_s)
where {MINE} and deadline > clock_timestamp() returning id""")

# Many rows without their jobs' locks: what another changes just now is left out, or the two could wait for each other.
# A process works at what it claimed last: an earlier row of its own is one whose end never reached us.
VOUCH = text("""
update tasks set lease_until = clock_timestamp() + make_interval(secs => :lease_s) where id in (
    select id from tasks t where status = 'running' and worker = :worker and pid = any(:pids)
        and deadline > clock_timestamp() and not exists (select from tasks later where later.worker = t.worker
            and later.pid = t.pid and later.status = 'running' and later.started_at > t.started_at)
    for no key update skip locked)""")

# The broker took the doorbells of these; many rows without their jobs' locks, as above.
RUNG = text("""
update tasks set published_at = clock_timestamp() where id in (
    select id from tasks where id = any(cast(:tasks as uuid[])) and status = 'queued' for no key update skip locked)""")

BEGIN_PAGE = text(f"update tasks set page = :page where {MINE} returning id")

HELD_NOW = text("select pid, message_id from tasks where status = 'running' and worker = :worker")

CANCELLED = text("select id from tasks where id = any(cast(:tasks as uuid[])) and status = 'cancelled'")

# A page that is settled is progress: the interruptions before it count no more.
SETTLES = text(f"update tasks set page = :next, interruptions = 0 where {MINE} returning id")

_OF_PAGE = (*(name for name in Page.__slots__ if name not in {"number", "reading"}), "made_of")
_REPLACED = (*_OF_PAGE, "task_id", "attempt", "reading", "read_at")
SAVE_PAGES = text(f"""
insert into pages (job_id, number, {", ".join(_REPLACED)})
select :job, p.number, {", ".join(f"p.{name}" for name in _OF_PAGE)}, mine.id, mine.attempt, j.reading,
    clock_timestamp()
from jsonb_populate_recordset(cast(null as pages), cast(:pages as jsonb)) p,
    (select id, attempt from tasks where {MINE}) mine, jobs j where j.id = :job
on conflict (job_id, number) do update set
    ({", ".join(_REPLACED)}) = ({", ".join(f"excluded.{name}" for name in _REPLACED)})""")

# Of a page whose attempts all ended its process: what was read of it before, if anything, was an earlier reading.
SETTLE_FAILED_PAGE = text("""
insert into pages (job_id, number, state, error_class, error, made_of, task_id, attempt, reading, read_at)
select id, :page, 'failed', :error_class, :error, cast(:made_of as jsonb), :task, :attempt, reading, clock_timestamp()
from jobs where id = :job
on conflict (job_id, number) do update set
    (state, source, confidence, words, chars, text, width, height, seconds, hocr_key, pdf_key, dpi, drops_text,
     skew, turned, tried, gain, image_key, reused, error_class, error, made_of, task_id, attempt, reading, read_at)
    = ('failed', 'ocr', null, 0, 0, '', null, null, null, null, null, null, false,
       null, null, null, null, null, false,
       excluded.error_class, excluded.error, excluded.made_of, excluded.task_id, excluded.attempt, excluded.reading,
       excluded.read_at)""")

JOB_PAGES = text("update jobs set pages = :pages where id = :job and pages is distinct from :pages")

JOB_PROGRESS = text(f"update jobs set pages = :pages, {COUNTS} from {RECOUNT} where id = :job")

JOB_COUNTS = text(f"update jobs set {COUNTS} from {RECOUNT} where id = :job")

JOB_SECONDS = text("update jobs set seconds = coalesce(seconds, 0) + :seconds where id = :job")

FINISH = text(f"""
update tasks set status = 'done', password = null, finished_at = clock_timestamp() where {MINE} returning id""")

WAS_FINISHED = text("select id from tasks where id = :task and attempt = :attempt and status = 'done'")

LOG_SUCCESS = text("""
update task_log set status = 'success', result = cast(:result as jsonb), traceback = :traceback,
    finished_at = clock_timestamp()
where task_id = :task and attempt = :attempt""")

JOB_DONE = text(f"""
update jobs set state = 'DONE', pages = :pages, {COUNTS}, seconds = coalesce(seconds, 0) + :seconds,
    engine = cast(:engine as jsonb), notes = cast(:notes as jsonb), outputs = cast(:outputs as jsonb),
    error_class = null, error = null, advice = null, finished_at = clock_timestamp()
from {RECOUNT} where id = :job returning attempts > 1 or reading > 1 as was_read_before""")

DROP_EARLIER_PAGES = text("""
delete from pages p using jobs j where j.id = :job and p.job_id = j.id and p.reading < j.reading""")

FAIL = text(f"""
update tasks set status = case when again then 'queued' else 'failed' end,
    worker = case when again then null else worker end,
    password = case when again then password end,
    not_before = case when again then {BACKOFF.format(FAILURES)} else not_before end,
    finished_at = case when again then null else clock_timestamp() end,
    max_attempts = max_attempts + :free,
    priority = case when :free > 0 then least(priority, :urgent) else priority end,
    published_at = null, error_class = :error_class, error = :error
from (select :retryable and attempt < max_attempts + :free as again from tasks where id = :task) verdict
where {MINE} returning status""")

LOG_FAILURE = text("""
update task_log set status = :word, error_type = :error_class, error_message = :error, traceback = :traceback,
    made_of = cast(:made_of as jsonb), finished_at = clock_timestamp()
where task_id = :task and attempt = :attempt""")

JOBS_WAIT = text(f"""
update jobs j set state = case when w.runs then 'RUNNING' else 'QUEUED' end,
    error_class = case when not w.runs then :error_class end, error = case when not w.runs then :error end,
    advice = case when not w.runs then :advice end, made_of = cast(:made_of as jsonb)
from (select id, exists (select from tasks t where t.job_id = jobs.id and t.status = 'running') as runs
    from jobs where id = {ANY_JOB}) w
where j.id = w.id and j.state in ('QUEUED', 'RUNNING')""")

JOBS_FAILED = text(f"""
update jobs set state = 'FAILED', error_class = :error_class, error = :error, advice = :advice,
    made_of = cast(:made_of as jsonb), finished_at = clock_timestamp()
where id = {ANY_JOB} and state in ('QUEUED', 'RUNNING')""")

LOG_REST = text(f"""
update task_log set status = 'failed', error_message = :why, finished_at = clock_timestamp()
where job_id = {ANY_JOB} and status = 'processing'""")

CANCEL_REST = text(f"""
update tasks set status = 'cancelled', password = null, finished_at = clock_timestamp()
where job_id = {ANY_JOB} and status in ('queued', 'running')""")

# Given back by its own worker, which made progress and ran out of time: no try is used up.
GIVE_BACK = text(f"""
update tasks set status = 'queued', worker = null, max_attempts = max_attempts + 1, page = null,
    not_before = clock_timestamp(), published_at = null, lacks = :lacks
where {MINE} returning id""")

LOCK_EXPIRED = text("""
select id from jobs where id in (
    select job_id from tasks where status = 'running' and lease_until < clock_timestamp()
        and pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => :lease_s)
    order by lease_until limit :limit)
order by id for no key update skip locked""")

_HELD = """worker = :worker and (cast(:pids as integer[]) is null or pid = any(:pids))
    and started_at < clock_timestamp() - make_interval(secs => :for_s)"""
LOCK_HELD = text(f"""
select id from jobs where id in (select job_id from tasks where status = 'running' and {_HELD})
order by id for no key update skip locked""")

_LOST = f"""
select id as task, job_id as job, attempt, max_attempts, page, suspect, interruptions,
    coalesce(lease_until > deadline, false) as over_limit
from tasks where job_id = {ANY_JOB} and status = 'running' and """
# A renewal just before the deadline carries the lease beyond it: only then was it the time limit that ended it.
EXPIRED = text(_LOST + "lease_until < clock_timestamp() order by id for no key update")
HELD = text(f"{_LOST} {_HELD} order by id for no key update")

TAKE_BACK = text(f"""
update tasks set status = 'queued', worker = null, suspect = coalesce(:suspect, suspect), page = null,
    interruptions = :interruptions, max_attempts = max_attempts + :more,
    not_before = case when :backoff > 0 then {BACKOFF.format("cast(:backoff as integer)")} else clock_timestamp() end,
    priority = least(priority, :urgent), published_at = null
where id = :task and attempt = :attempt and status = 'running' returning queue, priority""")

END_LOST = text("""
update tasks set status = 'failed', password = null, finished_at = clock_timestamp(), published_at = null
where id = :task and attempt = :attempt and status = 'running'""")

JOBS_INTERRUPTED = text(f"update jobs set attempts = attempts + 1 where id = {ANY_JOB}")

# Rows of other senders whose doorbell nobody could answer: no unit of work stands for them.
ORPHANS = text("""
select j.id, j.queue, j.priority from jobs j
where j.state in ('QUEUED', 'RUNNING') and j.updated_at < clock_timestamp() - interval '10 s'
    and not exists (select from tasks t where t.job_id = j.id and t.status in ('queued', 'running'))
order by j.id limit :limit for no key update of j skip locked""")

ADD_TASK = text("""
insert into tasks (id, job_id, kind, first_page, last_page, queue, priority, max_attempts, password)
values (:task, :job, :kind, :first, :last, :queue, :priority, :tries, :password)""")

# Whoever looks at the job anew takes what is missing from the pages: its older units of work are history.
REQUEUE = text(f"""
update tasks t set status = 'queued', max_attempts = t.attempt + :tries, interruptions = 0, worker = null,
    page = null, suspect = null, not_before = clock_timestamp(), published_at = null,
    lacks = null, lacks_until = null, route = null, error_class = null, error = null, finished_at = null,
    queue = j.queue, priority = j.priority, password = coalesce(:password, t.password, (
        select o.password from tasks o where o.job_id = t.job_id and o.password is not null
        order by o.created_at desc limit 1))
from jobs j where j.id = t.job_id and t.job_id = {ANY_JOB} and t.kind = 'read'
    and t.status in ('failed', 'cancelled', 'done')
returning t.id, t.job_id, t.queue, t.priority""")

SLOTS = text("""
select (select coalesce(sum(slots), 0) from workers where stopped_at is null and (queues ? :queue or paused ? :queue)
        and languages @> (select to_jsonb(regexp_split_to_array(coalesce(options ->> 'languages', 'eng'), ' *[+] *'))
            from jobs where id = :job)
        and seen_at > clock_timestamp() - interval '15 s')
    - (select count(*) from tasks where status = 'running' and id <> :task and lease_until > clock_timestamp())""")

JOB_QUEUE = text("select queue, priority from jobs where id = :job")

LAST_OF_PAGES = text("""
select not exists (select from tasks where job_id = :job and kind = 'pages' and status in ('queued', 'running'))""")
