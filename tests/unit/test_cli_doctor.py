"""The verb `doctor` where nothing answers, and where nothing was ever started: checks, and 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from console.__main__ import main
from tests.unit.test_cli_main import ENVIRONMENT, as_it_was

__all__ = ["as_it_was"]  # the process as it was before
SECRETS = ("s3cr3t-pass", "access-key", "another-secret")


@pytest.fixture
def dead(tmp_path: Path) -> Path:
    """A profile of servers of which none is there."""
    path = tmp_path / "dead.env"
    path.write_text("".join(f"{name}={value}\n" for name, value in ENVIRONMENT.items()))
    path.chmod(0o600)
    return path


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the document."""
    code = main(["doctor", "--json", *words])
    printed = capsys.readouterr().out
    assert not any(secret in printed for secret in SECRETS)
    return code, json.loads(printed)


def test_services_that_are_all_away(dead: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = asked(capsys, "--profile", str(dead), "--save", str(tmp_path / "report.md"))
    assert (code, found["healthy"], found["profile"]) == (1, False, "dead")
    checks = {check["check"]: check for check in found["checks"]}
    assert {checks[name]["verdict"] for name in ("redis", "postgres", "s3")} == {"fail"}
    assert checks["redis"]["sentence"].startswith("Redis cannot be reached: Redis at 127.0.0.1:1/0 cannot be reached: ")
    assert checks["redis"]["remedy"] == "Check that Redis runs and that CELERY_BROKER_URL names it."
    assert (checks["schema"]["verdict"], checks["schema"]["remedy"]) == ("unknown", None)
    written = (tmp_path / "report.md").read_text()
    assert "WRONG PostgreSQL cannot be reached (`postgres`)" in written
    assert "MINIO_SECRET_KEY=•••" in written
    assert not any(secret in written for secret in SECRETS)


def test_probes_are_told_less(dead: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = asked(capsys, "--profile", str(dead), "--quick")
    names = {check["check"] for check in found["checks"]}
    assert code == 1
    assert {"redis", "postgres", "s3", "schema"} <= names
    assert "redis-memory" not in names


def test_servers_that_were_never_started_are_not_started(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    code, found = asked(capsys, "--home", str(home))
    first = found["checks"][0]
    assert (code, first["check"], first["verdict"], first["copy"]) == (
        1,
        "embedded-servers",
        "fail",
        f"ocr-console --home {home} stack up",
    )
    assert not home.exists()


def test_a_report_that_cannot_be_written_is_wrong_usage(dead: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--profile", str(dead), "--save", "/nowhere/at/all"]) == 2
    assert "/nowhere/at/all cannot be written" in capsys.readouterr().err


def test_people_read_the_worst_first(dead: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--profile", str(dead)]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("wrong       Redis cannot be reached")
    assert told.err.startswith("Not healthy: 3 wrong, ")
