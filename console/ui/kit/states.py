"""How each state looks: always an icon, a word and a colour together."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from console.ui.theme import Role
from worker.core.errors import NoLanguage
from worker.core.jobs import Job, State

translate = QCoreApplication.translate


class Look(NamedTuple):
    """An icon, a colour and a word."""

    icon: str
    role: Role
    word: str


def state_look(state: State) -> Look:
    """The look of a job's state."""
    match state:
        case State.UPLOADING:
            return Look("upload", "accent", translate("States", "Uploading"))
        case State.QUEUED:
            return Look("clock", "text2", translate("States", "Queued"))
        case State.RUNNING:
            return Look("loader-circle", "accent", translate("States", "Running"))
        case State.DONE:
            return Look("circle-check", "ok", translate("States", "Done"))
        case State.FAILED:
            return Look("circle-x", "bad", translate("States", "Failed"))
        case State.CANCELLED:
            return Look("ban", "text3", translate("States", "Cancelled"))


def cause(error_class: str) -> str:
    """Why a job failed, in two or three words that stand in place of "Failed"."""
    words = {
        "empty": translate("Causes", "Empty file"),
        "unsupported_type": translate("Causes", "Not a document"),
        "unsupported_form": translate("Causes", "Form not readable"),
        "corrupt": translate("Causes", "Damaged"),
        "needs_password": translate("Causes", "Needs password"),
        "no_pages": translate("Causes", "No pages"),
        "too_large": translate("Causes", "Too large"),
        "too_small": translate("Causes", "Too small"),
        "changing": translate("Causes", "File was changing"),
        "unreadable": translate("Causes", "Cannot be opened"),
        "no_language": translate("Causes", "Language missing"),
        "no_engine": translate("Causes", "No tesseract"),
        "engine_crashed": translate("Causes", "Reading crashed"),
        "timed_out": translate("Causes", "Took too long"),
        "out_of_memory": translate("Causes", "Out of memory"),
        "database": translate("Causes", "Postgres away"),
        "storage": translate("Causes", "Storage away"),
        "network": translate("Causes", "Redis away"),
        "refused": translate("Causes", "Access refused"),
        "disk_full": translate("Causes", "Disk full"),
        "interrupted": translate("Causes", "Cut off"),
        "schema": translate("Causes", "Worker too old"),
        "settings": translate("Causes", "Wrong settings"),
        "usage": translate("Causes", "Cannot be done"),
        "not_found": translate("Causes", "Not there"),
        "internal": translate("Causes", "Fault of ours"),
    }
    return words.get(error_class, translate("Causes", "Failed"))


def job_look(job: Job) -> Look:
    """The look of a job: a failed one shows its cause, one that waits for a language says so."""
    look = state_look(job.state)
    if job.state is State.QUEUED and job.error_class == NoLanguage.error_class:
        return look._replace(role="warn", word=translate("States", "Waits for language"))
    if job.state is State.FAILED and job.error_class:
        return look._replace(word=cause(job.error_class))
    return look


def confidence_role(confidence: float) -> Role:
    """Quiet when good, loud when not: 90 and over, 80 to 89, under 80."""
    return "text2" if confidence >= 90 else "warn" if confidence >= 80 else "bad"
