"""From one profile to another in the same place: what is seen, what goes on, and what is left when it cannot be."""

from __future__ import annotations

import gc
import logging
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication

from console.lasting import Lasting
from console.ops.doctor.verdicts import Verdict
from console.ops.profiles import EMBEDDED, load
from console.switching import Switching
from console.ui.frame import Frame
from console.ui.going import DOCTOR, OVERVIEW, START
from console.ui.kit.buttons import Button
from console.ui.kit.later import Later
from console.ui.one_window import OneWindow
from console.ui.theme import Appearance
from worker.core.errors import ServiceError

NOWHERE = """
DATABASE_URL=postgresql://ocr:{secret}@127.0.0.1:9/ocr
REDIS_URL=redis://127.0.0.1:9/0
MINIO_ENDPOINT=127.0.0.1:9
MINIO_ACCESS_KEY=ocrconsole
MINIO_SECRET_KEY={secret}
MINIO_OCR_BUCKET=ocr
"""
PLACE = QRect(40, 60, 1100, 700)
PATIENCE_MS = 20_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two profiles whose servers are away, and one that is none."""
    for name in ("staging", "archive"):
        file = tmp_path / f"{name}.env"
        file.write_text(NOWHERE.format(secret=f"secret-of-{name}"))
        file.chmod(0o600)
    (tmp_path / "broken.env").write_text("DATABASE_URL=nonsense\n")
    return tmp_path


@pytest.fixture
def lasting(appearance: Appearance, folder: Path) -> Iterator[Lasting]:
    made = Lasting(folder / "home")
    yield made
    made.close()


@pytest.fixture
def switching(qtbot, appearance: Appearance, lasting: Lasting, folder: Path) -> Iterator[Switching]:
    made = Switching(lasting, appearance, {})
    assert made.open(load(str(folder / "staging.env"), {}))
    made.console.frame.setGeometry(PLACE)
    yield made
    made.close()
    made.console.frame.deleteLater()


def shown(switching: Switching) -> str:
    return switching.console.profile.name


def told(switching: Switching) -> str:
    """What the notice says."""
    return switching.console.frame.notices.accessibleName()


def frames() -> list[Frame]:
    """The windows that are there, seen or not."""
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, Frame)]


def make_all_pages(frame: Frame) -> None:
    """As all are made in time."""
    assert all(page.page if isinstance(page, Later) else page for page in frame.pages.values())


def to(qtbot, switching: Switching, folder: Path, name: str) -> None:
    """Switch, and wait until nothing is left of the window before."""
    switching.console.switch_asked.emit(str(folder / f"{name}.env"))
    qtbot.waitUntil(lambda: shown(switching) == name, timeout=PATIENCE_MS)
    assert switching.console.frame.isVisible()
    qtbot.waitUntil(lambda: len(frames()) == 1, timeout=PATIENCE_MS)


def test_another_profile_stands_in_the_same_place_with_a_way_back(
    qtbot, switching: Switching, lasting: Lasting, folder: Path
):
    switching.console.frame.show_page(DOCTOR)
    to(qtbot, switching, folder, "archive")
    assert not lasting.ending.is_set()
    frame = switching.console.frame
    assert frame.geometry() == PLACE
    assert frame.current_page == DOCTOR
    assert "archive" in frame.top_bar.badge.accessibleName()
    assert "archive" in told(switching)
    frame.notices.offer_button.click()
    qtbot.waitUntil(lambda: shown(switching) == "staging", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: bool(switching.console.frame.away.said.strip()), timeout=PATIENCE_MS)  # it works: it asks
    switching.close()
    assert lasting.ending.is_set()


def test_a_profile_that_cannot_be_used_leaves_the_window_and_a_sentence(qtbot, switching: Switching, folder: Path):
    before = switching.console
    for name in ("broken", "absent"):
        before.switch_asked.emit(str(folder / f"{name}.env"))
        qtbot.waitUntil(lambda name=name: name in told(switching), timeout=PATIENCE_MS)
    assert switching.console is before
    assert before.frame.isVisible()
    to(qtbot, switching, folder, "archive")  # and it can still be left


def test_a_profile_that_was_changed_is_opened_anew_in_its_place(qtbot, switching: Switching, folder: Path):
    before, file = switching.console, folder / "staging.env"
    file.write_text(file.read_text().replace("MINIO_OCR_BUCKET=ocr", "MINIO_OCR_BUCKET=archive"))
    before.switch_asked.emit(str(file))
    qtbot.waitUntil(lambda: switching.console is not before, timeout=PATIENCE_MS)
    settings = switching.console.profile.settings
    assert settings is not None
    assert settings.s3_bucket == "archive"
    assert not switching.console.frame.notices.offer_button.isVisible()  # there is no way back to what it was
    qtbot.waitUntil(lambda: len(frames()) == 1, timeout=PATIENCE_MS)


def test_the_place_is_taken_and_given_up(qtbot, switching: Switching, lasting: Lasting, folder: Path):
    places = {name: f"{lasting.home} {load(str(folder / f'{name}.env'), {}).source}" for name in ("staging", "archive")}
    other = OneWindow(places["archive"])
    assert other.claim()
    switching.console.switch_asked.emit(str(folder / "archive.env"))
    qtbot.waitUntil(lambda: "another window" in told(switching), timeout=PATIENCE_MS)
    assert shown(switching) == "staging"
    other.close()
    to(qtbot, switching, folder, "archive")
    again = OneWindow(places["staging"])
    assert again.claim()
    again.close()
    assert not OneWindow(places["archive"]).claim()


def test_files_on_their_way_are_asked_about(qtbot, switching: Switching, folder: Path, monkeypatch):
    answers = iter((False, True))
    asked: list[str] = []

    def ask(_parent: object, *, title: str, **_: object) -> bool:
        asked.append(title)
        return next(answers)

    monkeypatch.setattr("console.ui.adding.ask", ask)
    before = switching.console
    monkeypatch.setattr(before.adding._uploading, "_running", True)
    before.switch_asked.emit(str(folder / "archive.env"))
    qtbot.waitUntil(lambda: len(asked) == 1, timeout=PATIENCE_MS)
    assert switching.console is before
    to(qtbot, switching, folder, "archive")
    assert len(asked) == 2
    assert before.adding._uploading._cancel.is_set()


def test_nothing_of_a_window_that_was_left_stays(qtbot, switching: Switching, lasting: Lasting, folder: Path):
    left = []
    for name in ("archive", "staging", "archive"):
        left.append(weakref.ref(switching.console))
        make_all_pages(switching.console.frame)
        to(qtbot, switching, folder, name)
    gc.collect()
    assert [one() for one in left] == [None, None, None]
    logging.getLogger("console.bridge").error("refused: secret-of-staging, secret-of-archive")
    assert "secret" not in (lasting.home / "logs" / "console.log").read_text("utf-8")


def test_what_was_typed_into_a_profile_waits_in_the_next_window(qtbot, switching: Switching, folder: Path):
    before = switching.console.profiles.editing
    before.drafts["a"] = ({"LOG_LEVEL": "DEBUG"}, frozenset())
    to(qtbot, switching, folder, "archive")
    after = switching.console.profiles
    assert after.editing is not before
    assert after.editing.drafts == {"a": ({"LOG_LEVEL": "DEBUG"}, frozenset())}
    with qtbot.waitSignal(after.feed.listed) as told:
        after.feed.list()
    assert {one.name for one in told.args[0]} >= {"staging", "archive"}  # opened from elsewhere, and still offered


def test_what_was_chosen_a_moment_ago_is_known_in_the_next_window(qtbot, switching: Switching, folder: Path):
    switching.console.text_scale.step(1)
    percent = switching.console.text_scale.percent
    to(qtbot, switching, folder, "archive")
    assert switching.console.text_scale.percent == percent != 100
    assert switching.console.frame.current_page == OVERVIEW
    assert shown(switching) != EMBEDDED


def test_the_doctor_works_where_nothing_answers_and_where_nothing_opened(qtbot, switching: Switching):
    console = switching.console
    page = console.places.doctor

    def wrong() -> set[str]:
        report = page.checkup.report
        return {check.name for check in report.checks if check.verdict is Verdict.FAIL} if report else set()

    console.frame.show_page(DOCTOR)
    qtbot.waitUntil(lambda: {"postgres", "redis", "s3"} <= wrong(), timeout=PATIENCE_MS)
    console.session.failed.emit(ServiceError("It does not open.", "Wait."))
    assert console.frame.current_page == START
    next(one for one in console.start_page.findChildren(Button) if one.text() == "Ask the doctor").click()
    assert console.frame.current_page == DOCTOR
    qtbot.waitUntil(lambda: {"opening", "postgres", "redis", "s3"} <= wrong(), timeout=PATIENCE_MS)
    assert page.checkup.list.rows[0].check.fact == "It does not open."
