"""Recognition alone, which no program around it can go below: images in memory, one engine a process, text out."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

import pypdfium2

from tests.bench.ocr.sides import Run, peak_mb

DPI = 300
PROJECT = Path(__file__).parents[3]


def draw(source: Path, folder: Path) -> list[Path]:
    """The pages of a document as the engine is shown them."""
    folder.mkdir()
    document = pypdfium2.PdfDocument(source)
    images = []
    for number in range(len(document)):
        images.append(folder / f"{number:03}.pgm")
        document[number].render(scale=DPI / 72, grayscale=True).to_pil().save(images[-1], format="PPM")
    document.close()
    return images


def recognise(images: list[Path], processes: int) -> Run:
    """Read them in so many processes, each of which takes the next page when it is done with one."""
    running = [_start(images) for _ in range(processes)]
    left, texts = deque(range(len(images))), [""] * len(images)
    used: list[float] = []

    def feed(process: subprocess.Popen[str]) -> None:
        while True:
            try:
                number = left.popleft()
            except IndexError:
                return
            cpu, text = _ask(process, str(number)).split(" ", 1)
            used.append(float(cpu))
            texts[number] = text

    threads = [threading.Thread(target=feed, args=(process,)) for process in running]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    peak = max(peak_mb(process.pid) for process in running)
    for process in running:
        process.communicate()
    return Run(seconds, sum(used), peak, texts)


def _start(images: list[Path]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.ocr.alone", *map(str, images)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout
    if process.stdout.readline() != "ready\n":
        raise SystemExit("Recognition alone could not be started.")
    return process


def _ask(process: subprocess.Popen[str], line: str) -> str:
    assert process.stdin
    assert process.stdout
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return process.stdout.readline().rstrip("\n")


def main() -> None:
    """Keep the images of the command line in memory, and read those that are asked for."""
    from PIL import Image

    from worker.tools import tesserocr_engine  # noqa: F401 - it holds the library to one thread
    from worker.tools.tessdata import Tessdata

    import tesserocr  # isort: skip

    pictures = [Image.open(path).convert("L") for path in sys.argv[1:]]
    with tesserocr.PyTessBaseAPI(path=str(Tessdata.find().folder("eng")), lang="eng", psm=tesserocr.PSM.AUTO) as api:
        api.SetVariable("user_defined_dpi", str(DPI))
        api.SetImage(pictures[0])  # what is loaded late is loaded now
        api.GetUTF8Text()
        print("ready", flush=True)
        for line in sys.stdin:
            began = time.process_time()
            api.SetImage(pictures[int(line)])
            text = api.GetUTF8Text()
            used = time.process_time() - began
            print(f"{used:.4f} {' '.join(text.split())}", flush=True)


if __name__ == "__main__":
    main()
