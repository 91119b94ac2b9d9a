"""A look at a page's image before an engine reads it: is there print, how large is it, how does it lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from worker.pipeline.pieces import Ints, Mask, Pieces, pieces

LOOKED_AT_DPI = 150  # enough for letters of 4 points, and a quarter of the pixels of a page at 300
FAINTEST = 20  # levels of grey by which print is darker than its paper; what shines through is fainter
_DARK = 110  # a page on which most is darker may be white on black
_SAMPLE = 300  # letters that are looked at one by one
_FEW = 12  # letters that say nothing of a page's print as a whole
_ENOUGH = 40  # letters that show which way lines run
_STEEPEST = 12.0  # degrees
_NOISY = 6  # levels of grey by which a quarter of such paper and more is darker than the rest
_OUT_OF_NOISE = 6.5  # times its spread, smoothed: noise alone does not reach it in pieces as large as letters
_SURE = 1.25  # by how much better lines must fit the skew than the page as it lies


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen. Heights are pixels of the image that was looked at."""

    blank: bool = False
    inverted: bool = False  # white on black
    skew: float = 0.0  # degrees by which lines fall towards the right
    x_height: float | None = None  # of lower-case letters; None: there is too little print to say
    smallest: float | None = None  # of the smallest print that is more than a blot
    grain: float = 0.0  # levels of grey by which paper is darker here and there


def look_at(image: Image.Image, dpi: float) -> Look:
    """Look at a page of 8-bit grey."""
    factor = max(round(dpi / LOOKED_AT_DPI), 1)
    small = image.reduce(factor) if factor > 1 else image
    inverted = _is_inverted(small)
    if inverted:
        small = ImageChops.invert(small)
    dark = darkness(small, 8)
    levels = dark.histogram()
    least = max(otsu(levels), FAINTEST)
    found = pieces(np.asarray(dark) > least)
    letters = _letters(found)
    if len(letters) < _FEW:
        print_here = _holds_print(found, small.size, dpi / factor) or _shows_in_noise(dark, levels, dpi / factor)
        return Look(blank=not print_here, inverted=inverted)
    print_ = _without_marks(letters)
    heights = print_.height * factor
    common, smallest = (float(value) for value in np.percentile(heights, (30, 5)))
    skew, in_lines = lie(letters, common / factor)
    printed = in_lines or _holds_print(_without_specks(dark, least), small.size, dpi / factor)
    if not printed and not _shows_in_noise(dark, levels, dpi / factor):
        return Look(blank=True, inverted=inverted)
    return Look(False, inverted, skew, common, smallest, _grain(levels, least))


def darkness(grey: Image.Image, step: int) -> Image.Image:
    """By how much each pixel is darker than the paper around it, wherever that lies in shadow."""
    paper = grey.reduce(step).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(2))
    return ImageChops.subtract(paper.resize(grey.size, Image.Resampling.BILINEAR), grey)


def otsu(histogram: list[int]) -> int:
    """The level that parts a histogram best in two (Otsu 1979)."""
    share = np.asarray(histogram, np.float64) / max(sum(histogram), 1)
    below = np.cumsum(share)
    mean = np.cumsum(share * np.arange(len(share)))
    spread = below * (1 - below)
    between = np.divide((mean[-1] * below - mean) ** 2, spread, out=np.zeros_like(spread), where=spread > 1e-12)
    return int(np.argmax(between))


def lie(letters: Pieces, x_height: float) -> tuple[float, bool]:
    """Degrees of skew (0.0 where none is sure), and whether the letters stand in lines at all.

    The feet of letters fall on few lines when looked at along the lines. Print that lies on its side stands in columns:
    these turn with the page as lines do.
    """
    if len(letters) < _ENOUGH:
        return 0.0, True
    middle, centre = (letters.left + letters.right) / 2, (letters.top + letters.bottom) / 2
    ways = ((letters.bottom, middle), (-letters.left, centre), (-letters.right, centre))
    found = [_skew_along(across, along, max(0.2 * x_height, 1.0)) for across, along in ways]
    skew, clear, better = max(found, key=lambda way: way[1])
    return (skew if better > _SURE and clear > 1.5 else 0.0), clear > 1.5


def _skew_along(across: Ints, along: NDArray[np.float64], width: float) -> tuple[float, float, float]:
    """The best angle; how much better it is than most, and than none."""
    along = along - along.mean()

    def fit(angle: float) -> float:
        lines = ((across - along * np.tan(np.radians(angle))) / width).astype(np.int64)
        return float((np.bincount(lines - lines.min()) ** 2).sum())

    coarse = np.arange(-_STEEPEST, _STEEPEST + 0.1, 0.25)
    fits = np.array([fit(angle) for angle in coarse])
    near = coarse[fits.argmax()] + np.arange(-0.2, 0.21, 0.05)
    best = max(near, key=fit)
    return float(best), float(fits.max() / np.median(fits)), float(fits.max() / fit(0.0))


def _is_inverted(small: Image.Image) -> bool:
    """Whether most of it is dark, and what is not dark stands out."""
    histogram = small.histogram()
    level = otsu(histogram)
    return level < 2 * _DARK and 10 * sum(histogram[: min(level, _DARK) + 1]) > 6 * sum(histogram)


def _grain(levels: list[int], least: int) -> float:
    """The level that three quarters of the paper do not reach."""
    paper = np.cumsum(levels[: least + 1])
    return float(np.searchsorted(paper, 0.75 * paper[-1]))


def _letters(found: Pieces) -> Pieces:
    """What has the shape of letters, at about 150 dpi."""
    width, height = found.width, found.height
    shaped = (width <= 3.5 * height) & (height <= 6 * width) & (found.fill > 0.12) & (found.fill < 0.97)
    return found.where((height >= 3) & (height <= 120) & (width >= 2) & shaped)


def _without_marks(letters: Pieces) -> Pieces:
    """Some of the letters, without dots, accents, commas and crumbs: those stand close to something much taller."""
    count = len(letters)
    some = letters.where(np.random.default_rng(0).permutation(count)[:_SAMPLE])
    tall = letters.where(letters.height >= np.percentile(letters.height, 15))
    taller = tall.height > 1.8 * some.height[:, None]
    near = taller & (_gap(some.left, some.right, tall.left, tall.right) < 0.35 * tall.height)
    near &= _gap(some.top, some.bottom, tall.top, tall.bottom) < 0.5 * tall.height
    alone: Mask = ~np.asarray(near.any(axis=1))
    return some.where(alone) if alone.any() else some


def _gap(start: Ints, end: Ints, other_start: Ints, other_end: Ints) -> NDArray[np.int32]:
    """Pixels between each of these and each of the others, along one side."""
    sides = np.array([start, end], np.int32)[:, :, None]
    others = np.array([other_start, other_end], np.int32)
    gap: NDArray[np.int32] = np.maximum(others[0] - sides[1], sides[0] - others[1])
    return gap


def _without_specks(dark: Image.Image, least: int) -> Pieces:
    """Pieces of what has ink beside it on two sides at least, and stands out of the page's noise."""
    levels = np.asarray(dark)
    noise = float(np.median(levels[levels > 0])) * 5 if levels.any() else 0.0
    ink: Mask = levels > max(least, min(noise, 200.0))
    beside = np.zeros(ink.shape, np.uint8)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            beside += np.roll(ink, (down, right), (0, 1))
    return pieces(ink & (beside >= 3))


def _shows_in_noise(dark: Image.Image, levels: list[int], dpi: float) -> bool:
    """Whether what may be print stands out of strong noise once that is smoothed; its strokes hardly fade by it."""
    if sum(levels[:_NOISY]) > 0.75 * sum(levels):
        return False
    smooth = np.asarray(dark.filter(ImageFilter.GaussianBlur(1)))
    low, middle = np.percentile(smooth, (16, 50))
    return _holds_print(pieces(smooth > middle + _OUT_OF_NOISE * max(middle - low, 1.0)), dark.size, dpi)


def _holds_print(found: Pieces, size: tuple[int, int], dpi: float) -> bool:
    """Whether anything may be a letter, were it a single small figure: no specks, shadows of the lid or punch holes."""
    width, height = found.width, found.height
    inside = (found.left > 0) & (found.top > 0) & (found.right < size[0]) & (found.bottom < size[1])
    seen = (height >= 5) & (found.area >= 9)
    small = (height < 1.5 * dpi) & (width < 1.5 * dpi)
    shaped = (width <= 3.5 * height) & (height <= 6 * width) & (found.fill > 0.12)
    large = shaped & (height <= 0.8 * size[1])  # a poster's
    return bool((inside & seen & (small | large) & ~_holes(found, size, dpi)).any())


def _holes(found: Pieces, size: tuple[int, int], dpi: float) -> Mask:
    """Discs of 4 to 9 mm, near an edge."""
    width, height = found.width, found.height
    millimetre = dpi / 25.4
    disc = (np.abs(width - height) <= 0.15 * height + 1) & (found.fill > 0.68) & (found.fill < 0.9)
    sized = (height > 4 * millimetre) & (height < 9 * millimetre)
    edge = np.minimum(np.minimum(found.left, size[0] - found.right), np.minimum(found.top, size[1] - found.bottom))
    return np.asarray(disc & sized & (edge < 25 * millimetre), np.bool_)
