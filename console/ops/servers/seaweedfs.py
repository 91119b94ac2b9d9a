"""The embedded SeaweedFS: object storage that speaks S3."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from console.ops.servers import packages
from console.ops.servers.certificate import make_certificate
from console.ops.servers.files import make_private_folder, write_private
from console.ops.servers.ports import HOST
from console.ops.servers.processes import Command
from console.ops.servers.server import Server
from worker.core.errors import StorageError

if TYPE_CHECKING:
    from minio import Minio

BUCKET = "ocr"
PROBE = ".ready"

OPTIONS = (
    "-webdav=false",
    "-admin.ui=false",
    "-master.telemetry=false",
    # A master that remembers volumes may refuse writes for 15 seconds until it is sure of them; ours asks them anew.
    "-master.resumeState=false",
    "-s3.allowDeleteBucketNotEmpty=false",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
    "-volume.preStopSeconds=0",
    "-idleTimeout=3",
)
# Without these its parts answer anybody on this machine.
INNER_KEYS = ("SIGNING", "SIGNING_READ", "FILER_SIGNING", "FILER_SIGNING_READ")
PARTS = ("s3", "master", "volume", "filer")
ADMIN_GRPC = 10_000  # above the admin's port: its cleaner of deleted files looks there, whatever the options say


class NotYet(Exception):
    """It does not serve us at the moment."""


class SeaweedFS(Server):
    """All parts of SeaweedFS in one process, on loopback."""

    name = "s3"
    title = "SeaweedFS"
    program = "weed"
    listens = (*(f"{part}.port{kind}" for part in PARTS for kind in ("", ".grpc")), "admin.port")
    error = StorageError
    complaint = re.compile(r"^[EF]\d{4} |^panic|^fatal error")

    @property
    def marker(self) -> str:
        """The option that names its data folder."""
        return f"-dir={self.data}"

    def check(self) -> None:
        """Find the program."""
        packages.weed(self.error)

    def command(self) -> Command:
        """Write the file with the one identity that may use it; the keys of its parts go by the environment."""
        make_private_folder(self.data)
        credentials = {"accessKey": self.secrets.s3_access, "secretKey": self.secrets.s3_secret}
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        identity = {"name": "ocr", "credentials": [credentials], "actions": actions}
        identities = self.folder.root / "s3.json"
        write_private(identities, json.dumps({"identities": [identity]}))
        self._own_configuration()
        arguments: list[str | Path] = [
            packages.weed(self.error),
            "-logtostderr=true",
            "mini",
            self.marker,
            f"-ip={HOST}",
            f"-ip.bind={HOST}",
            *(f"-{option}={port}" for option, port in self.ports.items()),
            f"-admin.port.grpc={self._admin_grpc}",
            f"-s3.config={identities}",
            "-filer.localSocket=filer.sock",
            "-s3.localSocket=s3.sock",
            *OPTIONS,
        ]
        keys = {f"WEED_JWT_{name}_KEY": self.secrets.s3_inner for name in INNER_KEYS}
        return Command(arguments, self.data, {"GOMEMLIMIT": "400MiB", "HOME": str(self.data), **keys})

    def _own_configuration(self) -> None:
        """Files that it finds before those of another SeaweedFS in /etc, which would send ours to other stores."""
        store = f"[leveldb2]\nenabled = true\ndir = {json.dumps(str(self.data / 'filerldb2'))}\n"
        for name, text in (("filer.toml", store), ("master.toml", ""), ("security.toml", self._closed_to_others())):
            write_private(self.data / name, text)

    def _closed_to_others(self) -> str:
        """Its parts talk by gRPC, on which the keys above have no effect: each shows a certificate."""
        certificate, key = self.data / "inner.crt", self.data / "inner.key"
        if not (certificate.exists() and key.exists()):
            make_certificate(certificate, key)
        shown = f"cert = {json.dumps(str(certificate))}\nkey = {json.dumps(str(key))}\n"
        parts = "".join(f"[grpc.{part}]\n{shown}" for part in (*PARTS, "admin", "worker", "client"))
        return f"[grpc]\nca = {json.dumps(str(certificate))}\n{parts}"

    @property
    def _admin_grpc(self) -> int:
        return self.ports["admin.port"] + ADMIN_GRPC

    def sweep(self) -> None:
        """Its sockets: their folder cannot be chosen, and some of them stay when it ends."""
        ports = {part: self.ports[f"{part}.port.grpc"] for part in PARTS} | {"admin": self._admin_grpc}
        for part, port in ports.items():
            try:
                Path(f"/tmp/seaweedfs-{part}-grpc-{port}.sock").unlink(missing_ok=True)  # noqa: S108
            except OSError:  # another user's
                continue

    @contextmanager
    def _client(self) -> Iterator[Minio]:
        """A client for one visit.

        Raises:
            NotYet: If the server does not answer, or refuses.
        """
        import urllib3  # here, so that it loads while the server does
        from minio import Minio
        from minio.error import MinioException

        timeout = urllib3.Timeout(connect=1, read=4)
        try:
            with urllib3.PoolManager(timeout=timeout, retries=False) as pool:
                yield Minio(
                    f"{HOST}:{self.port}",
                    access_key=self.secrets.s3_access,
                    secret_key=self.secrets.s3_secret,
                    secure=False,
                    region="us-east-1",
                    http_client=pool,
                )
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise NotYet from error

    def answers(self) -> bool:
        """A signed question for our bucket."""
        try:
            with self._client() as client:
                client.bucket_exists(bucket_name=BUCKET)
        except NotYet:
            return False
        return True

    def ready(self) -> bool:
        """Make the bucket and write into it: an open port says nothing, volumes come later."""
        try:
            with self._client() as client:
                if not client.bucket_exists(bucket_name=BUCKET):
                    client.make_bucket(bucket_name=BUCKET)
                client.put_object(bucket_name=BUCKET, object_name=PROBE, data=io.BytesIO(b"1"), length=1)
                client.remove_object(bucket_name=BUCKET, object_name=PROBE)
        except NotYet:
            return False
        return True
