"""How verdicts look, and what is said of checks: always an icon, a word and a colour."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from console.ops.doctor.verdicts import Check, Verdict
from console.ui import words
from console.ui.kit.states import Look

translate = QCoreApplication.translate
ORDER = (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN, Verdict.OK)  # in which checks are read


def verdict_look(verdict: Verdict) -> Look:
    """Its icon, colour and word."""
    match verdict:
        case Verdict.OK:
            return Look("circle-check", "ok", translate("Doctor", "good"))
        case Verdict.WARN:
            return Look("triangle-alert", "warn", translate("Doctor", "to look at"))
        case Verdict.FAIL:
            return Look("circle-x", "bad", translate("Doctor", "wrong"))
        case Verdict.UNKNOWN:
            return Look("circle-question-mark", "text2", translate("Doctor", "unknown"))


def cause_words(check: Check) -> str:
    """What follows from it, and what to do."""
    return words.told(check.cause, check.remedy.text if check.remedy else "")


def copied_words(line: str) -> str:
    """That a line which mends it is on the clipboard."""
    return translate("Doctor", "The fix is copied: {line}").replace("{line}", line)


def spoken(check: Check) -> str:
    """The check as it is read aloud: its verdict, its headline, its figures, and what is under them."""
    said = translate("Doctor", "{title}, {verdict}")
    title = words.told(check.title).rstrip(".")
    head = said.replace("{title}", title).replace("{verdict}", verdict_look(check.verdict).word)
    return ". ".join(part.rstrip(".") for part in (head, words.told(check.fact), cause_words(check)) if part)
