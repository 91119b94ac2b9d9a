"""A batch on its way: figures that never go back, bars, chips, what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from PySide6.QtWidgets import QLabel

from console.ops.intake import Plan
from console.ops.uploads import Order, Step, Uploaded
from console.ui.jobs_columns import job_columns
from console.ui.kit import paint
from console.ui.kit.states import cause
from console.ui.kit.table_cells import PADDING
from console.ui.upload_rows import Speed, Totals, advanced, look, progress, row_of, total, with_job
from console.ui.upload_words import agreed, headline, sentence
from console.ui.uploads import UploadsPage
from tests.gui.accessible import unnamed
from tests.gui.planned import mixed_plan, planned
from worker.core.errors import CLASSES, CorruptFile, StorageError
from worker.core.jobs import Job, Options, State

FILES = [planned(f"{number}.pdf", 10, size=1_000_000) for number in range(4)]
IDS = [UUID(int=number + 1) for number in range(4)]
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def told(number: int, step: Step, sent: int = 0, **more) -> Uploaded:
    return Uploaded(FILES[number], step, IDS[number], sent, **more)


def job(number: int, state: State, pages_done: int = 0, *, after_s: int = 0, **more) -> Job:
    updated = NOW + timedelta(seconds=after_s)
    return Job(IDS[number], f"{number}.pdf", "", state, pages=10, pages_done=pages_done, updated=updated, **more)


@pytest.fixture
def page(qtbot) -> Iterator[UploadsPage]:
    seconds = count()
    made = UploadsPage(clock=lambda: float(next(seconds)))
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    made.begin("Archiv", FILES, agreed=agreed(mixed_plan(), Order(Options("deu+eng"))), since="started 14:24")
    yield made
    made.hide()


def words(page: UploadsPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def states(page: UploadsPage) -> list[str]:
    return [look(row).word for row in page.model.rows]


def test_a_file_goes_from_waiting_to_done():
    row = row_of(FILES[0])
    assert (look(row).word, progress(row)) == ("To upload", (None, "1.0 MB"))
    row = advanced(row, told(0, Step.SENDING, 400_000))
    assert (look(row).word, progress(row)) == ("Uploading", (0.4, "0.4 of 1.0 MB"))
    row = advanced(row, told(0, Step.QUEUED, 1_000_000))
    assert (look(row).word, row.stage, row.ended) == ("Queued", "queued", False)
    row = with_job(row, job(0, State.RUNNING, 4))
    assert (look(row).word, progress(row)) == ("Running", (0.4, "4 of 10 pages"))
    row = with_job(row, job(0, State.DONE, 10, after_s=1))
    assert (look(row).word, progress(row), row.ended) == ("Done", (None, "10 pages"), True)


def test_an_older_picture_of_a_job_changes_nothing():
    row = with_job(advanced(row_of(FILES[0]), told(0, Step.QUEUED)), job(0, State.DONE, 10, after_s=5))
    assert with_job(row, job(0, State.RUNNING, 4, after_s=2)) == row


def test_what_was_sent_does_not_shrink_when_a_file_is_sent_anew():
    row = advanced(row_of(FILES[0]), told(0, Step.SENDING, 900_000))
    assert advanced(row, told(0, Step.SENDING, 10)).sent == 900_000


def test_totals_never_go_back():
    rows = [advanced(row_of(FILES[0]), told(0, Step.QUEUED)), row_of(FILES[1])]
    rows[0] = with_job(rows[0], job(0, State.RUNNING, 8))
    before = total(rows)
    rows[0] = with_job(rows[0], job(0, State.QUEUED, 0, after_s=1))  # its worker died
    after = total(rows, before)
    assert (before.pages_read, after.pages_read) == (8, 8)
    assert after.sent == before.sent == 1_000_000


def test_the_words_over_the_bar():
    under_way = Totals(files=355, arrived=148, bytes=1_200_000_000, sent=502_000_000, pages=5804, pages_read=211)
    assert headline(under_way) == "148 of 355 files uploaded"
    assert sentence(under_way, 24e6) == (
        "0.5 of 1.2 GB at 24.0 MB/s, about 29 s left. Workers have begun: 211 pages are read."
    )
    ended = Totals(files=3, arrived=2, pages=20, pages_read=20, failed=1, at_rest=True, ended=True)
    assert (headline(ended), sentence(ended, 0)) == ("2 files done", "20 pages. 1 file failed.")
    lost = Totals(files=1, failed=1, at_rest=True, ended=True)
    assert headline(lost) == "Nothing could be read"


def test_nothing_of_which_all_stopped_counts_as_read():
    cut_off = advanced(row_of(FILES[0]), told(0, Step.FAILED, error=StorageError("S3 does not answer.")))
    totals = total([cut_off])
    assert (totals.ended, totals.stopped, totals.share_read) == (True, 1, 0.0)


def test_every_cause_has_room_in_the_tables(page: UploadsPage):
    said = [cause(error_class) for error_class in CLASSES]
    assert "Needs password" in said
    for columns in (page.model.columns, job_columns(lambda: NOW)):
        room = next(column.width for column in columns if column.key == "state") - 2 * PADDING - 20  # the icon
        assert [word for word in said if paint.width(word, 13, 500) > room] == []


def test_the_speed_is_that_of_the_last_seconds():
    speed = Speed()
    assert speed.value == 0
    for second in range(20):
        speed.take(second, 10 * second if second < 10 else 100 + 1000 * (second - 10))
    assert speed.value == pytest.approx(1000)


def test_what_was_agreed_is_shown_without_the_password():
    order = Order(Options("deu+eng"), password="geheim")
    rows = dict(agreed(Plan(tuple(FILES), ()), order))
    assert rows["Languages"] == "German, English"
    assert rows["Password"] == "•••"
    assert "geheim" not in repr(rows)


def test_files_upload_and_are_read(page: UploadsPage):
    page.advance([told(0, Step.SENDING, 400_000), told(1, Step.QUEUED, 1_000_000)])
    assert states(page) == ["Uploading", "Queued", "To upload", "To upload"]
    assert page.totals.share_sent == pytest.approx(0.35)
    page.show_jobs([job(1, State.RUNNING, 5), Job(UUID(int=99), "other", "", State.DONE)])
    assert states(page) == ["Uploading", "Running", "To upload", "To upload"]
    assert page.totals.share_read == pytest.approx(5 / 40)
    assert "1 of 4 files uploaded" in words(page)
    page.hide()
    page.advance([told(0, Step.QUEUED, 1_000_000)])
    assert (states(page)[0], page.totals.arrived) == ("Uploading", 2)  # nobody looks
    page.show()
    assert states(page)[0] == "Queued"
    assert "2 of 4 files uploaded" in words(page)


def test_the_table_is_changed_and_not_reset(page: UploadsPage, qtbot):
    page.table.go_to(str(FILES[2].source))
    with qtbot.assertNotEmitted(page.model.modelReset):
        page.advance([told(number, Step.SENDING, 10) for number in range(4)])
    assert page.table.currentIndex().row() == 2


def test_a_failed_file_tells_its_cause(page: UploadsPage):
    page.advance([told(0, Step.FAILED, error=CorruptFile("0.pdf is damaged."))])
    assert states(page)[0] == "Damaged"
    assert page.model.rows[0].sentence.startswith("0.pdf is damaged. Open it in a viewer")
    assert "1 file failed." in words(page)


def test_chips_choose_a_stage(page: UploadsPage):
    page.advance([told(0, Step.SENDING, 10), told(1, Step.QUEUED)])
    page._chips["sending"].click()
    assert [row.name for row in page.model.rows] == ["0.pdf"]
    page.advance([told(0, Step.QUEUED), told(2, Step.SENDING, 5)])
    assert [row.name for row in page.model.rows] == ["2.pdf"]
    page._chips[None].click()
    assert len(page.model.rows) == 4


def test_stop_is_asked_once_and_the_rest_can_go_on(page: UploadsPage, qtbot):
    page.advance([told(0, Step.QUEUED), told(1, Step.SENDING, 10)])
    with qtbot.waitSignal(page.stop_asked):
        page._stop.click()
    assert not page._stop.isEnabled()
    page.advance([told(1, Step.STOPPED)])
    page.end()
    assert states(page) == ["Queued", "Stopped", "Stopped", "Stopped"]
    assert "Stopped after 1 of 4 files" in words(page)
    with qtbot.waitSignal(page.resume_asked) as asked:
        page._resume.click()
    assert [file.name for file in asked.args[0]] == ["1.pdf", "2.pdf", "3.pdf"]
    assert states(page) == ["Queued", "To upload", "To upload", "To upload"]
    assert not page._resume.isVisible()  # a second press would send them twice
    assert page._stop.isEnabled()


def test_an_upload_that_could_not_begin_says_why(page: UploadsPage):
    page.end("PostgreSQL does not answer.")
    assert "PostgreSQL does not answer." in words(page)


def test_everything_done_is_said(page: UploadsPage):
    page.advance([told(number, Step.QUEUED, 1_000_000) for number in range(4)])
    page.show_jobs([job(number, State.DONE, 10, mean_confidence=95.0) for number in range(4)])
    assert page.totals.ended
    assert "4 files done" in words(page)
    assert not page._stop.isVisible()
    assert page._jobs.isVisible()


def test_uploads_of_an_earlier_start_turn_up_by_themselves(page: UploadsPage):
    page.begin("Not finished")
    assert not page.model.rows
    page.advance([told(3, Step.STOPPED)])
    assert [row.name for row in page.model.rows] == ["3.pdf"]


def test_a_row_opens_its_job(page: UploadsPage, qtbot):
    page.advance([told(0, Step.QUEUED)])
    with qtbot.waitSignal(page.open_asked) as asked:
        page.table.opened.emit(page.model.row(0))
    assert asked.args == [IDS[0]]


def test_a_narrow_page_leaves_the_pane_out(page: UploadsPage, qtbot):
    page.resize(900, 600)
    qtbot.waitUntil(lambda: not page.pane.isVisible())
    page.resize(1200, 600)
    qtbot.waitUntil(page.pane.isVisible)


def test_every_control_has_a_name(page: UploadsPage):
    page.advance([told(0, Step.SENDING, 10), told(1, Step.QUEUED)])
    assert unnamed(page) == []
