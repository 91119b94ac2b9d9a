"""Hebrew and Arabic, read by an engine: every output has them in the order in which they are read."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont, features

from worker.core.examine import examine
from worker.core.jobs import FORMATS, Options
from worker.core.page_content import page_content
from worker.pipeline.assemble import assemble
from worker.pipeline.read import read_page
from worker.tools.toolbox import Toolbox

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
LINES = {
    "heb": ["בראשית ברא אלהים את השמים ואת הארץ", "והארץ היתה תהו ובהו מספר 42 כאן"],
    "ara": ["مرحبا بالعالم هذا نص عربي", "رقم الهاتف هو هنا"],
}


@pytest.mark.parametrize("language", LINES)
def test_every_output_is_in_the_order_of_reading(toolbox: Toolbox, tmp_path: Path, work: Path, language: str) -> None:
    if language not in toolbox.engine.languages():
        pytest.skip(f"there is no data for {language} on this machine (apt install tesseract-ocr-{language})")
    if not FONT.exists() or not features.check("raqm"):
        pytest.skip("there is nothing here to draw print from the right with (apt install fonts-dejavu-core)")
    path = drawn_from_the_right(tmp_path / "a.png", LINES[language])
    document = examine(path)
    reading = read_page(document, 1, Options(languages=language), work, toolbox)
    assert [line for line in reading.page.text.split("\n") if line] == LINES[language]
    made = assemble(document, [reading], FORMATS, work)
    assert made["txt"].read_text() == f"{reading.page.text}\n"
    assert made["md"].read_text().split() == " ".join(LINES[language]).split()
    assert made["alto"].read_text().count('BASEDIRECTION="rtl"') >= 1
    with closing(pypdfium2.PdfDocument(made["pdf"])) as pdf, closing(pdf[0]) as page:
        assert page_content(page).text.split() == " ".join(LINES[language]).split()


def drawn_from_the_right(path: Path, lines: list[str]) -> Path:
    image = Image.new("L", (1600, 500), 255)
    font = ImageFont.truetype(FONT, 48)
    for index, line in enumerate(lines):
        ImageDraw.Draw(image).text((1500, 60 + 100 * index), line, 0, font, anchor="ra", direction="rtl")
    image.save(path, dpi=(300, 300))
    return path
