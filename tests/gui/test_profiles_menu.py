"""The badge's menu: what it shows of each profile, and where it leads by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.bridge.background import Background
from console.bridge.profile_feed import ProfileFeed
from console.bridge.profile_trials import ProfileTrials
from console.ops.profile_list import Listed
from console.ops.profiles import EMBEDDED, Profile
from console.ops.this_machine import ThisMachine
from console.ui.frame import Frame
from console.ui.guard import ProductionLock
from console.ui.profiles_choosing import ProfileChoosing
from console.ui.profiles_menu import ProfileMenu
from tests.gui import working
from tests.gui.profile_days import HERE, PRODUCTION, PROFILES, STAGING, Office, tried
from tests.gui.test_guard import Rule
from tests.unit.test_settings import PLAIN
from worker.core.settings import Settings

Key = Qt.Key


class Bar:
    """A window of a production profile, and its badge."""

    def __init__(self, background: Background, *, production: bool) -> None:
        used = PRODUCTION if production else HERE
        self.frame = Frame(used.name, production=production)
        self.lock = ProductionLock(self.frame, used.name, production=production)
        self.office = Office(background)
        if production:
            settings = Settings.from_mapping({**PLAIN, "OCR_CONSOLE_PRODUCTION": "true"}, "a test")
            self.office._used = Profile(used.name, "a test", settings, used.path)
        self.choosing = ProfileChoosing(self.frame, self.office, self.lock)
        self.frame.show()

    @property
    def menu(self) -> ProfileMenu:
        assert self.choosing._menu is not None
        return self.choosing._menu


@pytest.fixture
def open_bar(qtbot, background: Background) -> Iterator[Callable[..., Bar]]:
    made: list[Bar] = []

    def opened(*, production: bool = False) -> Bar:
        bar = Bar(background, production=production)
        made.append(bar)
        qtbot.addWidget(bar.frame)
        qtbot.waitUntil(bar.frame.isActiveWindow)
        return bar

    yield opened
    for bar in made:
        if bar.choosing._menu is not None:
            bar.menu.close()


def said(bar: Bar) -> dict[str, str]:
    """What is heard of each row."""
    return {address: row.accessibleName() for address, row in bar.menu.rows.items()}


def test_a_press_on_the_badge_shows_the_profiles_and_how_their_servers_answer(open_bar, qtbot):
    bar = open_bar()
    bar.choosing.show_snapshot(working.at_work())
    QTest.mouseClick(bar.frame.top_bar.badge, Qt.MouseButton.LeftButton)
    heard = said(bar)
    assert list(heard) == [one.address for one in PROFILES]
    assert heard[EMBEDDED].startswith("This machine, in use, embedded, 4 of 6 workers, 5,392 pages waiting, Redis, ")
    assert "S3, 412 ms" in heard[STAGING.address]
    assert "S3, away" in heard[PRODUCTION.address]
    assert "a quote is not closed" in heard[PROFILES[1].address]
    assert bar.menu.age.text() == "measured now"
    assert not bar.menu.lock_row.isVisible()


def test_the_keyboard_opens_it_and_leads_to_another_profile(open_bar, qtbot):
    bar = open_bar()
    for key in (Key.Key_G, Key.Key_P):
        QTest.keyClick(bar.frame, key)
    qtbot.waitUntil(lambda: bar.choosing._menu is not None)
    menu = bar.menu
    assert menu.focusWidget() is menu.rows[EMBEDDED]
    for key in (Key.Key_Up, Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Down):  # by way of the other end
        QTest.keyClick(menu.focusWidget(), key)
    assert menu.focusWidget() is menu.rows[STAGING.address]
    with qtbot.waitSignal(bar.choosing.switch_asked) as asked:
        QTest.keyClick(menu.focusWidget(), Key.Key_Return)
    assert asked.args == [STAGING.address]
    qtbot.waitUntil(lambda: bar.choosing._menu is None)


def test_esc_and_the_one_in_use_change_nothing(open_bar, qtbot):
    bar = open_bar()
    asked: list[str] = []
    bar.choosing.switch_asked.connect(asked.append)
    QTest.keyClick(bar.choosing.open_menu(), Key.Key_Escape)
    qtbot.waitUntil(lambda: bar.choosing._menu is None)
    QTest.mouseClick(bar.choosing.open_menu().rows[EMBEDDED], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.choosing._menu is None)
    assert asked == []


def test_what_else_it_leads_to(open_bar, qtbot, monkeypatch):
    bar = open_bar()
    for row, told in (("new_row", bar.choosing.new_asked), ("manage_row", bar.choosing.manage_asked)):
        menu = bar.choosing.open_menu()
        with qtbot.waitSignal(told):
            QTest.mouseClick(getattr(menu, row), Qt.MouseButton.LeftButton)
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getOpenFileName", lambda *_: ("/tmp/other.env", ""))
    with qtbot.waitSignal(bar.choosing.switch_asked) as asked:
        bar.choosing.open_menu().file_row.click()
    assert asked.args == ["/tmp/other.env"]


def test_production_is_locked_and_unlocked_from_it(open_bar, qtbot):
    bar = open_bar(production=True)
    rule = Rule()
    bar.lock.watch(rule)
    menu = bar.choosing.open_menu()
    assert menu.lock_row.accessibleName().translate({0x2068: None, 0x2069: None}).startswith("Unlock production…")
    assert "Read-only" in said(bar)[PRODUCTION.address]
    rule.left_s = 522
    bar.choosing._tick()
    assert "Unlocked 8:42" in said(bar)[PRODUCTION.address]
    assert "by itself" in menu.lock_row.accessibleName()
    with qtbot.waitSignal(bar.lock.lock_asked):
        menu.lock_row.click()


def test_a_hundred_profiles_fit_into_the_window(open_bar, qtbot):
    bar = open_bar()
    bar.frame.resize(1024, 640)
    bar.office.there = (HERE, *(Listed(f"/p/{n}.env", f"p{n}", Path(f"/p/{n}.env")) for n in range(100)))
    menu = bar.choosing.open_menu()
    assert menu.height() <= 640 - 48
    QTest.keyClick(menu.focusWidget(), Key.Key_Up)
    assert menu.focusWidget() is menu.manage_row


def test_profiles_are_tried_at_most_once_in_a_while_and_none_whose_secrets_lie_in_the_keyring(
    qtbot, background: Background, tmp_path: Path, monkeypatch
):
    asked: list[dict[str, str]] = []

    def trial(values: dict[str, str]) -> Any:
        asked.append(values)
        return tried()

    monkeypatch.setattr("console.ops.profile_trial.trial", trial)
    listed = []
    for name, more in (("plain", ""), ("kept", "OCR_CONSOLE_KEYRING=MINIO_SECRET_KEY\n"), ("broken", "a b c\n")):
        file = tmp_path / f"{name}.env"
        file.write_text(f"DATABASE_URL=postgresql://{name}@db/ocr\n{more}")
        listed.append(Listed(str(file), name, file))
    trials = ProfileTrials(background)
    trials.try_all(())
    assert trials.age_s is None  # nothing was tried
    with qtbot.waitSignal(trials.tried) as told:
        trials.try_all(listed)
    assert told.args == [listed[0].address, tried()]
    trials.try_all(listed)
    background.close()
    assert [values["DATABASE_URL"] for values in asked] == ["postgresql://plain@db/ocr"]
    assert list(trials.known) == [listed[0].address]


def test_the_list_has_what_is_in_the_folder_and_the_one_in_use_from_elsewhere(
    qtbot, background: Background, tmp_path: Path, monkeypatch
):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path)
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "red.env").write_text("OCR_CONSOLE_PRODUCTION=yes\nOCR_CONSOLE_COLOUR=red\n")
    (folder / "torn.env").write_text("A='\n")
    elsewhere = tmp_path / "mine.env"
    elsewhere.write_text("")
    settings = Settings.from_mapping(PLAIN, "a test")
    feed = ProfileFeed(background, Profile("mine", "a test", settings, elsewhere), ThisMachine(tmp_path))
    with qtbot.waitSignal(feed.listed) as told:
        feed.list()
    found = {one.name: one for one in told.args[0]}
    assert list(found) == [EMBEDDED, "mine", "red", "torn"]
    assert (found["red"].production, found["red"].colour) == (True, "red")
    assert found["torn"].problem
    assert feed.used == str(elsewhere)
