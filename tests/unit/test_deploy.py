"""What keeps workers alive on servers names what there is, and leaves a stop its time."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from worker.core.settings import VARIABLES, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "resources" / "deploy"
EXAMPLE = DEPLOY / "worker.env.example"
UNIT = (DEPLOY / "ocr-worker.service").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
MANIFEST: dict[str, Any] = yaml.safe_load((DEPLOY / "kubernetes.yaml").read_text("utf-8"))
STOP_S = 30 + 10  # what reading may take, and what a stop takes beyond it


def example() -> dict[str, str]:
    lines = [line for line in EXAMPLE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def unit(name: str) -> str:
    (found,) = re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)
    return str(found)


def test_the_example_makes_settings_and_names_nothing_else() -> None:
    known = {name for variable in VARIABLES for name in (variable.name, *variable.aliases)}
    assert set(example()) <= known
    settings = Settings.from_mapping(example(), "the example")
    assert settings.soft_shutdown_s + 10 == STOP_S


def test_a_unit_starts_it_again_and_stops_it_in_order() -> None:
    assert (unit("Restart"), unit("KillMode"), unit("KillSignal")) == ("always", "mixed", "SIGTERM")
    assert int(unit("TimeoutStopSec")) > STOP_S
    assert unit("StartLimitIntervalSec") == "0"
    assert unit("EnvironmentFile").startswith("/")  # missing or unreadable, the worker does not start
    assert "-A worker.app:celery_app worker" in unit("ExecStart")
    assert {unit("NoNewPrivileges"), unit("ProtectHome"), unit("PrivateTmp")} == {"yes"}
    assert unit("ProtectSystem") == "strict"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    copy = tmp_path / "ocr-worker.service"
    copy.write_text(UNIT.replace("/opt/ocr-console/bin/celery", sys.executable), "utf-8")
    found = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    assert (found.returncode, [line for line in found.stderr.splitlines() if copy.name in line]) == (0, [])


def test_compose_starts_it_again_and_stops_it_in_order() -> None:
    worker = COMPOSE["services"]["worker"]
    assert (worker["restart"], worker["init"], worker["stop_signal"]) == ("unless-stopped", True, "SIGTERM")
    assert int(worker["stop_grace_period"].removesuffix("s")) > STOP_S
    assert "exec" in worker["tmpfs"][0]
    build = worker["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()


def test_kubernetes_stops_it_in_order_and_never_kills_one_that_waits() -> None:
    spec = MANIFEST["spec"]["template"]["spec"]
    (worker,) = spec["containers"]
    assert spec["terminationGracePeriodSeconds"] > STOP_S
    assert worker["command"][:4] == ["celery", "-A", "worker.app:celery_app", "worker"]
    assert "livenessProbe" not in worker
    assert MANIFEST["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert (spec["securityContext"]["runAsNonRoot"], worker["securityContext"]["readOnlyRootFilesystem"]) == (
        True,
        True,
    )


def test_the_servers_of_compose_are_those_of_the_example() -> None:
    servers = {name for name, service in COMPOSE["services"].items() if service.get("profiles") == ["servers"]}
    assert set(COMPOSE["services"]) == servers | {"worker"}
    hosts = " ".join(example().values())
    assert servers == {name for name in ("postgres", "valkey", "seaweedfs") if f"{name}:" in hosts}


def test_no_secret_stands_in_any_file() -> None:
    secrets = Settings.from_mapping(example(), "the example").secrets
    assert secrets == {"PASSWORD", "ACCESS_KEY", "SECRET_KEY"}
    for service in COMPOSE["services"].values():
        assert "environment" not in service
        assert not re.search("pass|secret", str(service.get("command", "")), re.IGNORECASE)


def test_the_image_copies_what_there_is() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert copied
    assert [word for word in copied if not (ROOT / word).exists()] == []
