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
from worker.core.rows import storable

SAY_EVERY_S = 10.0  # while it goes on
OVER_S = 30.0  # nobody said so for that long
MARK = "mark"  # the rule of what no rule found: a person noted it

_SEEN = text("""
insert into incidents (rule, subject, severity, title, sentence, opened_at)
values (:rule, :subject, :severity, :title, :sentence, :opened)
on conflict (rule, subject) where closed_at is null do update set severity = excluded.severity, title = excluded.title,
    sentence = excluded.sentence, opened_at = least(incidents.opened_at, excluded.opened_at),
    seen_at = clock_timestamp()""")
_PAST = text("""
insert into incidents (rule, subject, severity, title, sentence, opened_at, closed_at)
values (:rule, :subject, :severity, :title, :sentence, :opened, :closed)""")
_OVER = text("""
update incidents set closed_at = greatest(seen_at, opened_at)
where closed_at is null and seen_at < clock_timestamp() - make_interval(secs => :over_s)""")
_MARK = text("""
insert into incidents (rule, subject, severity, title, sentence, opened_at, closed_at)
select :rule, :subject, 'note', :title, :sentence, at, at from clock_timestamp() at
returning id, rule, subject, severity, title, sentence, opened_at as opened, closed_at as closed""")
_UNMARK = text("delete from incidents where id = :id and rule = :rule")
_BETWEEN = text("""
select id, rule, subject, severity, title, sentence, opened_at as opened, closed_at as closed from incidents
where opened_at < :until and (closed_at is null or closed_at >= :since)
order by opened_at desc, id desc limit :limit""")


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
        said = {"rule": MARK, "subject": who, "title": storable(title), "sentence": f"Noted by {who}."}
        with single(self._engine) as connection:
            return Incident(**connection.execute(_MARK, said).mappings().one())

    def unmark(self, number: int) -> bool:
        """Take a note away; False if it is gone already. Raises DatabaseError."""
        with single(self._engine) as connection:
            return bool(connection.execute(_UNMARK, {"id": number, "rule": MARK}).rowcount)

    def between(self, since: datetime, until: datetime, limit: int = 200) -> tuple[Incident, ...]:
        """What went on at any moment of that time, the newest first. Raises DatabaseError."""
        with single(self._engine) as connection:
            rows = connection.execute(_BETWEEN, {"since": since, "until": until, "limit": limit})
            return tuple(Incident(**row) for row in rows.mappings())


def _row(sight: Sight) -> dict[str, str | datetime | None]:
    texts = {name: storable(getattr(sight, name)) for name in ("rule", "subject", "severity", "title", "sentence")}
    return {**texts, "opened": sight.opened, "closed": sight.closed}
