"""A page that was read badly is read again in other ways, and the better reading lies right over the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from tests.unit.documents import SENTENCE, drawn
from tests.unit.drawn import page
from tests.unit.errors_in_text import character_error_rate
from tests.unit.pipeline.conftest import Read
from worker.core.document import Limits
from worker.core.errors import EngineCrashed, PageTimedOut
from worker.pipeline.placing import Affine
from worker.pipeline.prepare import Prepared, prepare
from worker.pipeline.rasterize import PageImage, pgm_size
from worker.pipeline.recognize import Recognised, is_tiny, recognize, weight
from worker.pipeline.words import Word
from worker.tools.tessdata import Tessdata
from worker.tools.tesserocr_engine import Tesserocr
from worker.tools.toolbox import Toolbox

LINES = "\n".join([SENTENCE, "Pack my box with five dozen liquor jugs", "How vexingly quick daft zebras jump"] * 3)
PAGE = drawn(LINES, (1300, 700))
CLOCKWISE = {0: None, 1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
FIRST = (60, 60)  # where the first word stands upright


def lying(quarters: int) -> Image.Image:
    """The page, turned clockwise."""
    turn = CLOCKWISE[quarters]
    return PAGE if turn is None else PAGE.transpose(turn)


def where(quarters: int) -> tuple[int, int]:
    """Where the upper left corner of the first word comes to lie."""
    (x, y), (width, height) = FIRST, PAGE.size
    return {0: (x, y), 1: (height - y, x), 2: (width - x, height - y), 3: (y, width - x)}[quarters]


@pytest.mark.parametrize("quarters", [2, 3])
def test_a_page_that_lies_wrong_is_read_and_its_text_lies_where_it_stands(
    read: Read, tmp_path: Path, quarters: int
) -> None:
    lying(quarters).save(tmp_path / "a.png", dpi=(300, 300))
    readings, outputs = read(tmp_path / "a.png")
    page, first = readings[0].page, readings[0].words[0]
    assert character_error_rate(page.text, LINES) < 0.02
    assert (page.tried, page.turned, (page.width, page.height)) == ("orientation", 4 - quarters, lying(quarters).size)
    assert page.gain is not None
    assert page.gain > 20
    corners = [(x, y) for x in (first.x, first.x + first.w) for y in (first.y, first.y + first.h)]
    assert first.text == "The"
    assert any(corner == pytest.approx(where(quarters), abs=20) for corner in corners)
    with pypdfium2.PdfDocument(outputs["pdf"]) as pdf:
        text = pdf[0].get_textpage()
        left, bottom, right, top = (side * 300 / 72 for side in text.get_charbox(text.get_text_range().index("The")))
        height = lying(quarters).height
    ends = [(x, height - y) for x in (left, right) for y in (bottom, top)]
    assert any(end == pytest.approx(where(quarters), abs=20) for end in ends), "its text layer lies elsewhere"


def test_a_page_that_is_read_well_is_read_once(toolbox: Toolbox, tmp_path: Path) -> None:
    engine = Counting(toolbox.engine)
    result = recognised(toolbox, engine, tmp_path, lying(0))
    assert (engine.readings, engine.asked, result.tried, result.gain) == (1, 0, None, None)
    assert result.complete
    assert not [path.name for path in tmp_path.iterdir() if path.is_dir()]


def test_without_data_for_it_the_quarter_turns_are_tried(toolbox: Toolbox, tmp_path: Path) -> None:
    files = {name: path for name, path in Tessdata.find().files.items() if name != "osd"}
    result = recognised(toolbox, Tesserocr(Tessdata(files)), tmp_path, lying(2))
    assert (result.tried, result.turned) == ("orientation", 2)
    assert [word.text for word in result.words[:3]] == SENTENCE.split()[:3]


def test_small_print_is_read_larger(toolbox: Toolbox, tmp_path: Path) -> None:
    image = Image.new("L", (280, 228), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(8)
    for line in range(20):
        draw.text((8, 6 + 10 * line), SENTENCE, fill=0, font=font)
    result = recognised(toolbox, toolbox.engine, tmp_path, image, x_height=4.0, dpi=150)
    assert result.tried == "upscaled"
    assert character_error_rate(" ".join(word.text for word in result.words), " ".join([SENTENCE] * 20)) < 0.1
    assert max(word.x + word.w for word in result.words) < 280, "the boxes are the larger image's"


def test_a_small_receipt_is_read_larger_however_sure_its_letters_are(toolbox: Toolbox, work: Path) -> None:
    image, placed = page([(55, 12)], (1700, 1300))
    image.reduce(5).save(work / "page-1.pgm", format="PPM")
    receipt, truth = PageImage(work / "page-1.pgm", 74), " ".join(word for word, _ in placed)
    prepared = prepare(receipt, deskew=True)
    counted: dict[str, Any] = {"as drawn": Counting(toolbox.engine), "larger": Counting(toolbox.engine)}
    tools = {name: Toolbox(engine, toolbox.rasterizer) for name, engine in counted.items()}
    small = recognize(receipt, replace(prepared, x_height=None), "eng", work / "small", tools["as drawn"])
    result = recognize(receipt, prepared, "eng", work / "large", tools["larger"])
    assert (counted["as drawn"].readings, small.tried) == (1, None), "so poor that it is tried again in any case"
    assert (counted["larger"].readings, result.tried) == (2, "upscaled")
    assert errors(result, truth) < 0.01 < errors(small, truth)


def test_print_is_tiny_on_small_images_only() -> None:
    receipt = Prepared(Path("page-1.pgm"), 74, (400, 1200), Affine(), x_height=6.0)
    assert is_tiny(receipt)
    assert not is_tiny(replace(receipt, x_height=9.0))
    assert not is_tiny(replace(receipt, x_height=None))
    assert not is_tiny(replace(receipt, size=(2480, 3508))), "a page at 300 dpi, where these are crumbs"
    assert not is_tiny(replace(receipt, back=Affine(0.5, 0, 0, 0, 0.5, 0))), "made larger before it was read"


def test_lines_that_are_lost_in_shadow_are_read_lighter(toolbox: Toolbox, tmp_path: Path) -> None:
    shade = Image.linear_gradient("L").resize(PAGE.size).point(lambda value: 60 + value * 195 // 255)
    image = ImageChops.multiply(PAGE, shade)
    result = recognised(toolbox, toolbox.engine, tmp_path, image)
    assert result.tried == "threshold"
    assert character_error_rate(" ".join(word.text for word in result.words), LINES) < 0.02


def test_print_under_noise_is_read_smoothed(toolbox: Toolbox, tmp_path: Path) -> None:
    result = recognised(toolbox, toolbox.engine, tmp_path, Image.blend(PAGE, Image.effect_noise(PAGE.size, 120), 0.45))
    assert result.tried == "threshold"
    assert character_error_rate(" ".join(word.text for word in result.words), LINES) < 0.05


def test_a_picture_on_a_page_is_no_shadow(toolbox: Toolbox, tmp_path: Path) -> None:
    image = PAGE.copy()
    image.paste(40, (100, 450, 1200, 690))
    engine = Counting(toolbox.engine)
    assert recognised(toolbox, engine, tmp_path, image).tried is None
    assert engine.readings == 1


def test_where_nothing_was_read_poor_words_are_not_taken(toolbox: Toolbox, tmp_path: Path) -> None:
    image = Image.effect_noise((700, 500), 90).resize((1400, 1000))
    engine = Counting(toolbox.engine)
    result = recognised(toolbox, engine, tmp_path, image)
    assert engine.readings > 1
    assert (result.words, result.tried, result.complete) == ([], None, True)


@pytest.mark.parametrize("error", [EngineCrashed("It crashed."), PageTimedOut("It took too long.")])
def test_a_second_try_that_fails_changes_nothing(toolbox: Toolbox, tmp_path: Path, error: Exception) -> None:
    engine = Counting(toolbox.engine, fails=error)
    result = recognised(toolbox, engine, tmp_path, lying(2))
    assert engine.readings > 1
    assert (result.tried, result.turned, result.gain) == (None, None, None)
    assert result.words
    assert not result.complete, "it would be taken over for a page that is read as well as it can be"
    assert (tmp_path / "page.pdf").exists()


def test_all_tries_together_have_the_time_of_one_page(toolbox: Toolbox, tmp_path: Path) -> None:
    engine = Counting(toolbox.engine)
    recognised(toolbox, engine, tmp_path, lying(2), limits=Limits(page_timeout_s=60))
    assert len(engine.timeouts) > 1
    assert engine.timeouts == sorted(engine.timeouts, reverse=True)
    assert max(engine.timeouts[1:]) < 60


def test_three_words_that_are_sure_are_not_better_than_a_page_that_is_nearly_so() -> None:
    sure = [Word("abc", 0, 0, 1, 1, 70.0)] * 3
    page = [Word("reader", 0, 0, 1, 1, 58.0)] * 200
    noise = [Word("~|=", 0, 0, 1, 1, 99.0)] * 500
    assert weight(noise) == 0 < weight(sure) < weight(page)
    garbage = [Word("rnui", 0, 0, 1, 1, 40.0)] * 400
    assert weight(garbage) < weight([Word("mini", 0, 0, 1, 1, 90.0)] * 150)


def errors(result: Recognised, truth: str) -> float:
    """The character error rate."""
    return character_error_rate(" ".join(word.text for word in result.words), truth)


class Counting:
    """An engine that counts, and may fail from the second reading on."""

    def __init__(self, engine: Any, *, fails: Exception | None = None) -> None:
        self._engine, self._fails = engine, fails
        self.readings = self.asked = 0
        self.timeouts: list[float] = []

    def read(self, image: Path, **how: Any) -> None:
        self.readings += 1
        self.timeouts.append(how["timeout"])
        if self._fails is not None and self.readings > 1:
            raise self._fails
        self._engine.read(image, **how)

    def orientation(self, image: Path, timeout: float) -> Any:
        self.asked += 1
        self.timeouts.append(timeout)
        return self._engine.orientation(image, timeout)


def recognised(
    toolbox: Toolbox, engine: Any, folder: Path, image: Image.Image, limits: Limits | None = None, **more: Any
) -> Recognised:
    """What comes of an image, in a folder."""
    path = folder / "page.pgm"
    image.save(path)
    tools = Toolbox(engine, toolbox.rasterizer, limits or toolbox.limits)
    prepared = replace(Prepared(path, 300, pgm_size(path), Affine()), **more)
    return recognize(PageImage(path, 300), prepared, "eng", folder / "page", tools)
