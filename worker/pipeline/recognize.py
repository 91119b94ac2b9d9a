"""A page's image to its text, hOCR and invisible text layer: read once, and again in other ways where that was poor."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from worker.core.errors import EngineError, NoLanguage
from worker.core.said import said
from worker.pipeline.placing import Affine
from worker.pipeline.prepare import LEAST_PRINT, Prepared, in_shadow, place, rethresholded, turned, upscaled
from worker.pipeline.rasterize import PageImage, pgm_size
from worker.pipeline.strokes import right_strokes
from worker.pipeline.words import Word, mean_confidence, words
from worker.tools.engine import SUFFIXES
from worker.tools.tessdata import split_languages
from worker.tools.toolbox import Toolbox

GOOD = 60.0  # mean confidence; what is read as well as that is not tried again
WORTH = 1.0  # points by which another reading must be surer
MUCH_MORE, MUCH_LESS_SURE = 1.2, 10.0  # times as much, points; of lines that were lost in shadow, most come back
SMALL_PRINT = 16.0  # pixels of a lower-case letter, under which a larger image may help
_SMALL_IMAGE = 2_000_000  # pixels, that of a receipt; on a larger one so small letters are crumbs, or too many
_GUESS_PIXELS = 500_000  # of the image on which the quarter turns are tried where nothing else tells
_WORTH_S = 0.5  # of a page's time: with less left nothing more is tried


@dataclass(frozen=True, slots=True)
class Recognised:
    """What came of a page's image, in its own pixels."""

    words: list[Word]
    turned: int | None = None  # as in Page, all three
    tried: str | None = None
    gain: float | None = None
    complete: bool = True  # no try failed or was left out for want of time: it would be read so again


def check_languages(languages: str, toolbox: Toolbox) -> None:
    """Refuse what the engine would silently do without.

    Raises:
        NoLanguage: naming what is not here.
    """
    missing = sorted(set(split_languages(languages)) - toolbox.engine.languages())
    if missing:
        named = ", ".join(f"“{language}”" for language in missing)
        raise NoLanguage(said("There is no data for the language {languages} on this worker.", languages=named))


def recognize(image: PageImage, prepared: Prepared, languages: str, base: Path, toolbox: Toolbox) -> Recognised:
    """Read what was prepared of the image into `base`.txt, `base`.hocr and `base`.pdf, as well as it can be read.

    All tries together take no longer than one page may.

    Raises:
        EngineError: no language, a crash, out of time, out of memory, garbage; in the first reading.
    """
    reader = _Reader(languages, toolbox)
    best = first = reader.first(prepared, base)
    shaded, tiny = in_shadow(prepared), is_tiny(prepared)
    if first.is_poor or shaded or tiny:
        with TemporaryDirectory(dir=base.parent) as room:
            best = reader.better_than(first, Path(room), shaded=shaded, tiny=tiny)
            for suffix in SUFFIXES if best is not first else ():
                _file(best.base, suffix).replace(_file(base, suffix))
    place(base, best.prepared, pgm_size(image.path), image.dpi)
    as_drawn = best.prepared.back == Affine()
    found = best.words if as_drawn else list(words(_file(base, "hocr")))
    if best is first:
        return Recognised(found, complete=reader.complete)
    gain = round(best.confidence - first.confidence, 2)
    return Recognised(found, best.turned or None, best.tried, gain, reader.complete)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One try."""

    prepared: Prepared
    base: Path
    words: list[Word] = field(default_factory=list)  # in pixels of what was prepared
    turned: int = 0
    tried: str | None = None

    @property
    def confidence(self) -> float:
        return mean_confidence(self.words) or 0.0

    @property
    def is_poor(self) -> bool:
        return self.confidence < GOOD

    def is_better(self, other: _Reading) -> bool:
        """Surer and of no less, for three sure words are no better than a page that is nearly so; or of much more.

        Where there were no words at all, poor ones are none either.
        """
        if not other.words:
            return not self.is_poor
        surer, mine, its = self.confidence - other.confidence, weight(self.words), weight(other.words)
        return (surer >= WORTH and mine >= its) or (surer >= -MUCH_LESS_SURE and mine >= MUCH_MORE * its)


def is_tiny(prepared: Prepared) -> bool:
    """Whether its print is so small, on a small image, that engines are sure of it and wrong."""
    if prepared.x_height is None or prepared.size[0] * prepared.size[1] > _SMALL_IMAGE:
        return False
    return prepared.x_height / prepared.back.scale <= LEAST_PRINT


def weight(found: list[Word]) -> float:
    """How much was read: letters and digits of the words that look like words, by the square of their confidence."""
    return sum(_letters(word.text) * (word.conf / 100) ** 2 for word in found)


def _letters(text: str) -> int:
    """Letters and digits; none where they are not most of it: `~|=-—` is no word."""
    count = sum(sign.isalnum() for sign in text)
    return count if 2 * count > len(text) else 0


class _Reader:
    """Reads one page, within the time that a page may take."""

    def __init__(self, languages: str, toolbox: Toolbox) -> None:
        self._languages = languages
        self._engine = toolbox.engine
        self._limits = toolbox.limits
        self._ends = time.monotonic() + toolbox.limits.page_timeout_s
        self.complete = True  # every try that was due came to an end

    def first(self, prepared: Prepared, base: Path) -> _Reading:
        """As it is."""
        return self._read(_Reading(prepared, base), self._limits.page_timeout_s)

    def better_than(self, first: _Reading, room: Path, *, shaded: bool, tiny: bool) -> _Reading:
        """The best of this reading and a few more, whose files lie in `room`; one that fails changes nothing.

        What was read well is tried again only where the page is `shaded`, or its print `tiny`.
        """
        best = first
        tries: list[tuple[Callable[[_Reading, Path], _Reading | None], bool]]  # and whether each is due in any case
        tries = [(self._upright, False), (self._enlarged, tiny), (self._lightened, shaded)]
        for attempt, due in tries:
            if not (due or best.is_poor):
                continue
            if self._left < _WORTH_S:
                self.complete = False
                break
            try:
                again = attempt(best, room)
            except EngineError:
                self.complete = False
                continue
            best = again if again is not None and again.is_better(best) else best
        return best

    def _again(self, prepared: Prepared, base: Path, tried: str, turned: int) -> _Reading:
        """In another way."""
        return self._read(_Reading(prepared, base, turned=turned, tried=tried), max(self._left, _WORTH_S))

    def _read(self, empty: _Reading, timeout: float) -> _Reading:
        image, dpi = empty.prepared.path, empty.prepared.dpi
        self._engine.read(image, languages=self._languages, dpi=dpi, base=empty.base, timeout=timeout)
        right_strokes(empty.base, self._languages)
        return replace(empty, words=list(words(_file(empty.base, "hocr"))))

    def _upright(self, best: _Reading, room: Path) -> _Reading | None:
        quarters = self._quarters(best, room)
        if not quarters:
            return None
        return self._again(turned(best.prepared, quarters, room), room / "turned", "orientation", quarters)

    def _quarters(self, best: _Reading, room: Path) -> int:
        """By which the page lies turned, as far as anything can tell."""
        told = self._engine.orientation(best.prepared.path, self._left)
        if told is not None:
            return told[0]
        return self._guessed_quarters(best, room) if best.words else 0

    def _guessed_quarters(self, best: _Reading, room: Path) -> int:
        """The turn in which most can be read, on a small image."""
        width, height = best.prepared.size
        small = upscaled(best.prepared, room, times=min(1.0, (_GUESS_PIXELS / (width * height)) ** 0.5))
        found = [self._again(turned(small, quarters, room), room / "guess", "", quarters) for quarters in range(4)]
        return max(range(4), key=lambda quarters: weight(found[quarters].words))

    def _enlarged(self, best: _Reading, room: Path) -> _Reading | None:
        prepared = best.prepared
        letters = (prepared.x_height or SMALL_PRINT) / prepared.back.scale
        if letters >= SMALL_PRINT or 4 * prepared.size[0] * prepared.size[1] > self._limits.max_pixels:
            return None
        return self._again(upscaled(prepared, room), room / "upscaled", "upscaled", best.turned)

    def _lightened(self, best: _Reading, room: Path) -> _Reading:
        return self._again(rethresholded(best.prepared, room), room / "light", "threshold", best.turned)

    @property
    def _left(self) -> float:
        """Seconds."""
        return self._ends - time.monotonic()


def _file(base: Path, suffix: str) -> Path:
    return base.with_name(f"{base.name}.{suffix}")
