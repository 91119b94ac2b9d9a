"""What a side is measured by: seconds, processor time of all its processes, memory, and what it made of the pages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pypdfium2


@dataclass(frozen=True, slots=True)
class Run:
    """One document read by one side. `cpu_s` is user and system time of all its processes, those that ended too."""

    seconds: float
    cpu_s: float
    peak_mb: float  # of its largest process
    texts: Sequence[str] = ()  # a page each
    pdf_bytes: int = 0
    servers_cpu_s: float = 0.0


def cpu_s(pids: Iterable[int]) -> float:
    """What these processes, all that they started, and what of that has ended have used."""
    total = 0.0
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            first = psutil.Process(pid)
            for process in (first, *first.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    total += sum(process.cpu_times()[:4])
    return total


def peak_mb(pid: int) -> float:
    """The most memory that a process has had, or has now where the system does not keep that."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return float(psutil.Process(pid).memory_info().rss / 1e6)


def check(side: str, texts: Sequence[str], pdf: Path, pages: int) -> None:
    """Refuse a run that did not do all of the work: a page missing, a text that is not in the PDF.

    Raises:
        SystemExit: naming what is missing.
    """
    document = pypdfium2.PdfDocument(pdf)
    try:
        inside = [len(document[number].get_textpage().get_text_range().split()) for number in range(len(document))]
    finally:
        document.close()
    if len(inside) != pages or len(texts) != pages:
        raise SystemExit(f"{side} made {len(inside)} pages and {len(texts)} texts of {pages} pages.")
    for number, (words, text) in enumerate(zip(inside, texts, strict=True), 1):
        if words < 0.8 * len(text.split()):
            raise SystemExit(f"{side}: page {number} has {len(text.split())} words, and its PDF {words} of them.")


def path_with(*folders: Path) -> str:
    """A search path for programs that begins with these folders."""
    return os.pathsep.join((*map(str, folders), os.environ.get("PATH", os.defpath)))
