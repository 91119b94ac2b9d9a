"""Looking into files in a child process: a file that crashes or hangs a library cannot hurt the console.

The child reads one JSON request a line and answers with one JSON line, so that it serves many files; it ends when its
standard input does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

from console.ops.program import program, program_environment
from worker.core.bounds import bound_memory
from worker.core.document import Limits
from worker.core.errors import CorruptFile, NeedsPassword, OcrConsoleError, PageTimedOut, TooLarge
from worker.core.jobs import Options
from worker.core.page_fates import READ, REFUSED, fate_of
from worker.core.said import said
from worker.core.said_stored import kept_of, recalled_in

if TYPE_CHECKING:
    from worker.core.examine import Document, PageInfo

TIMEOUT_S = 30.0
MOST_PAGES = 2000  # that are looked at for text, and for how long; further ones count as to be read
LOOK_S = 3.0


@dataclass(frozen=True, slots=True)
class Look:
    """How files are looked into."""

    password: str | None = field(default=None, repr=False)  # tried where one is asked for
    limits: Limits | None = None  # None: those of the program


@dataclass(frozen=True, slots=True)
class Finding:
    """What a file is, or why it is not read (`error_class`, `reason`, `advice`)."""

    media_type: str = ""
    extension: str = ""
    pages: int | None = None
    fates: str = ""  # a letter of `page_fates` for each page that was looked at
    locked: bool = False
    notes: tuple[str, ...] = ()
    error_class: str | None = None
    reason: str = ""
    advice: str = ""

    @classmethod
    def refused(cls, error: OcrConsoleError) -> Finding:
        """A file that is not read as it is."""
        locked = isinstance(error, NeedsPassword)
        return cls(
            media_type="application/pdf" if locked else "",
            extension="pdf" if locked else "",
            locked=locked,
            error_class=error.error_class,
            reason=error.sentence,
            advice=error.advice,
        )


class Examiner:
    """One child process. A file that kills it or takes too long costs that file only: the next gets a new child."""

    def __init__(self, *, timeout_s: float = TIMEOUT_S, argv: list[str] | None = None) -> None:
        self._timeout_s = timeout_s
        self._argv = argv or program("examine-files")
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Examiner:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def examine(self, path: Path, *, name: str, look: Look | None = None) -> Finding:
        """Look into one file; never raises for what the file does."""
        request = json.dumps({"path": os.fsencode(path).hex(), "name": name, **asdict(look or Look())})
        child = self._running()
        alarm = threading.Timer(self._timeout_s, child.kill)
        alarm.start()
        try:
            answer = _ask(child, request)
        finally:
            late = not alarm.is_alive()
            alarm.cancel()
        if answer is not None:
            return _read(answer)
        self.close()
        if late:
            template, limit = "{name} could not be looked into within {limit} seconds.", f"{self._timeout_s:.0f}"
            sentence = said(template, name=name, limit=limit)
            return Finding.refused(PageTimedOut(sentence, "Print it to a new PDF and add that file."))
        stopped = said("{name} is damaged: the program that looked into it stopped.", name=name)
        return Finding.refused(CorruptFile(stopped))

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is None:
            return
        assert child.stdin is not None
        assert child.stdout is not None
        child.kill()
        child.wait()
        child.stdout.close()
        try:
            child.stdin.close()
        except OSError:
            return  # unsent bytes for a child that is gone

    def _running(self) -> subprocess.Popen[str]:
        if self._child is None:
            self._child = subprocess.Popen(
                self._argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                env=program_environment(),
                start_new_session=True,  # Ctrl-C is for the console, which then closes the pipe
            )
        return self._child


def _ask(child: subprocess.Popen[str], request: str) -> dict[str, Any] | None:
    """One request and its answer; None if the child died instead."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(request + "\n")
        child.stdin.flush()
        answer: dict[str, Any] = json.loads(child.stdout.readline())
    except (OSError, ValueError):
        return None
    return answer


def serve() -> int:
    """The child: answer requests on standard input until it ends."""
    bound_memory()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)  # whatever a library prints must not mix with the answers
        for line in sys.stdin:
            _answer(json.loads(line), answers)
    return 0


def _answer(request: dict[str, Any], answers: TextIO) -> None:
    from worker.core.examine import examine

    path = Path(os.fsdecode(bytes.fromhex(request["path"])))
    limits = Limits(**request["limits"]) if request["limits"] else None
    try:
        document = examine(path, name=request["name"], password=request["password"], limits=limits)
        finding = _finding(document, _fates(document, document.password, limits or Limits()))
    except OcrConsoleError as error:
        finding = Finding.refused(error)
    except (MemoryError, RecursionError):
        greedy = said("{name} is damaged: it asks for more memory than there is.", name=request["name"])
        finding = Finding.refused(CorruptFile(greedy))
    except Exception as error:  # noqa: BLE001 - a file may upset a library in any way, and the next file must go on
        template, kind = "{name} could not be looked into: {kind}.", type(error).__name__
        finding = Finding.refused(CorruptFile(said(template, name=request["name"], kind=kind)))
    answers.write(_written(finding) + "\n")
    answers.flush()


def _written(finding: Finding) -> str:
    """As a line, with what its sentences are made of."""
    made_of = kept_of({"reason": finding.reason, "advice": finding.advice})
    return json.dumps({**asdict(finding), "made_of": made_of})


def _read(answer: dict[str, Any]) -> Finding:
    made_of = answer.pop("made_of", None)
    return Finding(**(answer | {"notes": tuple(answer["notes"])} | dict(recalled_in(answer, made_of))))


def _fates(document: Document, password: str | None, limits: Limits) -> str:
    """What becomes of its pages, by the rule by which workers decide; 2 ms a page, and bounded in time."""
    if document.kind != "pdf":
        return READ * len(document.pages)
    import pypdfium2

    try:
        opened = pypdfium2.PdfDocument(document.path, password=password)
    except pypdfium2.PdfiumError:  # the worker mends it first; until then nobody knows
        return ""
    letters, until = "", time.monotonic() + LOOK_S
    with closing(opened):
        with suppress(pypdfium2.PdfiumError):
            opened.init_forms()
        for page in document.pages[:MOST_PAGES]:
            letters += _fate(opened, document.name, page, limits)
            if time.monotonic() > until:
                break
    return letters


def _fate(opened: Any, name: str, page: PageInfo, limits: Limits) -> str:  # noqa: ANN401 - pypdfium2 has no types
    from pypdfium2 import PdfiumError

    from worker.core.page_content import opened_page, page_content

    try:
        limits.check_content(name, page)
        with opened_page(opened, page.number) as found:
            content = page_content(found)
        if fate_of(content) == READ:
            limits.drawing_dpi(name, page, Options().dpi)
            limits.check_picture(name, page.number, max(page.largest_image, content.largest_picture))
    except (TooLarge, PdfiumError, IndexError):
        return REFUSED
    return fate_of(content)


def _finding(document: Document, fates: str) -> Finding:
    return Finding(
        media_type=document.media_type,
        extension=document.extension,
        pages=len(document.pages),
        fates=fates,
        notes=tuple(document.notes),
    )
