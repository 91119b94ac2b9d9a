"""What needed attention, from when to when; several consoles may see the same, and it is written once.

An incident is open for as long as some console sees it and says so. What nobody has seen for a while is over since it
was seen last: so a console that dies leaves nothing open for ever, and one that cannot see what another sees closes
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from worker.core.database import single, transaction
from worker.core.rows import made_of, storable, told
from worker.core.said import said

SAY_EVERY_S = 10.0  # while it goes on
OVER_S = 30.0  # nobody said so for that long
MARK = "mark"  # the rule of what no rule found: a person noted it

_COLUMNS = "id, rule, subject, severity, title, sentence, made_of, opened_at as opened, closed_at as closed"
_SEEN = text("""
insert into incidents (rule, subject, severity, title, sentence, made_of, opened_at)
values (:rule, :subject, :severity, :title, :sentence, cast(:made_of as jsonb), :opened)
on conflict (rule, subject) where closed_at is null do update set severity = excluded.severity, title = excluded.title,
    sentence = excluded.sentence, made_of = excluded.made_of,
    opened_at = least(incidents.opened_at, excluded.opened_at),
    seen_at = clock_timestamp()""")
_PAST = text("""
insert into incidents (rule, subject, severity, title, sentence, made_of, opened_at, closed_at)
values (:rule, :subject, :severity, :title, :sentence, cast(:made_of as jsonb), :opened, :closed)""")
_OVER = text("""
update incidents set closed_at = greatest(seen_at, opened_at)
where closed_at is null and seen_at < clock_timestamp() - make_interval(secs => :over_s)""")
_MARK = text(f"""
insert into incidents (rule, subject, severity, title, sentence, made_of, opened_at, closed_at)
select :rule, :subject, 'note', :title, :sentence, cast(:made_of as jsonb), at, at from clock_timestamp() at
returning {_COLUMNS}""")  # noqa: S608 - a constant
_UNMARK = text("delete from incidents where id = :id and rule = :rule")
_BETWEEN = text(f"""
select {_COLUMNS} from incidents
where opened_at < :until and (closed_at is null or closed_at >= :since)
order by opened_at desc, id desc limit :limit""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Sight:
    """Something that needs attention, as it is written."""

    rule: str
    subject: str
    severity: str
    title: str
    sentence: str
    opened: datetime
    closed: datetime | None = None  # None: it goes on


@dataclass(frozen=True, slots=True)
class Incident:
    """A row of what needed attention."""

    id: int
    rule: str
    subject: str  # the queue, the worker, the service, the class of error
    severity: str  # note, warn, bad
    title: str
    sentence: str
    opened: datetime
    closed: datetime | None  # None: it goes on


class Incidents:
    """The table of incidents; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def say(self, sights: Sequence[Sight]) -> None:
        """Write what goes on, and what went on while nobody could write; end what nobody sees. Raises DatabaseError."""
        rows = [_row(sight) for sight in sorted(sights, key=lambda one: (one.rule, one.subject))]  # no deadlock
        going, past = [row for row in rows if row["closed"] is None], [row for row in rows if row["closed"]]
        with transaction(self._engine) as connection:
            for statement, some in ((_SEEN, going), (_PAST, past)):
                if some:
                    connection.execute(statement, some)
            connection.execute(_OVER, {"over_s": OVER_S})

    def mark(self, title: str, who: str) -> Incident:
        """Note that something happened now. Raises DatabaseError."""
        sentence = said("Noted by {who}.", who=who)
        texts = {"title": storable(title), "sentence": storable(sentence)}
        about = {"rule": MARK, "subject": who, "made_of": made_of(sentence=sentence)}
        with single(self._engine) as connection:
            return Incident(**told(connection.execute(_MARK, about | texts).one()._asdict()))

    def unmark(self, number: int) -> bool:
        """Take a note away; False if it is gone already. Raises DatabaseError."""
        with single(self._engine) as connection:
            return bool(connection.execute(_UNMARK, {"id": number, "rule": MARK}).rowcount)

    def between(self, since: datetime, until: datetime, limit: int = 200) -> tuple[Incident, ...]:
        """What went on at any moment of that time, the newest first. Raises DatabaseError."""
        with single(self._engine) as connection:
            rows = connection.execute(_BETWEEN, {"since": since, "until": until, "limit": limit})
            return tuple(Incident(**told(row._asdict())) for row in rows)


def _row(sight: Sight) -> dict[str, str | datetime | None]:
    texts = {name: storable(getattr(sight, name)) for name in ("rule", "subject", "severity", "title", "sentence")}
    kept = made_of(title=sight.title, sentence=sight.sentence)
    return {**texts, "made_of": kept, "opened": sight.opened, "closed": sight.closed}
