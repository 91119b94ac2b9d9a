"""A mark in the history: written down by whom, taken back once, and refused where it says nothing or too much."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from console.ops.acting import act
from console.ops.marking import LONGEST, Mark
from console.ops.services import Services
from console.ops.submission import submitter
from console.ops.undo import Undo
from console.ui import history_mark
from tests.services.connections import profile
from tests.services.queued_jobs import value
from worker.core.errors import UsageError
from worker.core.incidents import Incident, Incidents, Sight
from worker.core.settings import Settings


@pytest.fixture
def services(settings: Settings, clean: None) -> Iterator[Services]:
    with Services.open(profile(settings)) as opened:
        yield opened


def marked(services: Services) -> list[Incident]:
    now = datetime.now(UTC)
    return [one for one in Incidents(services.engine).between(now - timedelta(hours=1), now) if one.rule == "mark"]


def test_a_mark_is_a_moment_that_can_be_taken_back(services: Services, engine: Engine) -> None:
    Incidents(services.engine).say([Sight("no_worker", "ocr", "bad", "No worker", "Nobody.", datetime.now(UTC))])
    first, second = act(Mark("deployed 1.4"), services), act(Mark("more\nmemory"), services)
    newest, oldest = marked(services)
    assert (oldest.title, newest.title) == ("deployed 1.4", "more memory")
    assert oldest.closed == oldest.opened
    assert oldest.sentence == f"Noted by {submitter()}."
    assert second.undo is not None
    assert "no longer in the history" in act(second.undo, services).message
    assert [one.title for one in marked(services)] == ["deployed 1.4"]
    assert act(Undo(), services).data.what == "mark"
    assert marked(services) == []
    assert first.data.id == oldest.id
    assert value(engine, "select array_agg(action order by id) from audit") == ["mark", "mark", "undo", "undo"]
    assert value(engine, "select count(*) from incidents") == 1  # what was found stays


def test_a_mark_says_something_and_not_too_much(services: Services) -> None:
    for text in ("", " \n ", "x" * (LONGEST + 1)):
        with pytest.raises(UsageError, match="1 to 60 characters"):
            act(Mark(text), services)
    assert marked(services) == []
    assert history_mark.LONGEST == LONGEST
