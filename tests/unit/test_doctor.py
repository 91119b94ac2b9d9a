"""The doctor's frame: no check holds up or takes down another, and what several ask is asked once."""

import threading
import time
from typing import cast

import pytest

from console.ops.doctor import written
from console.ops.doctor.examination import examine
from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.verdicts import Remedy, Report, Seen, Verdict, failed, good
from console.ops.health import Name
from console.ops.profiles import Profile
from console.ops.services import Services
from worker.core.errors import NetworkError
from worker.core.settings import Settings


class Places:
    """Services of which Redis is away."""

    profile = Profile("staging", "a test")
    settings = Settings(
        "postgresql://ocr:geheim-pg@db:5432/ocr",
        "redis://:geheim-redis@redis:6379/0",
        "redis://:geheim-redis@redis:6379/1",
        "s3:9000",
        "geheim-access",
        "geheim-secret",
        "ocr",
    )

    def reach(self, name: Name) -> float:
        if name == "redis":
            raise NetworkError("Redis at nowhere:1 cannot be reached.")
        return 0.001

    def place(self, name: Name) -> str:
        return f"{name}:1"


def examined(*looks: Look, quick: bool = False, patience_s: float = 5.0) -> Report:
    return examine(cast("Services", Places()), looks=looks, quick=quick, patience_s=patience_s)


def verdicts(report: Report) -> dict[str, Verdict]:
    return {check.name: check.verdict for check in report.checks}


@look("well", "What is well", needs=("postgres",), quick=True)
def well(_patient: Patient) -> Seen:
    return good("It is well")


@look("wrong", "What is wrong", needs=("redis",))
def behind_redis(_patient: Patient) -> Seen:
    raise AssertionError("it is not asked while Redis is away")


@look("raises", "What raises")
def raises(_patient: Patient) -> Seen:
    raise ZeroDivisionError


@look("silent", "What has nothing to say")
def silent(_patient: Patient) -> None:
    return None


@look("each", "Several")
def each(_patient: Patient) -> tuple[Seen, ...]:
    return good("One", about="one"), failed("Another", "2", "It is so.", about="other")


def test_one_check_takes_no_other_down(caplog: pytest.LogCaptureFixture) -> None:
    report = examined(well, raises, behind_redis, silent, each)
    assert verdicts(report) == {
        "well": Verdict.OK,
        "raises": Verdict.UNKNOWN,
        "wrong": Verdict.UNKNOWN,
        "each-one": Verdict.OK,
        "each-other": Verdict.FAIL,
    }
    assert "ZeroDivisionError" in report.checks[1].fact
    assert "raises" in caplog.text
    assert report.checks[2].fact == "Redis does not answer."
    assert (report.profile, report.healthy, report.counts[Verdict.OK]) == ("staging", False, 2)


def test_one_that_hangs_is_unknown_and_holds_nobody_up() -> None:
    stop = threading.Event()

    @look("hangs", "What hangs")
    def hangs(_patient: Patient) -> Seen:
        stop.wait(60)
        return good("At last")

    report = examined(hangs, well, patience_s=0.3)
    stop.set()
    assert verdicts(report) == {"hangs": Verdict.UNKNOWN, "well": Verdict.OK}
    assert report.took_s < 30


def test_what_several_ask_is_asked_once() -> None:
    asked: list[Services] = []

    def ask(services: Services) -> int:
        asked.append(services)
        time.sleep(0.05)
        return 7

    looks = [
        Look(f"asks-{n}", "What asks", lambda patient: good("It is known", f"{patient.known(ask)}")) for n in range(5)
    ]
    report = examined(*looks)
    assert [check.fact for check in report.checks] == ["7"] * 5
    assert len(asked) == 1


def test_no_secret_gets_out_whatever_a_server_says() -> None:
    said_by_it = "auth failed for ocr:geheim-pg, key geheim-secret"
    leaks = Look(
        "leaks", "What leaks", lambda _: failed(said_by_it, said_by_it, said_by_it, Remedy(said_by_it, said_by_it))
    )
    report = examined(leaks, well)
    assert "geheim" not in repr(report) + written.report(report)
    assert "•••" in report.checks[0].fact


def test_probes_want_the_quick_ones() -> None:
    assert verdicts(examined(well, raises, quick=True)) == {"well": Verdict.OK}


def test_names_are_each_there_once() -> None:
    from console.ops.doctor.examination import LOOKS

    names = [one.name for one in LOOKS]
    assert len(names) == len(set(names))
