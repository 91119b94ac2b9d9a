"""The schema on a database of its own: made once, by one, and never touched when it is newer."""

from __future__ import annotations

import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import Connection, Engine, make_url, text

from tests.services.queued_jobs import change, value
from worker.core.database import open_engine, single
from worker.core.errors import AccessRefused, DatabaseError, SchemaNewer
from worker.core.ids import new_id
from worker.core.operations_models import HistoryRow
from worker.core.schema import HEAD, VERSION_TABLE, migrate, upgrade, version
from worker.core.settings import Settings
from worker.core.store import Store

OUR_TABLES = "select count(*) from pg_tables where schemaname = 'public'"


@pytest.fixture
def empty(settings: Settings, engine: Engine) -> Iterator[Settings]:
    """An empty database."""
    name = f"test_{new_id().hex}"
    with single(engine) as connection:
        connection.execute(text(f"create database {name}"))
    url = make_url(settings.database_url).set(database=name)
    yield replace(settings, database_url=url.render_as_string(hide_password=False))
    with single(engine) as connection:
        connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture
def bare(empty: Settings) -> Iterator[Engine]:
    """Connections to it."""
    opened = open_engine(empty, application="tests")
    yield opened
    opened.dispose()


def test_an_empty_database_gets_the_tables_of_the_models(bare: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    assert version(bare) is None
    upgrade(bare)
    assert version(bare) == HEAD
    options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
    with bare.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Alembic says that it cannot compare the expression of ix_jobs_text
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, HistoryRow.metadata)
    assert [each for each in differences if "ix_jobs_text" not in str(each[1])] == []


def test_the_newest_script_is_the_head() -> None:
    scripts = {script.revision: script.down_revision for script in migrate.scripts()}
    assert max(scripts) == HEAD
    assert sorted(scripts) == [f"{number:04d}" for number in range(1, len(scripts) + 1)]
    assert list(scripts.values()) == [None, *list(scripts)[:-1]]


def test_ten_that_start_at_once_migrate_once(empty: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    really = migrate.migrate

    def counted(connection: Connection, version_table: str) -> None:
        runs.append("run")
        really(connection, version_table)

    monkeypatch.setattr(migrate, "migrate", counted)
    barrier = threading.Barrier(10)

    def start(number: int) -> str | None:
        engine = open_engine(empty, application=f"starter {number}", pool_size=1)
        barrier.wait(30)
        upgrade(engine)
        found = version(engine)
        engine.dispose()
        return found

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(start, range(10))) == [HEAD] * 10
    assert runs == ["run"]


def test_processes_that_start_at_once_all_go_on(empty: Settings, bare: Engine) -> None:
    script = (
        "import os\nfrom worker.core.settings import Settings\nfrom worker.core.database import open_engine\n"
        "from worker.core.schema import upgrade\n"
        "upgrade(open_engine(Settings.from_mapping(os.environ, 'test'), application='starter'))"
    )
    command = [sys.executable, "-c", script]
    environment = {**empty.as_environment(), "PYTHONPATH": ":".join(sys.path)}
    starters = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) for _ in range(4)]
    assert [(each.communicate(timeout=60)[1], each.returncode) for each in starters] == [(b"", 0)] * 4
    assert value(bare, f"select count(*) from {VERSION_TABLE}") == 1


def test_a_newer_schema_is_named_and_left_alone(bare: Engine) -> None:
    upgrade(bare)
    change(bare, f"update {VERSION_TABLE} set version_num = '9999'")
    with pytest.raises(SchemaNewer, match=f"9999.*{HEAD}") as caught:
        upgrade(bare)
    assert "Update" in caught.value.advice
    assert not caught.value.retryable
    assert version(bare) == "9999"


def test_a_current_schema_costs_nothing(settings: Settings, engine: Engine) -> None:
    script = (
        "import os, sys\nfrom worker.core.settings import Settings\nfrom worker.core.database import open_engine\n"
        "from worker.core.schema import upgrade\n"
        "upgrade(open_engine(Settings.from_mapping(os.environ, 'test'), application='starter'))\n"
        "print([name for name in sys.modules if name.startswith('alembic')])"
    )
    environment = {**settings.as_environment(), "PYTHONPATH": ":".join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_tables_of_another_program_stay_as_they_are(bare: Engine) -> None:
    change(bare, "create table jobs (id integer)")
    with pytest.raises(DatabaseError, match="another program") as caught:
        upgrade(bare)
    assert "database of its own" in caught.value.advice
    assert value(bare, OUR_TABLES) == 1


def test_a_user_without_rights_is_told_which(bare: Engine) -> None:
    change(bare, "revoke create on schema public from public, pg_database_owner")
    with pytest.raises(AccessRefused, match="make the tables") as caught:
        upgrade(bare)
    assert "create extension pg_trgm" in caught.value.advice
    assert value(bare, OUR_TABLES) == 0


def test_every_change_of_a_job_is_stamped(store: Store, engine: Engine) -> None:
    job = new_id()
    change(engine, "insert into jobs (id, name, updated_at) values (:job, 'a', '2001-01-01')", job=job)
    first = store.job(job).updated
    change(engine, "update jobs set name = 'b', updated_at = '2001-01-01' where id = :job", job=job)
    second = store.job(job).updated
    assert first is not None
    assert second is not None
    assert first.year > 2001
    assert first < second


@pytest.mark.parametrize("letter", ["a", "漢", "\U00020000"])
def test_a_page_full_of_different_words_can_be_indexed(store: Store, engine: Engine, letter: str) -> None:
    """A tsvector holds 1 MB; what is longer than the index takes is stored all the same."""
    base = ord(letter)
    alphabet = [chr(base + number) for number in range(20)]
    words = ["".join(word) for word in product(alphabet, repeat=3)]
    full = " ".join(f"{word}{number}" for number in range(25) for word in words)
    job = new_id()
    change(engine, "insert into jobs (id, name) values (:job, 'a')", job=job)
    page = "insert into pages (job_id, number, state, text) values (:job, 1, 'done', :full)"
    change(engine, page, job=job, full=full)
    assert value(engine, "select length(words_tsv) > 20000 from pages where job_id = :job", job=job)
