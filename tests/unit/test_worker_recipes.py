"""The same worker on a server: each text is what its reader takes, says all that was chosen, and holds no secret."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from console.ops.profiles import EMBEDDED, Profile
from console.ops.worker_options import WorkerOptions
from console.ops.worker_recipes import (
    RECIPES,
    command,
    compose_file,
    environment_file,
    kubernetes_manifest,
    systemd_unit,
)
from tests.unit.test_worker_options import ALL, SETTINGS
from worker.core.errors import UsageError
from worker.core.settings import Settings

FILE = Path("/home/me/my profiles/real.env")
PROFILE = Profile(
    "real", "a test", SETTINGS, FILE, {**SETTINGS.as_environment(), "HTTPS_PROXY": "http://u:hush-hush@p"}
)
LIMITS = {
    "OCR_TIME_LIMIT": "300", "OCR_SOFT_TIME_LIMIT": "200", "OCR_MAX_MEMORY": "1000", "OCR_MAX_TASKS_PER_CHILD": "50",
    "LOG_LEVEL": "DEBUG", "LOG_FORMAT": "json",
}  # fmt: skip
HARD = replace(ALL, queues=("a$b", "50%", 'say"so'))


def words_after_celery(words: list[str]) -> list[str]:
    return words[words.index("worker") + 1 :]


def told(words: list[str]) -> WorkerOptions:
    """The options that a command line gives to Celery."""
    given = dict(pairwise(words))
    queues = tuple(given["--queues"].split(","))
    return replace(ALL, name=given["--hostname"], concurrency=int(given["--concurrency"]), queues=queues)


def test_the_command_is_for_a_shell() -> None:
    source, *rest = command(ALL, PROFILE, SETTINGS).splitlines()
    assert shlex.split(source) == ["set", "-a", "&&", ".", str(FILE), "&&", "set", "+a"]
    words = shlex.split("\n".join(rest).replace("\\\n", ""))  # as a shell takes its lines
    variables = dict(word.split("=", 1) for word in words[: len(LIMITS)])
    assert variables == LIMITS
    assert words[len(LIMITS) : len(LIMITS) + 7] == [
        "nice",
        "-n",
        "5",
        "celery",
        "-A",
        "worker.app:celery_app",
        "worker",
    ]
    assert told(words) == ALL
    assert max(map(len, rest)) < 120
    without_file = Profile("environment", "the environment", SETTINGS)
    assert command(WorkerOptions(), without_file, SETTINGS).startswith("celery -A worker.app:celery_app worker ")


def test_the_command_says_what_the_keyring_has() -> None:
    values = {**PROFILE.values, "OCR_CONSOLE_KEYRING": "MINIO_SECRET_KEY"}
    first, rest = command(WorkerOptions(), replace(PROFILE, values=values), SETTINGS).split("\n", 1)
    assert first.startswith("# The keyring here has what the file lacks of MINIO_SECRET_KEY; ")
    assert rest == command(WorkerOptions(), PROFILE, SETTINGS)
    assert "OCR_CONSOLE_KEYRING" not in environment_file(replace(PROFILE, values=values), SETTINGS)


def test_the_environment_masks_its_secrets_and_what_it_does_not_know() -> None:
    lines = [line for line in environment_file(PROFILE, SETTINGS).splitlines() if not line.startswith("#")]
    values = dict(line.split("=", 1) for line in lines)
    assert values["DATABASE_URL"] == "postgresql://ocr:•••@db:5432/ocr"
    assert values["HTTPS_PROXY"] == values["MINIO_SECRET_KEY"] == "•••"
    Settings.from_mapping(values, "the example")
    assert "OCR_LEASE" not in values  # as usual


def test_the_unit_says_it_all(tmp_path: Path) -> None:
    text = systemd_unit(ALL, PROFILE, SETTINGS)
    line = next(line for line in text.splitlines() if line.startswith("ExecStart=")).removeprefix("ExecStart=")
    words = line.split()
    assert words[0] == "/usr/bin/env"
    assert dict(word.split("=", 1) for word in words[1 : 1 + len(LIMITS)]) == LIMITS
    assert told(words) == replace(ALL, name="scan@%H")
    assert {"Nice=5", "MemoryMax=3500M", "TimeoutStopSec=60"} <= set(text.splitlines())
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not here")
    unit = tmp_path / "ocr-worker.service"
    unit.write_text(
        systemd_unit(HARD, PROFILE, SETTINGS).replace("/opt/ocr-console/bin/celery", sys.executable), "utf-8"
    )
    found = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (found.returncode, [line for line in found.stderr.splitlines() if unit.name in line]) == (0, [])


def test_compose_says_it_all() -> None:
    worker: dict[str, Any] = yaml.safe_load(compose_file(ALL, PROFILE, SETTINGS))["services"]["worker"]
    assert worker["command"][:3] == ["nice", "-n", "5"]
    assert told(words_after_celery(worker["command"])) == replace(ALL, name="scan@%h")
    assert worker["environment"] == LIMITS
    assert (worker["env_file"], worker["mem_limit"], worker["stop_grace_period"]) == ("worker.env", "3500m", "60s")
    hard = yaml.safe_load(compose_file(HARD, PROFILE, SETTINGS))["services"]["worker"]["command"]
    assert 'a$$b,50%,say"so' in hard  # compose would expand a single dollar sign


def test_kubernetes_says_it_all() -> None:
    manifest: dict[str, Any] = yaml.safe_load(kubernetes_manifest(ALL, PROFILE, SETTINGS, replicas=3))
    pod = manifest["spec"]["template"]
    (worker,) = pod["spec"]["containers"]
    assert (manifest["kind"], manifest["spec"]["replicas"]) == ("Deployment", 3)
    assert manifest["spec"]["selector"]["matchLabels"] == pod["metadata"]["labels"]
    assert told(words_after_celery(worker["command"])) == replace(ALL, name="scan@%h")
    assert {entry["name"]: entry["value"] for entry in worker["env"]} == LIMITS
    assert worker["envFrom"] == [{"secretRef": {"name": "ocr-worker"}}]
    assert worker["readinessProbe"]["exec"]["command"] == ["ocr-console", "doctor", "--quick"]
    assert worker["resources"] == {"requests": {"cpu": "3", "memory": "1Gi"}, "limits": {"memory": "3500M"}}
    assert pod["spec"]["terminationGracePeriodSeconds"] == SETTINGS.soft_shutdown_s + 30


def test_no_secret_is_in_any_and_the_embedded_stack_is_for_this_machine() -> None:
    for options in (ALL, HARD, WorkerOptions()):
        made = [recipe(options, PROFILE, SETTINGS) for recipe in RECIPES.values()]
        made += [command(options, PROFILE, SETTINGS), environment_file(PROFILE, SETTINGS)]
        assert not any("hush-hush" in text for text in made)
    here = Profile(EMBEDDED, "the embedded stack")
    assert command(ALL, here, SETTINGS, file=FILE).startswith("set -a && . ")
    for recipe in RECIPES.values():
        with pytest.raises(UsageError, match="this machine alone"):
            recipe(ALL, here, SETTINGS)
