"""The embedded stack as root, whose home others cannot enter, and as an ordinary user."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest

from console.ops.servers import packages, postgres
from console.ops.servers.accounts import reads, unprivileged
from console.ops.servers.folder import FOR_ROOT, Folder
from console.ops.stack import Stack
from tests.services.stack_homes import Holder, pids, servers_of, temporary_home
from tests.services.test_stack import plain
from worker.core.errors import ServiceError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers under another account")
CLOSED = 0o700


@pytest.fixture
def closed_home():
    """A home below a folder of root's that nobody else may enter, as /root is."""
    with temporary_home("inside", "home") as home:
        (home.parents[1]).chmod(CLOSED)
        home.parent.mkdir(mode=CLOSED)
        yield home


@pytest.fixture
def home():
    with temporary_home() as folder:
        yield folder


@as_root
class TestClosedHome:
    def test_the_database_lies_where_its_account_can_reach_it(self, closed_home):
        outside = FOR_ROOT / Folder(closed_home).outside.name
        with Stack(closed_home) as stack:
            assert stack.status().running
            assert (outside / "postgres" / "PG_VERSION").exists()
            assert not (Folder(closed_home).root / "postgres").exists()
            owner = psutil.Process(pids(stack.status())["postgres"]).uids().effective
            assert owner != 0
            assert (outside / "postgres").stat().st_uid == owner
            assert stat.S_IMODE((outside / "postgres").stat().st_mode) == 0o700
            assert stat.S_IMODE(outside.stat().st_mode) & 0o007 == 0
            assert not [path for path in outside.iterdir() if "password" in path.name]
            assert stat.S_IMODE(closed_home.stat().st_mode) == CLOSED
            settings = stack.settings()
            with closing(psycopg2.connect(plain(settings.database_url))) as session, session.cursor() as cursor:
                cursor.execute("CREATE TABLE kept AS SELECT 7 AS seven")
                session.commit()
        with Stack(closed_home) as again:
            assert again.settings() == settings
            with closing(psycopg2.connect(plain(settings.database_url))) as session, session.cursor() as cursor:
                cursor.execute("SELECT seven FROM kept")
                assert cursor.fetchone() == (7,)

    def test_a_home_that_was_deleted_begins_anew_and_keeps_the_old_database(self, closed_home):
        with Stack(closed_home):
            pass
        shutil.rmtree(closed_home)
        status = Stack(closed_home).up()
        assert status.running
        assert "put aside" in status.notes[0]
        outside = Folder(closed_home).outside
        assert len([path for path in outside.glob("postgres-until-*") if (path / "PG_VERSION").exists()]) == 1

    def test_programs_that_the_account_cannot_reach_are_copied(self, closed_home, monkeypatch):
        monkeypatch.setattr(postgres, "reads", lambda account, file: False)
        status = Stack(closed_home).up()
        assert status.running
        running = Path(psutil.Process(pids(status)["postgres"]).exe())
        assert Folder(closed_home).outside in running.parents

    def test_a_database_that_vanished_is_said(self, closed_home):
        with Stack(closed_home):
            pass
        shutil.rmtree(Folder(closed_home).outside)
        status = Stack(closed_home).up()
        assert status.running
        assert "is gone" in status.notes[0]


@as_root
class TestOrdinaryUser:
    @pytest.fixture
    def their_home(self, home):
        entry = pwd.getpwnam("nobody")
        os.chown(home, entry.pw_uid, entry.pw_gid)
        return home

    def test_all_servers_run_as_that_user(self, their_home):
        account = unprivileged(their_home)
        assert account
        if not reads(account, packages.postgres_root(ServiceError) / "bin" / "postgres"):
            pytest.skip("an ordinary user cannot read the programs here")
        for _ in ("first", "later"):
            holder = Holder(their_home, "nobody")
            holder.begun()
            report = holder.report()
            assert report["running"]
            users = {psutil.Process(pid).uids().effective for pid in report["pids"].values()}
            assert users == {pwd.getpwnam("nobody").pw_uid}
            holder.leave()
            assert not servers_of(their_home)
        assert stat.S_IMODE(Folder(their_home).root.stat().st_mode) == 0o700

    def test_root_leaves_the_stack_of_a_user_alone(self, their_home):
        (their_home / "stack").mkdir()
        entry = pwd.getpwnam("nobody")
        os.chown(their_home / "stack", entry.pw_uid, entry.pw_gid)
        with pytest.raises(ServiceError, match="belongs to another user"):
            Stack(their_home).up()


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ServiceError, match=r"cannot use .*file") as raised:
        Stack(tmp_path / "file" / "home").up()
    assert "--home" in raised.value.advice
