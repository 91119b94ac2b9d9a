"""What is known before a worker is started here, and the same by other means: no server is asked."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import pytest

from console.ops.local_workers import LocalWorkers
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.worker_options import WorkerOptions
from console.ops.worker_start import StartSource
from tests.unit.test_settings import PLAIN, settings
from worker.core.errors import UsageError

SECRETS = [value for value in PLAIN.values() if "geheim" in value]


def source(home: Path, profile: Profile) -> StartSource:
    return StartSource(Services(profile, settings()), LocalWorkers(home))


def test_a_machine_without_workers_has_room_and_no_names(tmp_path: Path):
    machine = source(tmp_path, Profile(EMBEDDED, "here")).machine()
    assert 0 < machine.memory_free_b <= machine.memory_b
    assert machine.disk_free_b > 0
    assert (machine.names, machine.slots) == (frozenset(), 0)


def test_a_profile_can_be_taken_elsewhere_without_its_secrets(tmp_path: Path):
    file = tmp_path / "archive.env"
    recipes = source(tmp_path, Profile("archive", "a file", settings(), file)).recipes(WorkerOptions("scan", 3, nice=5))
    assert recipes.why_not == ""
    assert str(file) in recipes.command
    assert all("nice" in text.lower() and "3" in text for text in astuple(recipes)[2:5])
    assert not [secret for secret in SECRETS for text in astuple(recipes) if secret in text]
    assert "MINIO_SECRET_KEY=•••" in recipes.environment


def test_the_embedded_servers_are_for_this_machine_alone(tmp_path: Path):
    recipes = source(tmp_path, Profile(EMBEDDED, "here")).recipes(WorkerOptions("scan", 3))
    assert str(tmp_path) in recipes.command
    assert (recipes.systemd, recipes.compose, recipes.kubernetes) == ("", "", "")
    assert recipes.why_not.startswith("The embedded stack is for this machine alone.")


def test_what_cannot_be_is_written_nowhere(tmp_path: Path):
    with pytest.raises(UsageError):
        source(tmp_path, Profile(EMBEDDED, "here")).recipes(WorkerOptions("a b", 3))
