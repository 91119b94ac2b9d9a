"""Small files that become large: each ends in bounded memory and time, in a process of its own that is measured."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read as Linux tells it")
MEGABYTE = 1 << 20
FORM = "/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources 9 0 R"
EATER = """
import sys
from pathlib import Path
from worker.core.bounds import bound_memory
from worker.core.document import Limits
from worker.core.errors import DocumentError
from worker.core.examine import examine
from worker.tools.pictures import flat_frames, grey_frame
bound_memory()
source = Path(sys.argv[1])
try:
    examine(source, name="bomb")
    if sys.argv[2] == "read":
        grey_frame(source, "bomb", 1, Limits(), source.with_suffix(".pgm"))
    if sys.argv[2] == "copy":
        list(flat_frames(source, "bomb", 1, Limits(), source.with_suffix(".flat")))
    print("ok")
except DocumentError as error:
    print(error.error_class)
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
print(int(peak.split()[1]) // 1024)
"""


def eaten(source: Path, stage: str = "examine", *, limit_s: float = 60) -> tuple[str, int]:
    """What became of the file, and how much memory was resident at most, in MB."""
    command = [sys.executable, "-c", EATER, str(source), stage]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=True)
    said, megabytes = ran.stdout.split()
    return said, int(megabytes)


def grown(begins: bytes, megabytes: int) -> bytes:
    """Deflated: this, and so many megabytes of blanks."""
    packer = zlib.compressobj(9)
    blanks = b" " * MEGABYTE
    return b"".join([packer.compress(begins), *(packer.compress(blanks) for _ in range(megabytes)), packer.flush()])


def stream(entries: str, data: bytes) -> bytes:
    return f"<<{entries}/Length {len(data)}>>\nstream\n".encode() + data + b"\nendstream"


def pdf(path: Path, objects: dict[int, bytes], *, inside: int | None = None) -> Path:
    """A file of these objects with an index; object 3, the page, lies in the stream `inside` if one is named."""
    body, rows = bytearray(b"%PDF-1.5\n"), [struct.pack(">BIH", 0, 0, 65535)] * 40
    for number, content in objects.items():
        rows[number] = struct.pack(">BIH", 1, len(body), 0)
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    if inside:
        rows[3] = struct.pack(">BIH", 2, inside, 0)
    index = stream("/Type/XRef/Size 40/W[1 4 2]/Root 1 0 R/Filter/FlateDecode", zlib.compress(b"".join(rows)))
    path.write_bytes(body + b"39 0 obj\n" + index + b"\nendobj\nstartxref\n%d\n%%%%EOF" % len(body))
    return path


HEAD = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 4: stream("", b"")}
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources 9 0 R>>"


def test_a_pdf_whose_objects_unpack_to_more_than_half_a_gigabyte(tmp_path: Path):
    packed = stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", grown(b"3 0 " + PAGE, 600))
    assert len(packed) < 2 * MEGABYTE
    said, megabytes = eaten(pdf(tmp_path / "bomb.pdf", {**HEAD, 6: packed}, inside=6))
    assert said in {"no_pages", "corrupt"}
    assert megabytes < 700


def test_forms_that_name_each_other_all_of_them_each(tmp_path: Path):
    forms = {10 + number: stream(FORM, b"") for number in range(29)}
    names = b"".join(b"/F%d %d 0 R" % (number, number) for number in forms)
    assert (
        eaten(pdf(tmp_path / "bomb.pdf", {**HEAD, 3: PAGE, 9: b"<</XObject<<" + names + b">>>>", **forms}))[0] == "ok"
    )


@pytest.mark.parametrize("kids", [b"2 0 R", b"3 0 R 2 0 R"])
def test_a_tree_of_pages_that_bites_its_tail(tmp_path: Path, kids: bytes):
    objects = {**HEAD, 2: b"<</Type/Pages/Kids[" + kids + b"]/Count 2>>", 3: PAGE, 9: b"<<>>"}
    assert eaten(pdf(tmp_path / "loop.pdf", objects))[0] in {"corrupt", "no_pages"}


def test_brackets_in_brackets(tmp_path: Path):
    deep = b"[" * 300_000 + b"]" * 300_000
    assert eaten(pdf(tmp_path / "deep.pdf", {**HEAD, 3: PAGE, 9: deep}))[0] in {"ok", "corrupt"}


@pytest.fixture(scope="module")
def transparent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture whose pixels take 256 MB."""
    path = tmp_path_factory.mktemp("large") / "large.png"
    Image.new("RGBA", (8192, 8192)).save(path, compress_level=1)
    return path


def test_a_picture_is_not_decoded_to_be_looked_at(transparent: Path):
    said, megabytes = eaten(transparent)
    assert said == "ok"
    assert megabytes < 150


def test_a_transparent_picture_is_read_in_little_more_than_its_own_size(transparent: Path):
    said, megabytes = eaten(transparent, "read")
    assert said == "ok"
    assert megabytes < 256 + 64 + 110


def test_a_transparent_picture_is_laid_on_white_in_little_more_than_twice_its_size(transparent: Path):
    said, megabytes = eaten(transparent, "copy")
    assert said == "ok"
    assert megabytes < 2 * 256 + 150


@pytest.mark.parametrize("chunk", [b"zTXt", b"iCCP"])
def test_a_picture_with_a_quarter_of_a_gigabyte_beside_its_pixels(tmp_path: Path, chunk: bytes):
    Image.new("L", (300, 300)).save(tmp_path / "small.png")
    plain = (tmp_path / "small.png").read_bytes()
    data = b"x\0\0" + grown(b"", 256)
    made = struct.pack(">I", len(data)) + chunk + data + struct.pack(">I", zlib.crc32(chunk + data))
    (tmp_path / "bomb.png").write_bytes(plain[:33] + made + plain[33:])
    said, megabytes = eaten(tmp_path / "bomb.png")
    assert said in {"ok", "corrupt"}
    assert megabytes < 150


def test_a_picture_of_900_million_pixels_is_refused_by_its_header(tmp_path: Path):
    header = b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    head = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + struct.pack(">I", 4) + b"IDAT" + b"\0" * 8)
    assert eaten(tmp_path / "bomb.png")[0] == "too_large"
