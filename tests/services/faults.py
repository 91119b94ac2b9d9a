"""A stack of the test's own, whose servers are made to fail for real: stopped, killed, frozen, full, refusing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg2
import redis

from console.ops.health import Name
from console.ops.servers import ports
from console.ops.servers.folder import Folder
from console.ops.servers.group import Group
from console.ops.servers.server import Server
from console.ops.stack import Stack
from tests.services.stack_homes import temporary_home
from tests.waiting import until
from worker.core.settings import Settings

OTHER = "another-password"


class Servers:
    """The three servers of one home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._stack = Stack(home)
        self._stack.up(keep=True)
        self.settings: Settings = self._stack.settings()

    def stop(self, name: Name) -> None:
        """In good order."""
        group, server = self._server(name)
        group.stop([server])

    def start(self, name: Name, **secrets: str) -> None:
        """On the ports that it had, with other passwords or keys if any are given."""
        group, server = self._server(name)
        until(lambda: all(map(ports.is_free, server.ports.values())), "its ports are free")
        server.secrets = replace(server.secrets, **secrets)
        group.launch([server])
        group.folder.remember(group.memory)

    def kill(self, name: Name) -> None:
        """As a power cut would."""
        for process in self._processes(name):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def freeze(self, name: Name) -> None:
        """SIGSTOP: its ports take connections, and nothing answers."""
        for process in self._processes(name):
            with suppress(psutil.NoSuchProcess):
                process.suspend()

    def thaw(self, name: Name) -> None:
        """It goes on."""
        for process in reversed(self._processes(name)):
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def refuse(self, name: Name) -> None:
        """Its password or key is another now, and nobody is connected any more."""
        {"postgres": self._change_postgres, "redis": self._change_redis, "s3": self._change_s3}[name](True)

    def accept(self, name: Name) -> None:
        """The password or key is the old one again."""
        {"postgres": self._change_postgres, "redis": self._change_redis, "s3": self._change_s3}[name](False)

    def fill_redis(self) -> None:
        """It takes no changes for want of memory."""
        with redis.Redis.from_url(self.settings.broker_url) as client:
            client.config_set("maxmemory", "1mb")

    def empty_redis(self) -> None:
        """It has room again."""
        with redis.Redis.from_url(self.settings.broker_url) as client:
            client.config_set("maxmemory", "0")

    def spoil_redis(self) -> None:
        """It cannot write to its disk: a folder is where its file should be."""
        with redis.Redis.from_url(self.settings.broker_url) as client:
            self._dump.mkdir()
            client.config_set("save", "1 1")
            client.incr("a-change")
            until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err", "it cannot write")

    def repair_redis(self) -> None:
        """It can again."""
        with redis.Redis.from_url(self.settings.broker_url) as client:
            self._dump.rmdir()
            client.config_set("save", "")
            client.bgsave()
            until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "ok", "it can write")

    @property
    def _dump(self) -> Path:
        return self._folder.root / "redis" / "dump.rdb"

    def _change_postgres(self, refusing: bool) -> None:
        secrets = self._folder.secrets()
        assert secrets
        address = psycopg2.extensions.parse_dsn(self.settings.database_url.replace("+psycopg2", ""))
        admin = {**address, "user": "postgres", "password": secrets.postgres_admin, "dbname": "postgres"}
        with closing(psycopg2.connect(**admin)) as session, session.cursor() as cursor:
            cursor.execute("alter role ocr password %s", (OTHER if refusing else secrets.postgres,))
            cursor.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ocr'")
            session.commit()

    def _change_redis(self, refusing: bool) -> None:
        secrets = self._folder.secrets()
        assert secrets
        known, new = (secrets.redis, OTHER) if refusing else (OTHER, secrets.redis)
        with redis.Redis.from_url(self.settings.broker_url.replace(secrets.redis, known)) as client:
            client.config_set("requirepass", new)
            client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    def _change_s3(self, refusing: bool) -> None:
        self.stop("s3")
        self.start("s3", **({"s3_secret": OTHER} if refusing else {}))

    @property
    def _folder(self) -> Folder:
        return Folder(self._home)

    def _server(self, name: Name) -> tuple[Group, Server]:
        folder = self._folder
        secrets = folder.secrets()
        assert secrets
        group = Group(folder, secrets, folder.remembered())
        return group, next(server for server in group.servers if server.name == name)

    def _processes(self, name: Name) -> list[psutil.Process]:
        mark = self._folder.remembered().servers.get(name)
        if mark is None or not psutil.pid_exists(mark.pid):
            return []
        main = psutil.Process(mark.pid)
        return [main, *main.children(recursive=True)]


FAULTS: dict[str, tuple[Callable[[Servers, Name], None], Callable[[Servers, Name], None]]] = {
    "stopped": (Servers.stop, Servers.start),
    "killed": (Servers.kill, Servers.start),
    "frozen": (Servers.freeze, Servers.thaw),
    "refusing": (Servers.refuse, Servers.accept),
}


@contextmanager
def own_servers() -> Iterator[Servers]:
    """A stack of the test's own; gone at the end."""
    with temporary_home() as home:
        servers = Servers(home.resolve())
        try:
            yield servers
        finally:
            for name in ("postgres", "redis", "s3"):
                servers.thaw(name)
