"""Figures and moments as people read them: numbers, sizes, durations, ages, clock times."""

from __future__ import annotations

from datetime import datetime, time

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from worker.core.said import Joined, Manner, Moment, Said, Value

translate = QCoreApplication.translate

DASH = "–"  # what stands for "none": never an empty cell
DAY = 86_400
TINY = 1e-9  # what 100 times 29/100 lacks of 29


def _locale() -> QLocale:
    """The user's country; where the system names none (LANG=C) the one of our words, which parts thousands."""
    own = QLocale()
    return own if own.language() != QLocale.Language.C else QLocale(QLocale.Language.English)


def number(value: int) -> str:
    """48204 as "48,204", in the manner of the user's country."""
    return _locale().toString(value)


def decimal(value: float) -> str:
    """One place after the point."""
    return _locale().toString(float(value), "f", 1)


def percent(share: float) -> str:
    """0.714 as "71 %"; what is not whole is never called whole."""
    return translate("Words", "{n} %").replace("{n}", number(int(share * 100 + TINY)))


def counted(count: int, one: str, many: str) -> str:
    """The sentence for one or for many, `{n}` filled in: both must come translated."""
    return (one if count == 1 else many).replace("{n}", number(count))


def size(count: float | None) -> str:
    """Bytes in the unit that gives one to three figures before the point: "0 B", "148 KB", "18.4 MB"."""
    if count is None:
        return DASH
    said = (
        translate("Words", "{n} B"),
        translate("Words", "{n} KB"),
        translate("Words", "{n} MB"),
        translate("Words", "{n} GB"),
        translate("Words", "{n} TB"),
    )[_unit(count)]
    return said.format(n=size_figure(count, count))


def size_figure(count: float, whole: float) -> str:
    """The figure alone, in the unit of the whole and with as many places: 14.1 of "17.2 MB"."""
    unit = _unit(whole)
    in_full = unit < 2 or whole / 1000**unit >= 99.95
    return number(round(count / 1000**unit)) if in_full else decimal(count / 1000**unit)


def _unit(count: float) -> int:
    """The power of a thousand in which it is told: 2 for MB."""
    return next((unit for unit in range(4) if count / 1000**unit < 999.5), 4)


def duration(seconds: float) -> str:
    """A measured time: "0.4 s", "12 s", "6 min 12 s", "2 h 5 min", "6 d 15 h"."""
    whole = round(seconds)
    if seconds < 9.95:
        return translate("Words", "{n} s").format(n=decimal(seconds))
    if whole < 60:
        return translate("Words", "{n} s").format(n=whole)
    if whole < 3600:
        return translate("Words", "{m} min {s} s").format(m=whole // 60, s=whole % 60)
    if whole < DAY:
        return translate("Words", "{h} h {m} min").format(h=whole // 3600, m=whole % 3600 // 60)
    return translate("Words", "{d} d {h} h").format(d=number(whole // DAY), h=whole % DAY // 3600)


def about(seconds: float) -> str:
    """An estimate, in one unit: "8 s", "6 min", "3 h", "4 d"."""
    if seconds < 55:
        return translate("Words", "{n} s").format(n=max(round(seconds), 1))
    if seconds < 5400:
        return translate("Words", "{n} min").format(n=max(round(seconds / 60), 1))
    if seconds < 2 * DAY:
        return translate("Words", "{n} h").format(n=number(round(seconds / 3600)))
    return translate("Words", "{n} d").format(n=number(round(seconds / DAY)))


def latency(seconds: float) -> str:
    """How fast a service answers, in milliseconds: "0.6 ms", "14 ms"."""
    value = seconds * 1000
    return translate("Words", "{n} ms").format(n=decimal(value) if value < 9.95 else number(round(value)))


def age(when: datetime | None, now: datetime) -> str:
    """How long ago: "now", "31 s", "2 min", "3 h", and the date when it is over a day."""
    if when is None:
        return DASH
    seconds = int((now - when).total_seconds())
    if seconds < 1:
        return translate("Words", "now")
    if seconds < 60:
        return translate("Words", "{n} s").format(n=seconds)
    if seconds < 3600:
        return translate("Words", "{n} min").format(n=seconds // 60)
    if seconds < DAY:
        return translate("Words", "{n} h").format(n=seconds // 3600)
    return date(when)


def date(when: datetime) -> str:
    """The day, in the short form of the user's country."""
    local = when.astimezone()
    return _locale().toString(QDate(local.year, local.month, local.day), QLocale.FormatType.ShortFormat)


def long_date(when: datetime) -> str:
    """The day in full, in the manner of the user's country: "Monday 23 November 2026"."""
    local = when.astimezone()
    return _locale().toString(QDate(local.year, local.month, local.day), QLocale.FormatType.LongFormat)


def day(when: datetime) -> str:
    """The day, short enough for an axis: "Mon 23"."""
    local = when.astimezone()
    return _locale().toString(QDate(local.year, local.month, local.day), "ddd d")


def moment(when: datetime) -> str:
    """A time of a day in the last week: "Mon 08:50"."""
    local = when.astimezone()
    name = _locale().dayName(local.isoweekday(), QLocale.FormatType.ShortFormat)
    return translate("Words", "{day} {clock}").format(day=name, clock=clock(when))


def near(when: datetime, now: datetime) -> str:
    """A moment as short as it can be told apart: "14:57" today, "Sun 17:42" within six days, else the date."""
    days = abs((when.astimezone().date() - now.astimezone().date()).days)
    return clock(when) if not days else moment(when) if days < 7 else date(when)


def midnight(now: datetime) -> datetime:
    """When the day of that moment began in the user's zone, also on one on which the clocks are changed."""
    return datetime.combine(now.astimezone().date(), time()).astimezone()


def clock(when: datetime, *, seconds: bool = False) -> str:
    """The time of day in the user's zone: "14:57", or "14:57:08"."""
    return when.astimezone().strftime("%H:%M:%S" if seconds else "%H:%M")


def clauses(*parts: str) -> str:
    """Short things that are so, one after the other; what is "" is left out."""
    return translate("Words", ", ").join(part for part in parts if part)


def isolated(name: str) -> str:
    """A name to put into a sentence: text that runs the other way must not turn the words around it."""
    return f"\u2068{name}\u2069"


def told(*texts: str) -> str:
    """What ops and core say, in the user's language, one after the other; what is only data stays as it is."""
    return " ".join(_told(text) for text in texts if text)


def _told(text: str) -> str:
    if isinstance(text, Joined):
        return _strung(text)
    if isinstance(text, Said):
        values = {name: _filled(value) for name, value in text.values.items()}
        return translate("Told", text.template).format_map(values)
    return translate("Told", text)


def _filled(value: Value) -> str:
    """A value in a sentence; a plain text there is data."""
    if isinstance(value, Said | Joined):
        return told(value)
    if isinstance(value, Moment):
        return near(value.when, value.now)
    return value if isinstance(value, str) else number(value) if isinstance(value, int) else decimal(value)


def _strung(text: Joined) -> str:
    if text.manner is Manner.NAMES:
        return _locale().createSeparatedList(text.parts)
    between = translate("Words", ", ") if text.manner is Manner.CLAUSES else text.manner.value
    return between.join(told(part) for part in text.parts)
