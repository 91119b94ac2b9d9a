"""What a worker lacks is told in the table and in its pane, by what it and the others report."""

from __future__ import annotations

import pytest

from console.bridge.background import Background
from console.ops.fleet import Presence
from console.ui.workers_columns import LACKS
from console.ui.workers_missing import missing, missing_words
from tests.gui.queues_page import BEHIND, page, shown, texts, worker

FULL = worker("full@there", 0, 4)


@pytest.mark.parametrize(
    ("given", "said", "bad"),
    [
        ({}, "–", False),
        ({"tools": {}, "languages": ()}, "tesseract", True),
        ({"languages": ("eng",)}, "deu, vie", False),
        ({"disk_free_mb": 400.0}, "disk: 400 MB", False),
        ({"version": "1.3.12"}, "version 1.3.12", False),
        ({"version": "1.10.0"}, "–", False),  # newer than others
        ({"ahead_s": 12.0}, "clock: 12 s", False),
        ({"ahead_s": -2.0}, "–", False),
        (BEHIND, "vie, disk: 800 MB, version 1.3.9, clock: 12 s", False),
    ],
)
def test_each_thing_is_named(given, said: str, bad: bool):
    one = worker("one@here", 0, 4, **given)
    found = missing(one, (one, FULL))
    assert missing_words(found) == said
    assert any(lack.bad for lack in found) is bad


def test_what_waits_for_it_counts_more_than_what_others_can():
    one = worker("one@here", 0, 4, languages=("eng",))
    found = missing(one, (one, FULL), {"ocr": {"chi_sim", "eng"}, "ocr.bulk": {"fra"}})
    assert [(lack.word, lack.bad) for lack in found] == [("chi_sim", False), ("deu, vie", False)]
    assert found[0].sentence == "What waits needs Chinese (simplified): it leaves such a job to others."


def test_this_console_is_a_measure_of_versions_too():
    one = worker("one@here", 0, 4)
    assert [missing_words(missing(one, (one,), ours=ours)) for ours in ("1.4.0", "1.5.0")] == ["–", "version 1.4.0"]


def test_nothing_is_said_of_one_that_is_lost_or_another_programs_and_lost_ones_are_no_measure():
    lost = worker("lost@there", 0, 4, state=Presence.LOST, version="2.0.0", languages=("fra",))
    foreign = worker("celery@shop", 0, 4, ours=False, tools={}, languages=())
    one = worker("one@here", 0, 4)
    assert [missing(each, (one, lost, foreign)) for each in (one, lost, foreign)] == [(), (), ()]


def test_the_table_has_it_where_there_is_something_and_the_pane_says_it_whole(background: Background, qtbot):
    made = page(background)
    qtbot.addWidget(made)
    made.resize(1400, 900)
    made.show()
    table = made.workers.table
    made.show_snapshot(shown(workers=(FULL,)))
    place = next(n for n, one in enumerate(made.workers.model.columns) if one.key == LACKS)
    assert table.isColumnHidden(place)
    made.show_snapshot(shown(workers=(FULL, worker("one@here", 0, 4, **BEHIND))))
    assert not table.isColumnHidden(place)
    assert texts(table, LACKS) == ["–", "vie, disk: 800 MB, version 1.3.9, clock: 12 s"]
    made.workers.needs.open(lambda _subject: {"ocr": {"chi_sim"}})
    made.show_snapshot(shown(workers=(FULL, worker("one@here", 0, 4, **BEHIND))))
    qtbot.waitUntil(lambda: texts(table, LACKS)[0] == "chi_sim")
    made.workers.needs.answered.emit({})
    made.show_worker("one@here")
    assert made.side.detail.lacks.text().splitlines() == [
        "Other workers can read Vietnamese, and it cannot.", "Its disk has 800 MB left.",
        "It is of version 1.3.9, and 1.4.0 is in use: update it.",
        "Its clock is 12 s behind that of the database: set it by NTP.",
    ]  # fmt: skip
