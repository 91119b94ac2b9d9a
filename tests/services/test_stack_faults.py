"""The embedded stack when something went wrong: killed programs, hung servers, taken ports, foreign data."""

from __future__ import annotations

import io
import os
import signal
import socket
from contextlib import ExitStack, closing, suppress

import psutil
import psycopg2
import pytest

from console.ops.servers import launch, processes
from console.ops.servers.folder import Folder
from console.ops.stack import Stack
from tests.services.stack_homes import Holder, living, pids, servers_of, temporary_home
from tests.services.test_stack import plain, store
from tests.waiting import until
from worker.core.errors import DatabaseError, ServiceError

ALL = {"postgres", "redis", "s3"}


@pytest.fixture
def home():
    with temporary_home() as folder:
        yield folder


@pytest.fixture
def states():
    return {}


@pytest.fixture
def watch(states):
    return lambda service, state, _: states.setdefault(service, []).append(state)


def killed_holder(home) -> dict[str, int]:
    holder = Holder(home)
    holder.begun()
    numbers: dict[str, int] = holder.report()["pids"]
    holder.kill()
    return numbers


def test_what_a_killed_console_left_is_adopted_and_then_stopped(home, states, watch):
    left = killed_holder(home)
    assert living(left) == ALL
    stack = Stack(home)
    assert pids(stack.up(progress=watch)) == left
    assert states == {name: ["adopted"] for name in ALL}
    stack.close()
    assert not servers_of(home)


def test_only_what_died_with_it_is_started_again(home, states, watch):
    left = killed_holder(home)
    psutil.Process(left["redis"]).kill()
    psutil.Process(left["redis"]).wait(30)
    now = pids(Stack(home).up(progress=watch))
    assert states == {"postgres": ["adopted"], "s3": ["adopted"], "redis": ["starting", "ok"]}
    assert {name for name in ALL if now[name] == left[name]} == {"postgres", "s3"}


def test_servers_nobody_remembers_are_found_and_replaced(home, states, watch):
    left = killed_holder(home)
    (Folder(home).root / "state.json").write_text("{")
    assert Stack(home).up(progress=watch).running
    assert {tuple(seen) for seen in states.values()} == {("starting", "ok")}
    assert not living(left)


def test_a_killed_server_loses_nothing(home):
    stack = Stack(home)
    numbers = pids(stack.up())
    with closing(psycopg2.connect(plain(stack.settings().database_url))) as session, session.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 7 AS seven")
        session.commit()
    store(stack.settings()).put_object(bucket_name="ocr", object_name="kept", data=io.BytesIO(b"7"), length=1)
    for pid in numbers.values():
        psutil.Process(pid).kill()
    until(lambda: not living(numbers))
    assert {service.state for service in stack.status().services.values()} == {"down"}
    assert stack.up().running
    with closing(psycopg2.connect(plain(stack.settings().database_url))) as session, session.cursor() as cursor:
        cursor.execute("SELECT seven FROM kept")
        assert cursor.fetchone() == (7,)
    assert store(stack.settings()).stat_object(bucket_name="ocr", object_name="kept").size == 1


def test_a_server_that_hangs_is_replaced(home, states, watch, monkeypatch):
    monkeypatch.setattr(processes, "STOP_S", 0.3)
    left = killed_holder(home)
    os.kill(left["redis"], signal.SIGSTOP)
    assert Stack(home).up(progress=watch).running
    assert states["redis"] == ["starting", "ok"]
    assert states["postgres"] == ["adopted"]


def test_numbers_of_other_programs_are_left_alone(home, states, watch):
    """After a restart of the machine the numbers we remember belong to others."""
    with Stack(home):
        pass
    folder = Folder(home)
    memory = folder.remembered()
    ourselves = psutil.Process()
    for name in ALL:
        memory.servers[name] = processes.Mark(ourselves.pid, ourselves.create_time() - 3600)
    folder.remember(memory)
    (folder.root / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder.root / 'postgres'}\n")
    assert Stack(home).up(progress=watch).running
    assert states["postgres"][0] == "starting"
    assert ourselves.is_running()


def test_taken_ports_are_left_to_others(home):
    with Stack(home) as stack:
        before = stack.settings()
        store(before).put_object(bucket_name="ocr", object_name="kept", data=io.BytesIO(b"7"), length=1)
        taken = [port for ports in Folder(home).remembered().ports.values() for port in ports.values()]
    held = set()
    with ExitStack() as others:
        for port in taken:
            other = others.enter_context(closing(socket.socket()))
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):  # then somebody else has it just now, and may let it go
                other.bind(("127.0.0.1", port))
                other.listen()
                held.add(port)
        stack = Stack(home)
        status = stack.up()
    after = stack.settings()
    moved = [port for ports in Folder(home).remembered().ports.values() for port in ports.values()]
    assert not set(moved) & held
    for service in status.services.values():
        assert [note for note in status.notes if str(service.port) in note]
    assert store(after).get_object(bucket_name="ocr", object_name="kept").data == b"7"
    store(after).put_object(bucket_name="ocr", object_name="more", data=io.BytesIO(b"77"), length=2)


def test_a_port_taken_at_the_last_moment_is_replaced(home, monkeypatch):
    with Stack(home) as stack:
        port = stack.status().services["redis"].port
    start = launch.start
    others: list[socket.socket] = []

    def taken_first(servers, started, ready):
        if not others:
            other = socket.socket()
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", port))
            other.listen()
            others.append(other)
        start(servers, started, ready)

    monkeypatch.setattr(launch, "start", taken_first)
    status = Stack(home).up()
    others[0].close()
    assert status.running
    assert status.services["redis"].port != port


def test_a_half_start_is_cleaned_up(home):
    with Stack(home) as stack:
        configuration = Folder(home).root / "postgres" / "postgresql.conf"
        whole = configuration.read_text()
    configuration.write_text("max_connections = many\n")
    with pytest.raises(DatabaseError, match="max_connections") as raised:
        Stack(home).up()
    assert str(Folder(home).logs / "postgres.log") in raised.value.advice
    assert not servers_of(home)
    configuration.write_text(whole)
    with stack:
        assert stack.up().running


def test_a_start_that_is_interrupted_leaves_no_server(home):
    holder = Holder(home, stderr=-3)
    holder.begun()
    while not servers_of(home):
        assert holder.process.poll() is None
    holder.process.send_signal(signal.SIGINT)
    holder.process.communicate(timeout=30)
    assert holder.process.returncode != 0
    assert not servers_of(home)
    with Stack(home) as stack:
        assert stack.status().running


def test_data_of_another_postgresql_is_refused_untouched(home):
    with Stack(home):
        version = Folder(home).root / "postgres" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(DatabaseError, match=r"PostgreSQL 17; this program has 18") as raised:
        Stack(home).up()
    assert "pg_dump" in raised.value.advice
    assert not servers_of(home)
    assert version.read_text() == "17\n"


def test_a_database_without_its_password_is_not_opened(home):
    with Stack(home):
        secrets = Folder(home).root / "secrets.json"
    kept = secrets.read_text()
    secrets.unlink()
    for _ in range(2):
        with pytest.raises(DatabaseError, match="password is gone"):
            Stack(home).up()
    secrets.write_text(kept[:20])
    with pytest.raises(ServiceError, match="damaged"):
        Stack(home).up()
    secrets.write_text(kept)
    with Stack(home) as stack:
        assert stack.status().running


def test_an_interrupted_first_start_is_finished_by_the_next(home):
    """Servers were up, and the database and its user were not made yet."""
    with Stack(home) as stack:
        settings = stack.settings()
        admin = Folder(home).secrets()
        assert admin
        address = psycopg2.extensions.parse_dsn(plain(settings.database_url))
        own = {"user": "postgres", "password": admin.postgres_admin, "dbname": "postgres"}
        with closing(psycopg2.connect(**{**address, **own})) as session:
            session.autocommit = True
            session.cursor().execute("DROP DATABASE ocr")
            session.cursor().execute("DROP ROLE ocr")
    with Stack(home) as stack, closing(psycopg2.connect(plain(stack.settings().database_url))) as session:
        assert session.info.dbname == "ocr"


def test_the_configuration_of_another_seaweedfs_is_not_ours(home, tmp_path, monkeypatch):
    (tmp_path / ".seaweedfs").mkdir()
    (tmp_path / ".seaweedfs" / "filer.toml").write_text('[leveldb2]\nenabled = true\ndir = "/nonexistent/store"\n')
    (tmp_path / ".seaweedfs" / "security.toml").write_text('[grpc]\nca = "/nonexistent/ca.crt"\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    with Stack(home) as stack:
        assert stack.status().running
        assert (Folder(home).root / "s3" / "filerldb2").is_dir()
