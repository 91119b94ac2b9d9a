"""A filter of jobs in words, and what is wrong with one that was typed."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication

from console.ui import words
from console.ui.kit.states import cause, state_look
from worker.core.filter_words import Fault, Problem
from worker.core.filters import JobFilter
from worker.core.jobs import Priority

translate = QCoreApplication.translate


def priority_word(priority: Priority) -> str:
    """Its name."""
    return {
        Priority.NEXT: translate("Priorities", "Next"),
        Priority.HIGH: translate("Priorities", "High"),
        Priority.NORMAL: translate("Priorities", "Normal"),
        Priority.LOW: translate("Priorities", "Low"),
    }[priority]


def described(chosen: JobFilter) -> str:
    """What is chosen: "Failed, Halle 7, “invoice”, not: Corrupt"; "" for all jobs."""
    parts = list(_described(chosen))
    if chosen.unless is not None and (others := list(_described(chosen.unless))):
        parts.append(translate("Filters", "not: {what}").replace("{what}", ", ".join(others)))
    return ", ".join(parts)


def problem_sentence(problem: Problem) -> str:
    """What is wrong, and what would be right."""
    sentence = {
        Fault.KEY: translate("Filters", "There is no key “{word}”. Put what has a colon in quotes, or use {known}."),
        Fault.VALUE: translate("Filters", "“{word}” is none of {known}."),
        Fault.TIME: translate("Filters", "“{word}” is no time. Write 2h, today, 2026-07-01 or 2026-07-01..2026-07-03."),
        Fault.NUMBER: translate("Filters", "“{word}” says no confidence. Write conf:<80, conf:>=90 or conf:80..90."),
        Fault.ID: translate("Filters", "“{word}” is no id."),
    }[problem.fault]
    return sentence.replace("{word}", words.isolated(problem.word)).replace("{known}", ", ".join(problem.known))


def _described(chosen: JobFilter) -> Iterator[str]:
    yield from (state_look(state).word for state in sorted(chosen.states))
    yield from (cause(name) for name in sorted(chosen.error_classes))
    yield from (words.isolated(name) for name in sorted(chosen.batches))
    if count := len(chosen.batch_ids):
        yield words.counted(count, translate("Filters", "{n} batch"), translate("Filters", "{n} batches"))
    for field, of_one in _named():
        for name in sorted(getattr(chosen, field)):
            yield of_one.replace("{name}", words.isolated(name))
    yield from (priority_word(one) for one in sorted(chosen.priorities))
    yield from _measured(chosen)
    if chosen.text:
        yield f"“{words.isolated(chosen.text)}”"


def _named() -> tuple[tuple[str, str], ...]:
    return (
        ("queues", translate("Filters", "queue {name}")),
        ("workers", translate("Filters", "at {name}")),
        ("submitters", translate("Filters", "from {name}")),
    )


def _measured(chosen: JobFilter) -> Iterator[str]:
    spans = (
        (chosen.updated, translate("Filters", "changed {when}")),
        (chosen.created, translate("Filters", "created {when}")),
        (chosen.finished, translate("Filters", "ended {when}")),
    )
    for span, sentence in spans:
        if span:
            yield sentence.replace("{when}", f"{span.since}–{span.until}" if span.until else span.since)
    least, below = chosen.confidence_from, chosen.confidence_below
    if least is not None:
        yield translate("Filters", "confidence from {n}").replace("{n}", words.decimal(least))
    if below is not None:
        yield translate("Filters", "confidence under {n}").replace("{n}", words.decimal(below))
    if chosen.pages_failed:
        yield translate("Filters", "pages failed")
    if chosen.ids is not None:
        count = len(chosen.ids)
        yield words.counted(count, translate("Filters", "{n} chosen job"), translate("Filters", "{n} chosen jobs"))
