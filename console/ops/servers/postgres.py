"""The embedded PostgreSQL: jobs, pages, task log. It never runs as root."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from console.ops.servers import packages
from console.ops.servers.accounts import Account, reaches, reads, unprivileged
from console.ops.servers.files import make_private_folder, write_private
from console.ops.servers.folder import FOR_ROOT, Folder, Memory, Secrets
from console.ops.servers.ports import HOST
from console.ops.servers.processes import Command, as_account, environment, search
from console.ops.servers.server import Server
from worker.core.errors import DatabaseError

if TYPE_CHECKING:
    from psycopg2.extensions import connection

ADMIN = "postgres"
ROLE = DATABASE = "ocr"
INITDB_LIMIT_S = 120

INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-sync",  # two to three seconds; the checkpoint at every stop does sync
)
CORES = (os.cpu_count() or 1) // 2  # for one question: the window and the workers are on this machine too
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_parallel_workers_per_gather": str(min(2, max(0, CORES - 1))),
    "log_checkpoints": "off",
    "log_min_error_statement": "panic",  # statements hold what users read
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Postgres(Server):
    """PostgreSQL under an account of its own where we are root, else under ours."""

    name = "postgres"
    title = "PostgreSQL"
    program = "postgres"
    listens = ("postgres",)
    error = DatabaseError
    how_to_stop = signal.SIGINT  # its fast stop; SIGTERM would wait for every client
    complaint = re.compile(
        r"PANIC:|FATAL:(?!.*(is starting up|authentication failed))|LOG:\s+(invalid|could not|unrecognized|syntax)"
    )

    def __init__(self, folder: Folder, secrets: Secrets, memory: Memory) -> None:
        super().__init__(folder, secrets)
        self.memory = memory
        self.notes: list[str] = []

    @cached_property
    def account(self) -> Account | None:
        """Under which it runs; None: ours."""
        return unprivileged(self._existing or self._inside)

    @property
    def _inside(self) -> Path:
        return self.folder.root / self.name

    @property
    def _existing(self) -> Path | None:
        """The data folder of an earlier start."""
        remembered = Path(self.memory.postgres) if self.memory.postgres else self._inside
        places = (remembered, self._inside, self.folder.outside / self.name)
        return next((place for place in places if place.is_dir()), None)

    @cached_property
    def data(self) -> Path:
        """In our folder, or, where its account cannot reach that, in one for root's servers."""
        if self._existing:
            return self._existing
        if self.account is None or self.folder.open_to(self.account):
            return self._inside
        return self.folder.outside / self.name

    @property
    def marker(self) -> str:
        """Its data folder, after -D."""
        return str(self.data)

    def check(self) -> None:
        """Refuse the data of another major version: opening it would need a conversion."""
        packages.postgres_root(self.error)
        version = self.data / "PG_VERSION"
        ours = packages.postgres_version().partition(".")[0]
        if version.exists() and (theirs := version.read_text().strip()) != ours:
            raise self.error(
                f"The database in {self.data} was made by PostgreSQL {theirs}; this program has {ours}"
                " and leaves it as it is.",
                f"Export it with pg_dump of PostgreSQL {theirs} and begin anew with another --home,"
                " or use the version of OCR Console that made it.",
            )

    def set_aside_orphan(self) -> None:
        """Put away a database whose passwords are gone: its home was deleted.

        Raises:
            DatabaseError: If it lies in the home itself; then only the passwords were deleted.
        """
        if not self.data.exists():
            return
        if FOR_ROOT not in self.data.parents:
            raise self.error(
                f"There is a database in {self.data}, but the file with its password is gone.",
                f"Put secrets.json back from a backup, or move {self.folder.root} away to begin anew.",
            )
        aside = self.data.with_name(f"{self.name}-until-{time.strftime('%Y%m%d-%H%M%S')}")
        self.data.rename(aside)
        self.notes.append(f"The database of an earlier home of this name was put aside: {aside}")

    def command(self) -> Command:
        """Make the database cluster at the first start, and clean what a machine that went down left."""
        programs = self._programs()
        if not (self.data / "PG_VERSION").exists():
            if self.memory.postgres:
                self.notes.append(f"The database in {self.memory.postgres} is gone; an empty one was made.")
            self._initdb(programs)
        elif not search(self.program, self.marker):
            # It names a process that is gone, and whose number another program may have now.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        arguments: list[str | Path] = [programs / "postgres", "-D", self.marker, "-p", str(self.port), *options]
        return Command(arguments, self.data, account=self.account)

    def _programs(self) -> Path:
        """The folder of its programs, or of a copy where the account can reach them."""
        root = packages.postgres_root(self.error)
        if self.account is None or reads(self.account, root / "bin" / "postgres"):
            return root / "bin"
        return packages.copy_postgres(root, self._room()) / "bin"

    def _room(self) -> Path:
        """The folder that holds the data folder, open to the account."""
        room = self.data.parent
        if room != self.folder.root and self.account is not None:
            FOR_ROOT.mkdir(parents=True, exist_ok=True)
            FOR_ROOT.chmod(0o711)
            make_private_folder(room)
            os.chown(room, -1, self.account.gid)
            room.chmod(0o710)
            if not reaches(self.account, room):
                raise self.error(
                    f"PostgreSQL refuses to run as root, and the account {self.account.name} cannot reach {room}.",
                    "Choose a folder that every account can reach with --home, or start as an ordinary user.",
                )
        return room

    def _initdb(self, programs: Path) -> None:
        """Make the cluster beside its place and move it there when it is complete."""
        new = self._room() / f".{self.name}-new"
        password = self.folder.root / "initdb.password" if self.account is None else new.with_suffix(".password")
        shutil.rmtree(new, ignore_errors=True)
        make_private_folder(new)
        write_private(password, self.secrets.postgres_admin)
        try:
            if self.account is not None:
                for path in (new, password):
                    os.chown(path, self.account.uid, self.account.gid)
            self._run([programs / "initdb", "-D", new, "-U", ADMIN, f"--pwfile={password}", *INITDB])
        finally:
            password.unlink()
        new.rename(self.data)

    def _run(self, arguments: list[str | Path]) -> None:
        try:
            done = subprocess.run(
                [str(argument) for argument in arguments],
                capture_output=True,
                text=True,
                cwd="/",
                env=environment(),
                timeout=INITDB_LIMIT_S,
                check=False,
                **as_account(self.account),
            )
        except subprocess.TimeoutExpired as error:
            raise self.error(f"Making the database took more than {INITDB_LIMIT_S} seconds.") from error
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if "error" in line] or done.stderr.splitlines()
            said = self.secrets.hide(lines[0]) if lines else f"it ended with {done.returncode}"
            raise self.error(f"The embedded PostgreSQL could not make its database: {said}", self.advice(said))

    def _connect(self, user: str, password: str, database: str) -> connection:
        import psycopg2  # here, so that it loads while the server does

        return psycopg2.connect(
            host=HOST,
            port=self.port,
            user=user,
            password=password,
            dbname=database,
            connect_timeout=3,
            sslmode="disable",
            gssencmode="disable",
            application_name="ocr-console stack",
        )

    def answers(self) -> bool:
        """A query as the user that programs use."""
        import psycopg2

        try:
            with closing(self._connect(ROLE, self.secrets.postgres, DATABASE)) as session, session.cursor() as cursor:
                cursor.execute("SELECT 1")
        except psycopg2.Error:
            return False
        return True

    def ready(self) -> bool:
        """The same, after making that user and the database."""
        return self.answers() or (self._make_database() and self.answers())

    def _make_database(self) -> bool:
        import psycopg2
        from psycopg2.extensions import encrypt_password
        from psycopg2.sql import SQL, Identifier, Literal

        try:
            with closing(self._connect(ADMIN, self.secrets.postgres_admin, "postgres")) as session:
                session.autocommit = True  # CREATE DATABASE stands alone
                sealed = encrypt_password(self.secrets.postgres, ROLE, session, "scram-sha-256")
                with session.cursor() as cursor:
                    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
                    verb = "ALTER" if cursor.fetchone() else "CREATE"
                    order = SQL(verb + " ROLE {} LOGIN CREATEDB PASSWORD {}")
                    cursor.execute(order.format(Identifier(ROLE), Literal(sealed)))
                    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
                    if not cursor.fetchone():
                        cursor.execute(
                            SQL("CREATE DATABASE {} OWNER {}").format(Identifier(DATABASE), Identifier(ROLE))
                        )
        except psycopg2.Error:
            return False
        return True
