"""What the driver says, in sentences; and how long anything can wait."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

import pytest
from sqlalchemy import Engine, make_url, text

from tests.services.connections import Gates
from worker.core.answers import GRACE_S, silent_for
from worker.core.database import STATEMENT_TIMEOUT_S, database_errors, open_engine, single, transaction, unpooled
from worker.core.errors import AccessRefused, DatabaseError, DiskFull, InternalError, OcrConsoleError, SettingsError
from worker.core.settings import Settings


def elsewhere(settings: Settings, **parts: object) -> Settings:
    url = make_url(settings.database_url).set(**parts)  # type: ignore[arg-type]
    return replace(settings, database_url=url.render_as_string(hide_password=False))


def failure(settings: Settings) -> OcrConsoleError:
    engine = open_engine(settings, application="tests")
    with pytest.raises(OcrConsoleError) as caught, single(engine):
        pass
    engine.dispose()
    return caught.value


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize("wrong", [{"password": "hunter2"}, {"username": "nobody_here"}, {"database": "not_there"}])
def test_a_wrong_name_or_password_is_refused(settings: Settings, wrong: dict[str, str]) -> None:
    error = failure(elsewhere(settings, **wrong))
    assert isinstance(error, AccessRefused)
    assert not error.retryable
    assert f":{make_url(settings.database_url).port}" in error.sentence
    password = make_url(settings.database_url).password or ""
    assert password not in error.sentence + error.advice
    assert "hunter2" not in error.sentence + error.advice + repr(error)


def test_a_port_where_nobody_listens(settings: Settings) -> None:
    port = free_port()
    error = failure(elsewhere(settings, port=port))
    assert type(error) is DatabaseError
    assert f"127.0.0.1:{port}" in error.sentence
    assert error.retryable


def test_a_server_that_never_answers_costs_three_seconds(settings: Settings) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        begun = time.monotonic()
        error = failure(elsewhere(settings, port=silent.getsockname()[1]))
        assert time.monotonic() - begun < 5
    assert type(error) is DatabaseError


@pytest.mark.parametrize("url", ["not a url", "mysql://ann:secret@host/db"])
def test_a_url_that_is_none(settings: Settings, url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as caught:
        open_engine(replace(settings, database_url=url), application="tests")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("set statement_timeout = 50; select pg_sleep(5)", DatabaseError),
        ("select * from a_table_that_is_not_there", DatabaseError),
        ("select no_such_column from pg_class", DatabaseError),
        ("begin read only; create table x (i int)", DatabaseError),
        ("set role pg_monitor; create table x (i int)", AccessRefused),
        ("do 'begin raise exception using errcode = ''53100''; end'", DiskFull),
        ("selekt", InternalError),
        ("select 1/0", InternalError),
    ],
)
def test_statements_that_fail(settings: Settings, statement: str, kind: type[OcrConsoleError]) -> None:
    engine = unpooled(open_engine(settings, application="tests"))
    with pytest.raises(OcrConsoleError) as caught, single(engine) as connection:
        connection.execute(text(statement))
    assert type(caught.value) is kind
    assert "psycopg2" not in str(caught.value)


def test_a_locked_row_is_a_database_error(engine: Engine) -> None:
    with transaction(engine) as holder:
        holder.execute(text("select pg_advisory_xact_lock(99)"))
        with pytest.raises(DatabaseError, match="locked"), transaction(engine) as other:
            other.execute(text("set local lock_timeout = 50; select pg_advisory_xact_lock(99)"))


def test_our_own_errors_pass_through() -> None:
    with pytest.raises(AccessRefused), database_errors():
        raise AccessRefused("No.")


def test_every_connection_is_bounded(engine: Engine) -> None:
    for each in (engine, unpooled(engine)):
        with single(each) as connection:
            shown = [
                connection.scalar(text(f"show {name}"))
                for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone")
            ]
            name = connection.scalar(text("select application_name from pg_stat_activity where pid = pg_backend_pid()"))
        assert (shown, name) == (["15s", "5s", "20s", "UTC"], "tests")


def test_options_in_the_url_win(settings: Settings) -> None:
    query = {"options": "-c statement_timeout=1234", "connect_timeout": "2"}
    engine = open_engine(elsewhere(settings, query=query), application="tests")
    with single(engine) as connection:
        assert connection.scalar(text("show statement_timeout")) == "1234ms"
    assert engine.url.query["connect_timeout"] == "2"
    engine.dispose()


def test_connections_that_the_server_closed_are_replaced(settings: Settings, engine: Engine) -> None:
    """As after a restart of PostgreSQL."""
    victim = open_engine(settings, application="victim", pool_size=1)
    with single(victim) as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
    with single(engine) as connection:
        connection.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    with single(victim) as connection:
        assert connection.scalar(text("select pg_backend_pid()")) != pid
    victim.dispose()


def test_a_connection_that_breaks_in_the_middle(settings: Settings, engine: Engine) -> None:
    victim = open_engine(settings, application="victim", pool_size=1)

    def work() -> None:
        with transaction(victim) as connection:
            pid = connection.scalar(text("select pg_backend_pid()"))
            with single(engine) as other:
                other.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
            connection.execute(text("select 1"))

    with pytest.raises(DatabaseError, match="broke"):
        work()
    victim.dispose()


def test_a_connection_that_breaks_while_it_is_given_back(settings: Settings, engine: Engine) -> None:
    """There SQLAlchemy lets the driver's own error through; from its second use on a connection is told something."""
    alone = open_engine(settings, application="alone", pool_size=1)
    with single(alone):
        pass

    def work() -> None:
        with single(alone) as connection:
            pid = connection.scalar(text("select pg_backend_pid()"))
            with single(engine) as other:
                other.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    with pytest.raises(DatabaseError, match="broke"):
        work()
    alone.dispose()


def test_a_server_that_hangs_in_the_middle_costs_seconds_and_no_connection(settings: Settings) -> None:
    """Keepalives are answered by its kernel, and its own clock stands still."""
    gates = Gates.before(settings)
    victim = open_engine(gates.settings, application="victim")

    def ask() -> None:
        with single(victim) as connection:
            gates.by_name["postgres"].hang()
            connection.execute(text("select 1"))

    with silent_for(0.3), pytest.raises(DatabaseError, match="did not answer in time"):
        ask()
    gates.by_name["postgres"].flow()
    with single(victim) as connection:
        assert connection.scalar(text("select 1")) == 1
    victim.dispose()
    gates.close()


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        (None, STATEMENT_TIMEOUT_S + GRACE_S),
        ("-c statement_timeout=1500", 1.5 + GRACE_S),
        ("-c statement_timeout=2min", 120 + GRACE_S),
        ("-c statement_timeout=0", 0),
    ],
)
def test_the_longest_silence_follows_the_limit_of_a_statement(
    settings: Settings, options: str | None, seconds: float
) -> None:
    engine = open_engine(elsewhere(settings, query={"options": options} if options else {}), application="x")
    with single(engine) as connection:
        connection.execute(text("select 1"))
        assert getattr(connection.connection.dbapi_connection, "silence_s", None) == seconds
    engine.dispose()
