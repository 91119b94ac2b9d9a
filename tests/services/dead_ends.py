"""Addresses where something is wrong, and a front that speaks TLS for a server that does not."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
SSL_REQUEST = (80877103).to_bytes(4)
NO_HOST = "no.such.host.invalid"


def closed_port() -> int:
    """A port where nothing listens."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return int(taken.getsockname()[1])


@contextmanager
def mute_port() -> Iterator[int]:
    """A server that takes connections and says nothing."""
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def black_hole() -> Iterator[int]:
    """A port that does not answer at all: its queue of connections is full, so the system drops what comes."""
    with socket.create_server((HOST, 0), backlog=0) as server, contextlib.ExitStack() as waiting:
        for _ in range(4):
            filler = waiting.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        yield server.getsockname()[1]


@contextmanager
def tls_front(
    target: tuple[str, int], folder: Path, *, postgres: bool = False, expired: bool = False
) -> Iterator[tuple[int, Path]]:
    """A TLS port in front of a server, and the file of the authority that vouches for it, or did until yesterday.

    PostgreSQL's clients ask for TLS in the clear and wait for an S.
    """
    authority = _certificate(folder, days=-1 if expired else 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, folder / "key.pem")

    def serve(plain: socket.socket) -> None:
        plain.settimeout(5)
        if postgres:
            while plain.recv(8)[4:] != SSL_REQUEST:
                plain.sendall(b"N")  # no Kerberos
            plain.sendall(b"S")
        with context.wrap_socket(plain, server_side=True) as outer:
            outer.settimeout(None)
            _join(outer, target)

    with _front(serve) as port:
        yield port, authority


@contextmanager
def refusing_front(target: tuple[str, int], code: str) -> Iterator[int]:
    """A port in front of an S3 server that stores nothing and says so with this code; what is asked is answered."""
    body = f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode()
    head = f"HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n"
    answer = f"{head}Connection: close\r\n\r\n".encode() + body

    def serve(outer: socket.socket) -> None:
        with socket.create_connection(target) as inner:
            back = threading.Thread(target=_pass_on, args=(inner, outer), daemon=True)
            back.start()
            while data := outer.recv(65_536):
                if data.startswith(b"PUT "):
                    outer.sendall(answer)
                    return
                inner.sendall(data)

    with _front(serve) as port:
        yield port


@contextmanager
def flaky_front(target: tuple[str, int], drops: int) -> Iterator[int]:
    """A port in front of a server that hears the first requests and hangs up without a word."""
    left = iter(range(drops))

    def serve(outer: socket.socket) -> None:
        if next(left, None) is None:
            _join(outer, target)
        else:
            outer.recv(65_536)

    with _front(serve) as port:
        yield port


@contextmanager
def spoiling_front(target: tuple[str, int], at: int) -> Iterator[int]:
    """A port in front of a server that turns one bit of what is sent, in each connection, behind so many bytes."""

    def serve(outer: socket.socket) -> None:
        with socket.create_connection(target) as inner:
            back = threading.Thread(target=_pass_on, args=(inner, outer), daemon=True)
            back.start()
            passed = 0
            while data := bytearray(outer.recv(65_536)):
                if passed <= at < passed + len(data):
                    data[at - passed] ^= 1
                passed += len(data)
                inner.sendall(data)

    with _front(serve) as port:
        yield port


class Gate:
    """A port in front of a server that can hang, and be closed and opened, while others use it."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._flowing = threading.Event()
        self._flowing.set()
        self._target = target
        self._open: list[socket.socket] = []
        self._server = socket.create_server((HOST, 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def hang(self) -> None:
        """Connections stay, and nothing goes through any more."""
        self._flowing.clear()

    def flow(self) -> None:
        """What was held back goes on."""
        self._flowing.set()

    def close(self) -> None:
        """As if the server had died."""
        for end in (self._server, *self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def reopen(self) -> None:
        """As if it had been started again."""
        self._server = socket.create_server((HOST, self.port))
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def _accept(self, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                outer = server.accept()[0]
                inner = socket.create_connection(self._target)
                self._open += [outer, inner]
                for ends in ((outer, inner), (inner, outer)):
                    threading.Thread(target=_pass_on, args=(*ends, self._flowing), daemon=True).start()


@contextmanager
def _front(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    def one(outer: socket.socket) -> None:
        with contextlib.suppress(OSError), outer:
            serve(outer)

    def accept(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server((HOST, 0)) as server:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        yield server.getsockname()[1]


def _join(outer: socket.socket, target: tuple[str, int]) -> None:
    with socket.create_connection(target) as inner:
        back = threading.Thread(target=_pass_on, args=(inner, outer), daemon=True)
        back.start()
        _pass_on(outer, inner)
        back.join()


def _pass_on(source: socket.socket, sink: socket.socket, flowing: threading.Event | None = None) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            if flowing is not None:
                flowing.wait()
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _certificate(folder: Path, days: int = 1) -> Path:
    """Made once for a folder: several fronts have the same."""
    if (folder / "authority.pem").exists():
        return folder / "authority.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = dt.datetime.now(dt.UTC)
    day = dt.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now - 2 * day, now + days * day
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    (folder / "authority.pem").write_bytes(certificate.public_bytes(pem))
    return folder / "authority.pem"
