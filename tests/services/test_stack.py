"""The embedded stack from its first start to its last holder."""

from __future__ import annotations

import io
import os
import socket
import ssl
import stat
import time
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis
from dotenv import dotenv_values
from minio import Minio

from console.ops.servers import ports
from console.ops.servers.folder import Folder, Secrets
from console.ops.servers.seaweedfs import ADMIN_GRPC
from console.ops.stack import Stack
from tests.services.stack_homes import Holder, living, pids, servers_of, temporary_home
from worker.core.settings import Settings


@pytest.fixture
def home():
    with temporary_home() as folder:
        yield folder


def store(settings: Settings) -> Minio:
    return Minio(settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, secure=False, region="us-east-1")


def plain(url: str) -> str:
    return url.replace("+psycopg2", "")


def secrets_of(stack: Stack) -> Secrets:
    secrets = Folder(stack.home).secrets()
    assert secrets
    return secrets


class TestRunning:
    """The stack of the session, which nobody changes."""

    def test_each_server_works_with_the_settings_alone(self, settings):
        with closing(psycopg2.connect(plain(settings.database_url))) as session, session.cursor() as cursor:
            cursor.execute("SELECT current_user, current_database(), rolsuper FROM pg_roles WHERE rolname = 'ocr'")
            assert cursor.fetchone() == ("ocr", "ocr", False)
        with closing(redis.Redis.from_url(settings.broker_url)) as client:
            assert client.ping()
            assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert store(settings).bucket_exists(bucket_name=settings.s3_bucket)

    def test_the_database_takes_every_language_and_trigrams(self, settings):
        with closing(psycopg2.connect(plain(settings.database_url))) as session, session.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute("SELECT lower('ĐƯỜNG ÄÖ'), current_setting('server_encoding'), current_setting('TimeZone')")
            assert cursor.fetchone() == ("đường äö", "UTF8", "UTC")

    def test_the_profile_file_says_the_same_as_the_settings(self, stack):
        assert dotenv_values(stack.profile_file) == stack.environment()
        assert Settings.from_mapping(stack.environment(), "the file") == stack.settings()

    def test_without_the_password_nobody_gets_in(self, settings):
        address = psycopg2.extensions.parse_dsn(plain(settings.database_url))
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(**{**address, "password": "guessed"})
        with (
            closing(redis.Redis(port=int(settings.broker_url.rpartition(":")[2].split("/")[0]))) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()

    @pytest.mark.parametrize("part", ["master", "volume", "filer", "s3", "admin"])
    def test_the_inner_ports_of_storage_refuse_whoever_shows_no_certificate(self, stack, part):
        folder = Folder(stack.home)
        listening = folder.remembered().ports["s3"]
        port = listening["admin.port"] + ADMIN_GRPC if part == "admin" else listening[f"{part}.port.grpc"]
        ours, stranger = (ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) for _ in range(2))
        for context in (ours, stranger):
            context.load_verify_locations(folder.root / "s3" / "inner.crt")
            context.set_alpn_protocols(["h2"])
        ours.load_cert_chain(folder.root / "s3" / "inner.crt", folder.root / "s3" / "inner.key")

        def greeting(context: ssl.SSLContext) -> bytes:
            with (
                socket.create_connection(("127.0.0.1", port), timeout=30) as line,
                context.wrap_socket(line, server_hostname="127.0.0.1") as session,
            ):
                session.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                return session.recv(9)

        while ports.is_free(port):  # the admin comes last, when the others already serve
            time.sleep(0.05)
        assert len(greeting(ours)) == 9  # the head of the first frame of HTTP/2
        with pytest.raises((ssl.SSLError, ConnectionError)):
            greeting(stranger)

    def test_only_this_machine_can_reach_them(self, stack):
        for pid in pids(stack.status()).values():
            listening = [c for c in psutil.Process(pid).net_connections("tcp") if c.status == psutil.CONN_LISTEN]
            assert listening
            assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}

    def test_no_secret_stands_on_any_command_line(self, stack):
        lines = []
        for process in psutil.process_iter():
            try:
                lines.append(" ".join(process.cmdline()))
            except psutil.Error:
                continue
        assert any(str(stack.home) in line for line in lines)
        assert not [line for line in lines if secrets_of(stack).hide(line) != line]

    def test_no_secret_stands_in_a_log_or_in_what_is_remembered(self, stack):
        folder = Folder(stack.home)
        files = [*folder.logs.iterdir(), folder.root / "state.json"]
        assert len(files) == 4
        for file in files:
            text = file.read_text()
            assert secrets_of(stack).hide(text) == text
        assert secrets_of(stack).redis not in repr(secrets_of(stack)) + repr(stack)

    def test_nobody_else_can_read_its_files(self, stack):
        root = Folder(stack.home).root
        assert stat.S_IMODE(root.stat().st_mode) & 0o067 == 0
        files = [path for path in root.iterdir() if path.is_file()]
        assert {path.name for path in files} >= {"secrets.json", "state.json", "embedded.env", "valkey.conf", "s3.json"}
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
        assert {stat.S_IMODE(path.stat().st_mode) for path in root.iterdir() if path.is_dir()} == {0o700}

    def test_postgres_is_not_root_and_none_belongs_to_our_terminal(self, stack):
        numbers = pids(stack.status())
        assert psutil.Process(numbers["postgres"]).uids().effective != 0
        for pid in numbers.values():
            assert os.getsid(pid) == pid


class TestLife:
    def test_what_is_stored_outlives_a_restart_at_the_same_addresses(self, home):
        with Stack(home) as first:
            settings = first.settings()
            with closing(psycopg2.connect(plain(settings.database_url))) as session, session.cursor() as cursor:
                cursor.execute("CREATE TABLE kept AS SELECT 7 AS seven")
                session.commit()
            with closing(redis.Redis.from_url(settings.broker_url)) as client:
                client.set("kept", "7")
            store(settings).put_object(bucket_name="ocr", object_name="kept", data=io.BytesIO(b"7"), length=1)
            before = pids(first.status())
        assert not living(before)
        assert not servers_of(home)
        with Stack(home) as second:
            assert second.settings() == settings
            assert not set(pids(second.status()).values()) & set(before.values())
            with closing(psycopg2.connect(plain(settings.database_url))) as session, session.cursor() as cursor:
                cursor.execute("SELECT seven FROM kept")
                assert cursor.fetchone() == (7,)
            with closing(redis.Redis.from_url(settings.broker_url)) as client:
                assert client.get("kept") == b"7"
            assert store(settings).stat_object(bucket_name="ocr", object_name="kept").size == 1

    def test_kept_servers_stay_until_they_are_told_to_stop(self, home):
        kept = Stack(home)
        assert kept.up(keep=True).kept
        kept.close()
        states = []
        with Stack(home) as visitor:
            before = pids(visitor.up(progress=lambda service, state, _: states.append((service, state))))
        assert {state for _, state in states} == {"adopted"}
        assert living(before) == {"postgres", "redis", "s3"}
        Stack(home).down()
        assert not servers_of(home)
        status = Stack(home).status()
        assert not status.running
        assert {service.state for service in status.services.values()} == {"down"}

    def test_the_last_holder_stops_them(self, home):
        first = Stack(home)
        numbers = pids(first.up())
        other = Holder(home)
        other.begun()
        assert other.report()["pids"] == numbers
        first.close()
        assert living(numbers) == {"postgres", "redis", "s3"}
        other.leave()
        assert not servers_of(home)

    def test_two_that_start_at_once_share_one_stack(self, home):
        both = [Holder(home), Holder(home)]
        for holder in both:
            holder.begun()
        one, two = (holder.report() for holder in both)
        assert one["running"]
        assert one["pids"] == two["pids"]
        started = [report for report in (one, two) if "starting" in report["states"]["postgres"]]
        assert len(started) == 1
        assert len(servers_of(home)) == len(set(one["pids"].values())) + len(
            [process for process in servers_of(home) if process.ppid() == one["pids"]["postgres"]]
        )
        for holder in both:
            holder.leave()
        assert not servers_of(home)


def test_a_stack_that_was_never_started_leaves_no_trace(tmp_path: Path):
    stack = Stack(tmp_path / "none")
    assert not stack.status().running
    stack.down()
    stack.close()
    assert not (tmp_path / "none").exists()
