"""A file never makes the engine open another file, start a program, or fetch an address."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
from PIL import Image

from tests.unit import engines
from tests.unit.documents import SENTENCE, drawn
from tests.unit.pipeline.conftest import Read
from worker.core.document import Limits
from worker.core.errors import CorruptFile, OcrConsoleError, UnsupportedType
from worker.core.examine import examine
from worker.core.examine_image import open_image
from worker.core.jobs import Options
from worker.pipeline.assemble import assemble
from worker.pipeline.read import read_page
from worker.tools.pdfium import Pdfium
from worker.tools.toolbox import Toolbox

CANARY = "CANARY-7f3a"
EPS = """%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 400 100
/Helvetica findfont 20 scalefont setfont 10 40 moveto
(CANARY_FILE) (r) file 200 string readline pop show showpage
%%EOF
"""


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that nobody asked to read."""
    path = tmp_path / "canary.png"
    drawn(CANARY).save(path)
    return path


@pytest.fixture
def no_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Ghostscript that leaves a trace when it is started."""
    folder, trace = tmp_path / "bin", tmp_path / "started"
    folder.mkdir()
    for name in ("gs", "gswin64c", "convert"):
        (folder / name).write_text(f"#!/bin/sh\necho {name} >> '{trace}'\nexit 1\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return trace


@pytest.mark.parametrize("name", ["x.png", "x.tif", "x.pdf", "x.jpg"])
def test_a_list_of_files_is_not_followed(canary: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(f"/etc/hostname\n{canary}\n")
    with pytest.raises(UnsupportedType, match="a text file") as refused:
        examine(path)
    assert CANARY not in str(refused.value) + refused.value.advice


@pytest.mark.parametrize("which", engines.ENGINES)
def test_the_engine_gets_our_image_and_nothing_else(
    which: str, canary: Path, tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if a list of files passed for a picture, no engine would be given it."""
    engine = engines.engine(which)
    given: list[bytes] = []

    class Watched:
        def __getattr__(self, name: str) -> object:
            return getattr(engine, name)

        def read(self, image: Path, **options: object) -> None:
            given.append(image.read_bytes())
            assert not image.is_symlink()
            assert image.name in {"page-1.pgm", "page-1-read.pgm"}
            engine.read(image, **options)  # type: ignore[arg-type]

    path = tmp_path / "$(touch pwned) -l xyz; .png"
    drawn().save(path)
    tools = Toolbox(Watched(), Pdfium())  # type: ignore[arg-type]
    assert read_page(examine(path), 1, Options(), work, tools).page.text == SENTENCE
    assert [content[:2] for content in given] == [b"P5"]
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("name", ["y.png", "y.eps", "y.pdf", "y.tif"])
@pytest.mark.parametrize("start", ["", "\n", "\x04"])
def test_postscript_never_starts_ghostscript(
    canary: Path, no_programs: Path, tmp_path: Path, name: str, start: str
) -> None:
    path = tmp_path / name
    path.write_text(start + EPS.replace("CANARY_FILE", str(canary)))
    with pytest.raises(UnsupportedType):
        examine(path)
    with pytest.raises(CorruptFile), open_image(path, name, Limits()) as image:
        image.load()
    assert not no_programs.exists()


def test_postscript_inside_a_wrapping_that_is_allowed(
    canary: Path, no_programs: Path, toolbox: Toolbox, tmp_path: Path, work: Path
) -> None:
    """The magic of an allowed format in front of PostScript is a damaged picture, and no more."""
    for index, magic in enumerate((b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\x00", b"BM")):
        path = tmp_path / f"z{index}"
        path.write_bytes(magic + EPS.replace("CANARY_FILE", str(canary)).encode())
        with pytest.raises(OcrConsoleError):
            read_page(examine(path), 1, Options(), work, toolbox)
    assert not no_programs.exists()


def test_an_address_is_not_fetched(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    """Tesseract fetches an address that stands where a file name should."""
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)

        def listen() -> None:
            try:
                connection, _ = server.accept()
            except TimeoutError:
                return
            connection.close()
            asked.set()

        thread = threading.Thread(target=listen)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
        (tmp_path / "x.png").write_text(address + "\n")
        with pytest.raises(UnsupportedType):
            read_page(examine(tmp_path / "x.png"), 1, Options(), work, toolbox)
        thread.join()
    assert not asked.is_set()


def test_a_picture_that_names_files_in_its_metadata(canary: Path, read: Read, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010D] = exif[0x010E] = str(canary)
    drawn().save(tmp_path / "a.tif", exif=exif)
    _, outputs = read(tmp_path / "a.tif")
    assert all(CANARY.encode() not in path.read_bytes() for path in outputs.values())


def test_the_users_name_reaches_no_output_but_the_json(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    path = tmp_path / "Kündigung Müller.png"
    drawn().save(path)
    document = examine(path)
    readings = [read_page(document, 1, Options(), work, toolbox)]
    outputs = assemble(document, readings, ("txt", "pdf", "hocr", "tsv"), work)
    assert all(b"ndigung" not in output.read_bytes() for output in outputs.values())
    assert {file.name for file in work.iterdir()} == {
        *(f"page-1.{kind}" for kind in ("txt", "hocr", "pdf")),
        *(f"result.{kind}" for kind in ("txt", "pdf", "hocr", "tsv")),
        "pictures.pdf",
    }
