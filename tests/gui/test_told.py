"""What ops and core say reaches the window in the user's language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.ops.attention import judge
from console.ops.closeup import Closeup
from console.ops.commands import told as told_of_uploads
from console.ops.facts import Facts, Snapshot
from console.ops.fleet import Condition, Presence, Queue
from console.ops.guard import Guard, Weight
from console.ops.health import dark
from console.ops.intake import plan
from console.ops.notifying import Notification
from console.ops.profiles import Profile
from console.ops.reasons import COUNTED, told
from console.ops.refusals import refusal, silence_of
from console.ops.uploads import Step, Uploaded
from console.ui import words
from console.ui.activity_columns import activity_columns
from console.ui.activity_pane import ActivityPane
from console.ui.job_log import entry as log_of
from console.ui.job_story import story
from console.ui.job_trouble import JobTrouble
from console.ui.page_tiles import Tile, Tiles
from console.ui.plan_groups import left_out
from console.ui.viewer_head import TroubleBand
from console.ui.viewer_text import TextPane
from tests.gui import audit_days, closeups, queues_page, working
from tests.gui.invented import job
from tests.gui.planned import planned
from tests.gui.pseudo import Speaking, untold
from tests.unit.documents import drawn, text_pdf
from tests.unit.test_settings import PLAIN
from worker.core.broker_errors import spoken
from worker.core.cancels import why_no_cancel
from worker.core.control import Answer
from worker.core.deletes import why_no_delete
from worker.core.document import Limits
from worker.core.errors import OcrConsoleError, SettingsError, StorageError
from worker.core.jobs import Page, PageMark, Priority, State
from worker.core.outcomes import NO_SUCH_JOB, Outcome
from worker.core.priorities import why_no_priority
from worker.core.retries import NO_PDF, why_no_retry, why_not_anew
from worker.core.said import said, sentences
from worker.core.settings import Settings

INVENTED = replace(Settings.from_mapping(PLAIN, "a test"), production=True)
IDS = [UUID(int=number) for number in range(4)]
NOW = datetime.now(UTC)
WHY = StorageError(said("{who} cannot be reached.", who=said("The S3 server at {endpoint}", endpoint="s3:9000")))
FAILED = replace(job(1, State.FAILED), error_class="storage", error=WHY.sentence, advice=WHY.advice)
BAD_PAGE = PageMark(1, "failed", error_class="storage", error=WHY.sentence)
ATTEMPT = closeups.attempt(1, "failed", error_class="storage", error=WHY.sentence)
LEFT = said("{worker} leaves {queue}; what it has goes on.", worker="w", queue="q")
ENTRY = audit_days.entry(1, done=2, result=sentences(LEFT, WHY.sentence))


def findings() -> list[str]:
    """What every rule says of a bad day."""
    facts = Facts(
        NOW - timedelta(hours=1), queues=(*queues_page.queues(), Queue("lone", 1, oldest_s=9_000.0)),
            workers=(
                *queues_page.fleet(), queues_page.worker("w@full", 0, 1, disk_free_mb=900.0),
                queues_page.worker("w@mute", 0, 1, state=Presence.SILENT, silent_s=41.0, condition=Condition.UNKNOWN),
            ),
        failures=working.FAILURES, contradictions=queues_page.contradictions(),
    )  # fmt: skip
    health = (
        dark(
            "s3",
            StorageError(said("{who} cannot be reached.", who=said("The S3 server at {endpoint}", endpoint="s3:9000"))),
        ),
    )
    first = judge(Snapshot(NOW - timedelta(seconds=60), health, facts))
    found = judge(Snapshot(NOW, health, facts), before=first).findings
    expected = "service_away no_worker worker_lost worker_silent disk_low failed contradiction queue_paused"
    assert {one.rule for one in found} >= set(expected.split())
    return [text for one in found for text in (one.title, one.sentence)] + [Notification(found).title]


def acts() -> list[str]:
    outcome = Outcome(4, IDS[:1], refused=list(zip(IDS[1:], ["is done", "has failed", NO_SUCH_JOB], strict=True)))
    steps = (Step.QUEUED, Step.FAILED, Step.SKIPPED, Step.REUSED)
    uploads = [Uploaded(planned("a.pdf", 1), step) for step in steps]
    cancelled = told(outcome, "{done} of {n} job cancelled.", "{done} of {n} jobs cancelled.").message
    return [cancelled, told_of_uploads(uploads)]


def refusals() -> list[str]:
    guard = Guard(Profile("archive", "profile archive", INVENTED))
    errors: list[OcrConsoleError] = [silence_of("w@a"), refusal(Answer("w@a", False, "All processes busy"))]
    for weight in (Weight.CHANGES, Weight.DESTROYS):
        try:
            guard.check(weight)
        except OcrConsoleError as error:
            errors.append(error)
    errors += [spoken(TimeoutError(), "redis:6379"), spoken(ValueError("WRONGPASS"), "redis:6379")]
    assert len(errors) == 6
    return [text for error in errors for text in (error.sentence, error.advice)]


def trouble(qtbot) -> str:
    block = JobTrouble()
    qtbot.addWidget(block)
    block.show_job(FAILED, ())
    return block.accessibleName()


def page_trouble(qtbot) -> str:
    block = JobTrouble()
    qtbot.addWidget(block)
    block.show_job(replace(FAILED, state=State.DONE, pages_failed=1), [BAD_PAGE])
    return block.accessibleName()


def viewer(qtbot) -> str:
    block = TroubleBand()
    qtbot.addWidget(block)
    block.show_job(FAILED)
    return block.accessibleName()


def happened(_qtbot) -> str:
    return story(Closeup(FAILED, attempts=(ATTEMPT,)), NOW)[0].detail + "."


def log(_qtbot) -> str:
    return log_of(ATTEMPT)


def wall(_qtbot) -> str:
    tiles = Tiles()
    tiles.set_tiles([Tile(1, BAD_PAGE)])
    return str(tiles.index(0).data(Qt.ItemDataRole.ToolTipRole))


def page_text(qtbot) -> str:
    pane = TextPane()
    qtbot.addWidget(pane)
    pane.show_page(Page(1, "failed", error=WHY.sentence))
    return pane._note.text()


def entry(qtbot) -> str:
    pane = ActivityPane()
    qtbot.addWidget(pane)
    pane.show_entry(ENTRY)
    assert words.told(LEFT) in pane._told.text()
    assert words.told(LEFT).rstrip(".") in pane._facts.said.values()
    return pane._why.text()


def entry_row(_qtbot) -> str:
    columns = {column.key: column for column in activity_columns(lambda: NOW, held=lambda _: False, production="")}
    assert words.told(LEFT).rstrip(".") in columns["what"].text(ENTRY)
    return columns["why"].text(ENTRY)


@pytest.mark.parametrize("texts", [findings, acts, refusals])
def test_findings_acts_and_refusals_are_translated(qapp: QApplication, texts):
    with Speaking(qapp):
        assert [untold(words.told(text)) for text in texts() if untold(words.told(text))] == []


@pytest.mark.parametrize("show", [trouble, page_trouble, viewer, happened, log, wall, page_text, entry, entry_row])
def test_what_was_stored_is_translated_where_it_is_shown(qapp: QApplication, qtbot, show):
    with Speaking(qapp):
        assert words.told(WHY.sentence) in show(qtbot)


def test_a_plan_says_why_files_are_left_out_in_the_users_language(qapp: QApplication, tmp_path: Path):
    for name, content in {"notes.pdf": b"plain text", "none.pdf": b"", "torn.pdf": b"%PDF-1.7 torn"}.items():
        (tmp_path / name).write_bytes(content)
    text_pdf(tmp_path / "long.pdf", ["Page"], copies=2)
    (tmp_path / "link").symlink_to(tmp_path / "none.pdf")
    drawn(size=(3, 3)).save(tmp_path / "dot.png")
    made = plan([tmp_path], limits=Limits(max_pages=1))
    assert {one.error_class for one in made.skipped} == {
        "unsupported_type", "empty", "corrupt", "too_large", "too_small", "link"
    }  # fmt: skip
    with Speaking(qapp):
        assert {one.reason: untold(one.reason) for one in left_out(made) if untold(one.reason)} == {}


def test_what_is_wrong_with_a_profile_is_said_line_by_line(qapp: QApplication):
    with pytest.raises(SettingsError) as wrong:
        Settings.from_mapping({**PLAIN, "OCR_LEASE": "x", "DATABASE_URL": "mysql://"}, said("the environment"))
    with Speaking(qapp):
        told_lines = words.told(wrong.value.sentence).splitlines()
        assert [untold(line) for line in told_lines] == ["", ""]


def test_every_reason_has_its_sentence_for_one_and_for_many():
    kinds = [why_no_retry, why_not_anew, why_no_cancel, why_no_delete, *map(why_no_priority, Priority)]
    rows: list[Any] = [
        SimpleNamespace(state=state, pages_failed=0, uploaded=True, priority=priority.value)
        for state in State
        for priority in Priority
    ]
    assert {why(row) for why in kinds for row in rows} - {""} | {NO_PDF} <= COUNTED.keys()


def test_what_was_put_together_is_found_out(qapp: QApplication):
    with Speaking(qapp):
        assert untold(words.told(f"{len(IDS)} jobs cancelled.")) == "jobs cancelled"
