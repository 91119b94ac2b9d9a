"""What the page of an upload says over its bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from console.ui import counts, words
from console.ui.plan_settings import priority_in_words, same_in_words
from console.ui.reading_words import reading_rows
from console.ui.upload_rows import Totals

if TYPE_CHECKING:
    from console.ops.intake import Plan
    from console.ops.uploads import Order

translate = QCoreApplication.translate
FEW_BYTES = 20_000_000  # under this much is left no time is estimated


def headline(totals: Totals) -> str:
    """The first thing to know."""
    if totals.ended and not totals.stopped:
        read = translate("Uploads", "{files} done").replace("{files}", counts.files(totals.files - totals.failed))
        return read if totals.files > totals.failed else translate("Uploads", "Nothing could be read")
    if totals.stopped:
        stopped = translate("Uploads", "Stopped after {files}")
        return stopped.replace("{files}", counts.part_of(words.number(totals.arrived), counts.files(totals.files)))
    if totals.at_rest:
        return translate("Uploads", "{files} uploaded").replace("{files}", counts.files(totals.arrived))
    of_all = counts.part_of(words.number(totals.arrived), counts.files(totals.files))
    return translate("Uploads", "{files} uploaded").replace("{files}", of_all)


def sentence(totals: Totals, speed: float) -> str:
    """What is sent, how fast, and what workers have made of it."""
    said = []
    if not totals.at_rest:
        said.append(_sending(totals, speed))
    if totals.stopped:
        said.append(translate("Uploads", "What has arrived is read. The rest goes on from the same files."))
    elif totals.ended:
        said.append(counts.pages(totals.pages_read) + ".")
    elif totals.pages_read:
        read = words.counted(
            totals.pages_read, translate("Uploads", "{n} page is read."), translate("Uploads", "{n} pages are read.")
        )
        said.append(read if totals.at_rest else translate("Uploads", "Workers have begun: {read}").format(read=read))
    elif totals.at_rest:
        said.append(translate("Uploads", "Workers begin as soon as one is free."))
    if totals.failed:
        said.append(
            words.counted(
                totals.failed, translate("Uploads", "{n} file failed."), translate("Uploads", "{n} files failed.")
            )
        )
    return " ".join(said)


def _sending(totals: Totals, speed: float) -> str:
    sent = counts.bytes_of(totals.sent, totals.bytes)
    if speed <= 0:
        return f"{sent}."
    sent = translate("Uploads", "{sent} at {speed}/s").format(sent=sent, speed=words.size(speed))
    left = totals.bytes - totals.sent
    if left < FEW_BYTES:
        return f"{sent}."
    return translate("Uploads", "{sent}, about {time} left.").format(sent=sent, time=words.about(left / speed))


def legend(totals: Totals) -> tuple[str, str]:
    """What the two strengths of the bar mean: read, uploaded."""
    pages = counts.part_of(words.number(totals.pages_read), counts.pages(totals.pages))
    read = translate("Uploads", "read, {pages}").replace("{pages}", pages)
    uploaded = translate("Uploads", "uploaded, {n} %").replace("{n}", str(int(100 * totals.share_sent)))
    return read, uploaded


def agreed_before(*, samples: bool) -> Sequence[tuple[str, str]]:
    """What stands there for the samples, and for uploads that an earlier start did not finish."""
    if samples:
        return [(translate("Uploads", "Languages"), translate("Uploads", "of each document"))]
    return [(translate("Uploads", "Everything"), translate("Uploads", "as chosen when they were added"))]


def agreed(plan: Plan, order: Order) -> Sequence[tuple[str, str]]:
    """What was chosen before Start, as rows."""
    rows = [
        *reading_rows(order.options),
        (translate("Uploads", "Files read before"), same_in_words(str(order.same))),
        (translate("Uploads", "Priority"), priority_in_words(order.priority)),
    ]
    if plan.locked:
        rows.append((translate("Uploads", "Need a password"), counts.files(len(plan.locked))))
    elif order.password:
        rows.append((translate("Uploads", "Password"), "•••"))
    if plan.skipped:
        rows.append((translate("Uploads", "Left out"), counts.files(len(plan.skipped))))
    return rows
