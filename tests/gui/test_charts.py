"""Charts: round axes in the user's zone, gaps, one crosshair by pointer and by key, a picture to take away."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from console.ui import words
from console.ui.kit.charts import ChartStack
from console.ui.kit.charts_axes import count_top, ticks, time_top
from console.ui.kit.charts_data import Chart, Curve, Mark, Span
from console.ui.kit.charts_paint import Room, runs
from console.ui.theme import LIGHT, Appearance

Key = Qt.Key
START = datetime(2026, 11, 22, 14, 24, tzinfo=UTC)


@pytest.fixture
def zone(monkeypatch):
    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


def chart(*values: float | None, title: str = "Pages waiting", **more) -> Chart:
    def say(shown) -> str:
        return "no data" if shown[0] is None else f"{shown[0]:.0f} pages"

    return Chart(title, (Curve(title, values),), say, lambda value: f"{value:.0f}", **more)


@pytest.fixture
def stack(qtbot) -> ChartStack:
    made = ChartStack(name="History")
    qtbot.addWidget(made)
    made.resize(900, 400)
    failed = chart(*([0.0] * 9), 22.0, title="Failed", role="bad", bars=True)
    made.show_charts(Span(START, 300, 10), [chart(*map(float, range(10))), failed])
    made.show()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    return made


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 2), (1, 2), (7, 8), (22, 24), (164, 200), (10_500, 12_000), (1_000_000, 1_000_000)]
)
def test_an_axis_of_counts_ends_at_a_round_figure_whose_half_is_round(highest, top):
    assert count_top(highest) == top


@pytest.mark.parametrize(("highest", "top"), [(0, 2), (19, 20), (348, 360), (500, 600), (200_000, 345_600)])
def test_an_axis_of_times_ends_at_a_round_time(highest, top):
    assert time_top(highest) == top


def test_a_day_begins_at_the_users_midnight(zone):
    zone("Asia/Ho_Chi_Minh")
    found = ticks(START, START + timedelta(days=1), 9)
    assert [tick.label for tick in found] == [
        *("Mon 23", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"),
    ]
    assert [tick.day for tick in found] == [True, *([False] * 7)]


def test_no_moment_stands_twice_where_the_clocks_are_changed(zone):
    zone("Europe/Berlin")
    for month, day in ((3, 28), (10, 24)):
        start = datetime(2026, month, day, 20, tzinfo=UTC)
        found = ticks(start, start + timedelta(hours=12), 20)
        moments = [tick.at for tick in found]
        assert moments == sorted(set(moments))
        assert [tick.label for tick in found][-2:] == ["09:00", "10:00"] if month == 3 else ["08:00", "09:00"]


def test_a_week_has_its_days(zone):
    zone("UTC")
    assert [tick.label for tick in ticks(START, START + timedelta(days=7), 8)][:2] == ["Mon 23", "Tue 24"]


def test_a_line_is_parted_where_nobody_measured():
    plot = QRectF(0, 0, 100, 10)
    parts = list(runs(plot, Curve("a", (1.0, 2.0, None, None, 3.0, None, 0.0, 4.0, 4.0, 4.0)), 4))
    assert [len(part) for part in parts] == [2, 2, 4]
    assert (parts[1][0].x(), parts[1][1].x()) == (40, 50)  # alone it is as wide as its step


def test_of_many_points_on_two_pixels_the_extremes_stay():
    values = [0.0] * 10_000
    values[5000] = 9.0
    (line,) = runs(QRectF(0, 0, 500, 90), Curve("a", tuple(values)), 9)
    assert len(line) <= 500
    assert min(point.y() for point in line) == 0


def test_keys_lead_the_crosshair(stack: ChartStack):
    assert stack.said == ""
    QTest.keyClick(stack, Key.Key_Left)
    assert stack.place == 9
    for key, place in ((Key.Key_Left, 8), (Key.Key_Home, 0), (Key.Key_Left, 0), (Key.Key_Right, 1), (Key.Key_End, 9)):
        QTest.keyClick(stack, key)
        assert stack.place == place
    clock = words.moment(START + timedelta(minutes=45))
    assert stack.accessibleName() == f"History, {clock}, Pages waiting 9 pages, Failed 22 pages"
    QTest.keyClick(stack, Key.Key_Escape)
    assert stack.accessibleName() == "History"


def test_the_pointer_leads_the_crosshair(stack: ChartStack, qtbot):
    room = Room(QSizeF(stack.size()), 2)
    plain = stack.grab().toImage()
    QTest.mouseMove(stack, QPoint(int(room.x(0.35)), 100))
    qtbot.waitUntil(lambda: stack.place == 3)
    assert "Pages waiting 3 pages" in stack.said
    assert stack.grab().toImage() != plain
    QTest.mouseMove(stack, QPoint(20, 100))
    qtbot.waitUntil(lambda: stack.place is None)


def test_the_crosshair_stays_at_its_moment_while_the_span_moves_on(stack: ChartStack):
    stack.go_to(5)
    stack.show_charts(Span(START + timedelta(minutes=5), 300, 10), [chart(*map(float, range(1, 11)))])
    assert stack.place == 4
    assert "5 pages" in stack.accessibleName()
    stack.show_charts(Span(START + timedelta(hours=5), 300, 10), [chart(*([None] * 10))])
    assert stack.place is None


def test_a_mark_is_seen_and_read(stack: ChartStack):
    def red() -> int:
        image = stack.grab().toImage()
        flag = LIGHT["bad_soft"].name()
        return sum(image.pixelColor(x, 14).name() == flag for x in range(200, 830))

    assert red() == 0
    lost = Mark(START + timedelta(minutes=30), None, "ocr1@scan-03 lost", "circle-x", "bad")
    stack.show_charts(Span(START, 300, 10), [chart(*map(float, range(10)))], [lost])
    assert red() > 20
    stack.go_to(7)
    assert stack.said.endswith("ocr1@scan-03 lost")
    stack.go_to(2)
    assert not stack.said.endswith("lost")


def test_only_the_crosshair_is_painted_while_it_moves(stack: ChartStack, qtbot, monkeypatch):
    drawn: list[int] = []
    monkeypatch.setattr(stack, "_paint_charts", lambda painter: drawn.append(1))
    for place in range(10):
        stack.go_to(place)
        stack.grab()
    assert drawn == []


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_a_picture_to_take_away_has_title_and_plot(stack: ChartStack, appearance: Appearance, choice):
    appearance.choose(choice)
    image = stack.picture("History", "Sunday 14:24 to Monday 14:24")
    assert (image.width(), image.height()) == (1800, 912)
    ground = image.pixelColor(2, 2).lightness()
    assert (ground > 200) == (choice == "light")
    assert inked(image, 0, 100) > 200
    assert inked(image, 400, 1600, top=150, bottom=450) > 200


def inked(image: QImage, left: int, right: int, top: int = 30, bottom: int = 80) -> int:
    ground = image.pixelColor(2, 2)
    return sum(image.pixelColor(x, y) != ground for x in range(left, right) for y in range(top, bottom, 2))


def test_from_right_to_left_the_names_stand_at_the_right_and_time_runs_as_ever(stack: ChartStack):
    def sides() -> tuple[int, int]:
        image = stack.grab().toImage()
        return inked(image, 24, 100, 30, 60), inked(image, 800, 876, 30, 60)

    stack.show_charts(Span(START, 300, 10), [chart(*map(float, range(10)), figure="5,392,000,000")])
    left, right = sides()
    assert left > right
    stack.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    left, right = sides()
    assert left < right
    QTest.keyClick(stack, Key.Key_Home)
    QTest.keyClick(stack, Key.Key_Right)
    assert stack.place == 1
