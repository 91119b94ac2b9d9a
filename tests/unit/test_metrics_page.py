"""The page for Prometheus: where it cannot be shown, and what it leaves behind."""

import logging
import os
import socket
import tempfile

import pytest
from prometheus_client import values

from worker.metrics_page import FOLDER, MetricsPage


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setitem(os.environ, FOLDER, "")
    made = MetricsPage()
    yield made
    made.close()


def test_a_port_that_is_taken_is_a_sentence(page, caplog):
    with socket.create_server(("127.0.0.1", 0)) as other, caplog.at_level(logging.WARNING):
        page.open("127.0.0.1", other.getsockname()[1], lambda: None)
    assert "cannot be listened at" in caplog.text


def test_what_a_killed_worker_left_is_removed_and_what_a_living_one_has_is_not(page, tmp_path):
    (dead := tmp_path / "ocr-console-metrics-999999999-x").mkdir()
    (living := tmp_path / f"ocr-console-metrics-{os.getppid()}-x").mkdir()
    MetricsPage().close()
    assert not dead.exists()
    assert living.exists()
