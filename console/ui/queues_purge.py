"""What is asked before a queue is emptied: how much goes, whose it is, what stays, until when it can be undone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from console.ui import words
from console.ui.job_acts import Asked
from console.ui.queues_columns import waited

if TYPE_CHECKING:
    from console.ops.purge import Waiting
    from console.ui.kit.dialogs import Fact

translate = QCoreApplication.translate
UNDO_S = 600  # as long as an undo is kept
BATCHES = 4  # that are named


def purge_question(queue: str, waiting: Waiting, now: datetime) -> Asked:
    """The question; its number is of pages, or of messages where no job of ours waits."""
    if waiting.jobs:
        count = waiting.pages
        title = (
            translate("Purge", "Purge {n} waiting page from {queue}?"),
            translate("Purge", "Purge {n} waiting pages from {queue}?"),
        )
        act = translate("Purge", "Purge {n} page"), translate("Purge", "Purge {n} pages")
    else:
        count = waiting.messages
        title = (
            translate("Purge", "Purge {n} message from {queue}?"),
            translate("Purge", "Purge {n} messages from {queue}?"),
        )
        act = translate("Purge", "Purge {n} message"), translate("Purge", "Purge {n} messages")
    return {
        "title": words.counted(count, *title).replace("{queue}", words.isolated(queue)),
        "sentence": _sentence(waiting),
        "facts": [*_batches(waiting), *_facts(waiting, now)],
        "safe": words.counted(count, translate("Purge", "Keep it"), translate("Purge", "Keep them")),
        "act": words.counted(count, *act),
    }


def _sentence(waiting: Waiting) -> str:
    messages = words.counted(waiting.messages, translate("Purge", "{n} message"), translate("Purge", "{n} messages"))
    if not waiting.jobs:
        return words.counted(
            waiting.messages,
            translate("Purge", "It is of another program: no job of this profile waits here."),
            translate("Purge", "They are of other programs: no job of this profile waits here."),
        )
    return words.counted(
        waiting.jobs,
        translate("Purge", "The queue loses {messages}, and {n} job becomes Cancelled."),
        translate("Purge", "The queue loses {messages}, and {n} jobs become Cancelled."),
    ).replace("{messages}", messages)


def _batches(waiting: Waiting) -> list[Fact]:
    rows = []
    for batch in waiting.batches[:BATCHES]:
        name = translate("Purge", "Of no batch") if batch.name is None else words.isolated(batch.name)
        rows.append((name, _pages(batch.pages)))
    rest = waiting.batches[BATCHES:]
    if rest:
        more = words.counted(len(rest), translate("Purge", "{n} more batch"), translate("Purge", "{n} more batches"))
        rows.append((more, _pages(sum(batch.pages for batch in rest))))
    return rows


def _facts(waiting: Waiting, now: datetime) -> list[Fact]:
    rows = []
    if waiting.oldest_s is not None:
        since = words.clock(now - timedelta(seconds=waiting.oldest_s))
        age = translate("Purge", "{clock}, {age}").format(clock=since, age=waited(waiting.oldest_s))
        rows.append((translate("Purge", "The oldest waits since"), age))
    held = words.counted(waiting.held, translate("Purge", "{n} message"), translate("Purge", "{n} messages"))
    until = translate("Purge", "until {clock}").format(clock=words.clock(now + timedelta(seconds=UNDO_S)))
    rows.append((translate("Purge", "Held by workers, will still be read"), held))
    rows.append((translate("Purge", "Messages that come from now on"), translate("Purge", "stay")))
    rows.append((translate("Purge", "Can be undone"), until))
    return rows


def _pages(count: int) -> str:
    return words.counted(count, translate("Purge", "{n} page"), translate("Purge", "{n} pages"))
