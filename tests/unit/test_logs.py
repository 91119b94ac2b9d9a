"""Logs: where they go, what they look like, what they never hold."""

import json
import logging
import threading

import pytest

from tests.unit.test_settings import PLAIN
from worker.core.logs import bind, configure, unbind
from worker.core.settings import Settings

SECRETS = {"red-geheim", "ocr"}


@pytest.fixture(autouse=True)
def restored():
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    unbind()
    root.handlers[:] = before
    root.setLevel(level)


def test_text_goes_to_stdout(capsys):
    configure("INFO", "text")
    logging.getLogger("worker.ocr").info("[OCR] Job started %s", "42")
    logging.getLogger("worker.ocr").debug("unheard")
    out, err = capsys.readouterr()
    assert out.endswith("INFO    worker.ocr: [OCR] Job started 42\n")
    assert out.count("\n") == 1
    assert err == ""


def test_json_is_one_object_a_line(capsys):
    configure("DEBUG", "json")
    logging.getLogger("worker.ocr").info("[OCR] ✅ Job completed %s", "42", extra={"job": "42", "pages": 3})
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("x").exception("went wrong")
    done, wrong = map(json.loads, capsys.readouterr().out.splitlines())
    assert done["message"] == "[OCR] ✅ Job completed 42"
    assert (done["level"], done["logger"], done["job"], done["pages"]) == ("INFO", "worker.ocr", "42", 3)
    assert done["time"].endswith("+00:00")
    assert "ValueError: two\nlines" in wrong["traceback"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_is_written(form, capsys):
    configure("INFO", form, SECRETS)
    log = logging.getLogger("worker.ocr")
    log.info("connected with %s to %s", "red-geheim", "redis://:unknown-geheim@h:1/0")
    try:
        raise OSError("password=db-geheim at postgresql://ocr:pg-geheim@db/ocr")
    except OSError:
        log.exception("failed")
    out = capsys.readouterr().out
    assert "geheim" not in out
    assert "•••" in out


def test_a_secret_is_not_written_either_where_json_spells_it_otherwise(capsys):
    settings = Settings.from_mapping({**PLAIN, "MINIO_SECRET_KEY": 'ge"heim\\lang'}, "a test")
    configure("INFO", "json", settings.secrets)
    logging.getLogger("worker.ocr").info("signed with %s", settings.s3_secret_key)
    assert json.loads(capsys.readouterr().out)["message"] == "signed with •••"


def test_a_short_password_does_not_mangle_words(capsys):
    configure("INFO", "text", SECRETS)
    logging.getLogger("worker.ocr").info("ocr.run_job via postgresql://ocr:ocr@db/ocr")
    assert "ocr.run_job via postgresql://ocr:•••@db/ocr" in capsys.readouterr().out


def test_configured_twice_logs_once(capsys):
    configure()
    configure()
    logging.getLogger("x").warning("once")
    assert capsys.readouterr().out.count("once") == 1


def test_a_name_writes_no_entry_of_its_own(capsys):
    configure()
    logging.getLogger("worker.ocr").error("failed: %s", "a.pdf\n[OCR] ✅ Job completed 42\x1b[2J\u202e\u2028x")
    assert capsys.readouterr().out.endswith("failed: a.pdf\\n[OCR] ✅ Job completed 42\\x1b[2J\\u202e\\u2028x\n")


def test_a_line_says_whose_it_is_until_that_is_over(capsys):
    configure("INFO", "json", worker="one@desk")
    bind(job="42", task="t1")
    bind(attempt=2)
    logging.getLogger("fontTools").warning("odd object")
    logging.getLogger("worker.children").warning("it died", extra={"job": "43"})
    unbind()
    logging.getLogger("worker.presence").info("going on")
    bound, own, free = map(json.loads, capsys.readouterr().out.splitlines())
    assert list(bound)[:4] == ["time", "level", "logger", "message"]
    assert {name: bound[name] for name in ("job", "task", "attempt", "worker")} == {
        "job": "42",
        "task": "t1",
        "attempt": "2",
        "worker": "one@desk",
    }
    assert own["job"] == "43"
    assert set(free) == {"time", "level", "logger", "message", "worker"}


def test_what_is_bound_in_one_thread_is_not_said_by_another(capsys):
    configure("INFO", "json")
    bind(job="42")
    thread = threading.Thread(target=logging.getLogger("x").warning, args=("elsewhere",))
    thread.start()
    thread.join()
    assert "job" not in json.loads(capsys.readouterr().out)


def test_text_names_the_job_where_the_message_does_not(capsys):
    configure("INFO", "text")
    bind(job="42")
    logging.getLogger("worker.ocr").info("[OCR] Job started %s", "42")
    logging.getLogger("fontTools").warning("odd object")
    started, odd = capsys.readouterr().out.splitlines()
    assert started.endswith("worker.ocr: [OCR] Job started 42")
    assert odd.endswith("fontTools: odd object (job 42)")
