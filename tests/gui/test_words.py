"""Figures and moments in words."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from PySide6.QtCore import QLocale, QTranslator

from console.ui import counts, overview_words, words
from worker.core.failures import FailureGroup
from worker.core.said import Moment, clauses, listed, said, said_counted, sentences

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 KB"), (148_000, "148 KB"), (999_499, "999 KB"), (999_500, "1.0 MB"),
     (18_400_000, "18.4 MB"), (1_200_000_000, "1.2 GB"), (2e15, "2,000 TB"), (None, "–")],
)  # fmt: skip
def test_sizes(count, text):
    assert words.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.42, "0.4 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (372, "6 min 12 s"),
     (7500, "2 h 5 min"), (86_399, "23 h 59 min"), (573_480, "6 d 15 h")],
)  # fmt: skip
def test_durations(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (40, "40 s"), (56, "1 min"), (1980, "33 min"), (9000, "2 h")]
)
def test_estimates_have_one_unit(seconds, text):
    assert words.about(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(-3, "now"), (0.9, "now"), (31, "31 s"), (125, "2 min"), (7300, "2 h")])
def test_ages(seconds, text):
    assert words.age(NOW - timedelta(seconds=seconds), NOW) == text


def test_an_age_over_a_day_is_a_date():
    assert words.age(NOW, NOW + timedelta(days=40)) == words.date(NOW)
    assert words.age(None, NOW) == words.DASH


def test_days_on_an_axis_and_in_full():
    assert words.day(NOW) == "Mon 23"
    assert "November" in words.long_date(NOW)
    assert words.moment(NOW) == f"Mon {words.clock(NOW)}"


def test_what_is_not_whole_is_never_called_whole():
    assert [words.percent(share) for share in (0, 0.714, 0.999, 1)] == ["0 %", "71 %", "99 %", "100 %"]


def test_latencies():
    assert (words.latency(0.0006), words.latency(0.0142), words.latency(1.5)) == ("0.6 ms", "14 ms", "1,500 ms")


def test_counts_agree_in_number():
    assert words.counted(1, "{n} file", "{n} files") == "1 file"
    assert words.counted(1234, "{n} file", "{n} files") == "1,234 files"


def test_numbers_follow_the_country():
    QLocale.setDefault(QLocale(QLocale.Language.German))
    try:
        assert (words.number(48204), words.decimal(1.5)) == ("48.204", "1,5")
    finally:
        QLocale.setDefault(QLocale(QLocale.Language.English))


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """The machine in another zone."""

    def move(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


def test_a_day_begins_at_midnight_also_where_the_clocks_change_behind_it(zone):
    zone("Europe/Berlin")
    noon = datetime(2026, 3, 29, 10, tzinfo=UTC)
    assert words.midnight(noon) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    before, after = (FailureGroup("corrupt", 1, at, at) for at in (noon - timedelta(hours=11.5), noon))
    assert overview_words.since([before], noon) == ""
    assert overview_words.since([after], noon) == "the last at 12:00"


@pytest.mark.parametrize(
    ("place", "clock", "day"),
    [("UTC", "20:30", "Mon 23"), ("Asia/Ho_Chi_Minh", "03:30", "Tue 24"), ("America/New_York", "15:30", "Mon 23"),
     ("Asia/Kathmandu", "02:15", "Tue 24")],
)  # fmt: skip
def test_moments_are_told_in_the_zone_of_the_user(zone, place: str, clock: str, day: str):
    zone(place)
    when = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
    assert (words.clock(when), words.day(when), words.moment(when)) == (clock, day, f"{day[:3]} {clock}")
    assert str(int(day[4:])) in words.date(when)
    assert day[4:] in words.long_date(when)


def test_a_day_of_23_hours_does_not_shift_the_clock(zone):
    zone("Europe/Berlin")
    before, after = datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert (words.clock(before), words.clock(after)) == ("01:30", "03:30")
    assert words.near(before, after) == "01:30"


def test_dates_and_figures_are_written_as_in_the_country():
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    try:
        assert words.date(NOW) == "23.11.26"
        assert words.long_date(NOW) == "Montag, 23. November 2026"
        assert (words.size(18_400_000), words.size(2e15), words.duration(0.42)) == ("18,4 MB", "2.000 TB", "0,4 s")
        assert (words.counted(0, "{n} file", "{n} files"), words.counted(4200, "", "{n} files")) == (
            "0 files", "4.200 files",
        )  # fmt: skip
    finally:
        QLocale.setDefault(QLocale(QLocale.Language.English))


def test_a_name_in_a_sentence_cannot_turn_the_words_around_it():
    assert words.isolated("x") == "\u2068x\u2069"


def test_what_is_told_is_said_in_the_language_and_the_manner_of_the_user(qapp, zone):
    zone("Europe/Berlin")
    now = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    one = said(
        "{name} has {n} pages since {at}, {share} %.", name="It is done.", n=4200, at=Moment(now, now), share=0.5
    )
    why = said("{why}.", why=clauses([said("It is done."), said_counted(2, "", "{n} files")]))
    qapp.installTranslator(german := German())
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    try:
        assert words.told(one) == "4.200 Seiten von It is done. seit 15:00, 0,5 %."
        assert words.told(why, "", sentences("It is done.", "no sentence")) == "Fertig.; 2 Dateien. Fertig. no sentence"
        assert words.told(said("{names}", names=listed(["a", "b"]))) == "a und b"
    finally:
        qapp.removeTranslator(german)
        QLocale.setDefault(QLocale(QLocale.Language.English))
    assert (words.told(one), words.told("")) == (one, "")


class German(QTranslator):
    WORDS: ClassVar = {
        "{name} has {n} pages since {at}, {share} %.": "{n} Seiten von {name} seit {at}, {share} %.",
        "It is done.": "Fertig.",
        "{n} files": "{n} Dateien",
        ", ": "; ",
    }

    def translate(self, _context: str, source: str, _comment: str | None = None, _n: int = -1) -> str:
        return self.WORDS.get(source, source)

    def isEmpty(self) -> bool:
        return False


class French(German):
    WORDS: ClassVar = {
        "{part} of {whole}": "{part} sur {whole}",
        "{n} B": "{n} octets",
        **{f"{{n}} {unit}B": f"{{n}}\xa0{unit}o" for unit in "KMGT"},
    }


def test_bytes_of_bytes_are_in_one_unit_whatever_it_is_called(qapp):
    sizes = (0, 999), (700, 1_500), (14_100_000, 17_200_000), (400_000, 105_000_000), (2e9, 5.2e12)
    said = [counts.bytes_of(int(done), int(whole)) for done, whole in sizes]
    assert said == ["0 of 999 B", "1 of 2 KB", "14.1 of 17.2 MB", "0 of 105 MB", "0.0 of 5.2 TB"]
    french = French()
    qapp.installTranslator(french)
    try:
        said = [counts.bytes_of(int(done), int(whole)) for done, whole in sizes]
        assert said == [
            "0 sur 999 octets",
            "1 sur 2\xa0Ko",
            "14.1 sur 17.2\xa0Mo",
            "0 sur 105\xa0Mo",
            "0.0 sur 5.2\xa0To",
        ]
    finally:
        qapp.removeTranslator(french)


def test_a_share_of_hundred_is_its_number():
    assert [words.percent(n / 100) for n in range(101)] == [f"{n} %" for n in range(101)]
    assert words.percent(0.9999) == "99 %"
