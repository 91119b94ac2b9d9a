"""The embedded Valkey, which speaks Redis: the queue."""

from __future__ import annotations

import re

from console.ops.servers import packages
from console.ops.servers.files import make_private_folder, write_private
from console.ops.servers.ports import HOST
from console.ops.servers.processes import Command
from console.ops.servers.server import Server
from worker.core.errors import NetworkError

CONFIGURATION = """\
# Written anew at every start.
bind {host}
port {port}
protected-mode yes
requirepass {password}
dir {folder}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
set-proc-title no
always-show-logo no
"""


def quoted(text: str) -> str:
    """A string as Valkey's configuration spells it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Valkey(Server):
    """Valkey with an append-only file: killed, it loses the last second at most."""

    name = "redis"
    title = "Valkey"
    program = "valkey-server"
    listens = ("redis",)
    error = NetworkError
    complaint = re.compile(r"^\d+:[A-Z] .* # (?!WARNING)|^>>>|Bad directive|Can't")

    @property
    def marker(self) -> str:
        """Its configuration file."""
        return str(self.folder.root / "valkey.conf")

    def check(self) -> None:
        """Find the program."""
        packages.valkey_server(self.error)

    def command(self) -> Command:
        """Write the configuration, which holds the password."""
        make_private_folder(self.data)
        text = CONFIGURATION.format(
            host=HOST, port=self.port, password=self.secrets.redis, folder=quoted(str(self.data))
        )
        write_private(self.folder.root / "valkey.conf", text)
        return Command([packages.valkey_server(self.error), self.marker], self.data)

    def answers(self) -> bool:
        """A ping with the password."""
        import redis  # here, so that it loads while the server does
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        client = redis.Redis(
            HOST,
            self.port,
            password=self.secrets.redis,
            socket_timeout=2,
            socket_connect_timeout=2,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
