"""Dropped paths → a plan: what will be read, what not and why. Nothing is uploaded and no file is touched."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from console.ops.examining import Examiner, Finding, Look
from console.ops.found import Found, Skipped, walk
from console.ops.reading_options import check_options
from worker.core.document import Limits
from worker.core.errors import NeedsPassword, UsageError
from worker.core.jobs import Options
from worker.core.page_fates import PageCounts
from worker.core.page_range import page_numbers
from worker.core.said import said, sentences

__all__ = ["Plan", "PlannedFile", "Skipped", "existing", "narrowed", "plan"]

CHILDREN = 4  # processes that look into files at a time, at most
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that will be uploaded and read."""

    source: Path  # where it lies, absolute
    path: str  # relative to the folder of what was dropped, with /, in NFC
    bytes: int
    mtime: float
    media_type: str
    extension: str
    pages: int | None  # in the document; None while it is locked
    chosen_pages: int | None  # of them, those that the options ask for
    fates: str = ""  # a letter of `page_fates` for each page that was looked at, from the first
    locked: bool = False  # needs a password that we do not have; it is uploaded and waits for one
    notes: tuple[str, ...] = ()
    page_range: str = ""  # that chose them

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rpartition("/")[2]

    @property
    def chosen_fates(self) -> str:
        """The letters of the pages that were chosen."""
        if not self.page_range:
            return self.fates
        return "".join(self.fates[number - 1] for number in page_numbers(self.page_range, len(self.fates)))

    def counts(self, mode: str) -> PageCounts:
        """What becomes of the pages that were chosen, in `auto`, `force` or `redo` mode; of a locked file nothing."""
        letters = self.chosen_fates
        return PageCounts.of(letters, (self.chosen_pages or 0) - len(letters), mode)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a drop or a command line comes to."""

    files: tuple[PlannedFile, ...]
    skipped: tuple[Skipped, ...]

    @property
    def pages(self) -> int:
        """Pages to read; a locked file counts as one."""
        return sum(1 if file.chosen_pages is None else file.chosen_pages for file in self.files)

    def counts(self, mode: str) -> PageCounts:
        """What becomes of the pages of files that are not locked."""
        letters = "".join(file.chosen_fates for file in self.files)
        return PageCounts.of(letters, sum(file.chosen_pages or 0 for file in self.files) - len(letters), mode)

    @property
    def bytes(self) -> int:
        """Bytes to upload."""
        return sum(file.bytes for file in self.files)

    @property
    def locked(self) -> tuple[PlannedFile, ...]:
        """Files that need a password."""
        return tuple(file for file in self.files if file.locked)


def plan(
    paths: Iterable[str | os.PathLike[str]],
    options: Options | None = None,
    *,
    password: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Plan:
    """Look through files and folders.

    Args:
        paths: files and folders; folders are gone through to the bottom.
        options: how the files will be read; its page range decides what counts.
        password: tried on files that are locked.
        limits: what a file may ask for, where the profile has its own.
        progress: told how many files were looked into, of how many; called from several threads.
        cancel: set, the plan ends early with the files that were looked into so far.

    Raises:
        UsageError: a path that does not exist, or a page range that cannot be meant. Nothing was looked into then.
    """
    wanted = options or Options()
    check_options(wanted)
    found, skipped = walk(existing(paths), cancel)
    look = Look(password, limits)
    findings = _examine(found, look, progress, cancel)
    files: list[PlannedFile] = []
    for file, finding in zip(found, findings, strict=True):
        if finding is None:
            continue
        verdict = _judge(file, finding, wanted)
        if isinstance(verdict, Skipped):
            skipped.append(verdict)
        else:
            files.append(verdict)
    return Plan(tuple(files), tuple(sorted(skipped, key=lambda entry: entry.path)))


def narrowed(made: Plan, pages: str) -> Plan:
    """The same plan for another page range: what has none of these pages is left out."""
    files, skipped = [], list(made.skipped)
    for file in made.files:
        chosen = None if file.pages is None else len(page_numbers(pages, file.pages))
        if chosen == 0:
            skipped.append(_none_of(file.path, file.pages or 0, pages, file.bytes))
        else:
            files.append(replace(file, chosen_pages=chosen, page_range=pages))
    return Plan(tuple(files), tuple(sorted(skipped, key=lambda entry: entry.path)))


def existing(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """The paths, absolute.

    Raises:
        UsageError: none was given, or some do not exist; the sentence names them.
    """
    absolute = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - resolve() would follow links
    missing = [str(path) for path in absolute if not os.path.lexists(path)]
    if missing:
        some, more = "There is no {path}.", "There is no {path} and {n} more."
        none = said(more if len(missing) > 3 else some, path=", ".join(missing[:3]), n=len(missing) - 3)
        raise UsageError(none, "Check the spelling. Nothing was uploaded.")
    if not absolute:
        raise UsageError("No file and no folder was given.")
    return absolute


def _examine(
    found: Sequence[Found], look: Look, progress: Progress | None, cancel: threading.Event | None
) -> list[Finding | None]:
    """A finding for every file, in order; None for those that were left when `cancel` was set."""
    findings: list[Finding | None] = [None] * len(found)
    left = iter(range(len(found)))
    lock = threading.Lock()
    seen = 0

    def work() -> None:
        nonlocal seen
        with Examiner() as examiner:
            while cancel is None or not cancel.is_set():
                with lock:
                    index = next(left, None)
                if index is None:
                    return
                findings[index] = examiner.examine(found[index].source, name=found[index].path, look=look)
                with lock:
                    seen += 1
                    if progress is not None:
                        progress(seen, len(found))

    children = min(CHILDREN, os.cpu_count() or 1, -(-len(found) // 8))
    with ThreadPoolExecutor(max(children, 1), thread_name_prefix="examine") as pool:
        for future in [pool.submit(work) for _ in range(children)]:
            future.result()
    return findings


def _judge(file: Found, finding: Finding, options: Options) -> PlannedFile | Skipped:
    if finding.error_class not in {None, NeedsPassword.error_class}:
        reason = sentences(finding.reason, finding.advice)
        return Skipped(file.path, str(finding.error_class), reason, file.bytes)
    chosen = None if finding.pages is None else len(page_numbers(options.pages, finding.pages))
    if chosen == 0:
        return _none_of(file.path, finding.pages or 0, options.pages, file.bytes)
    return PlannedFile(
        source=file.source,
        path=file.path,
        bytes=file.bytes,
        mtime=file.mtime,
        media_type=finding.media_type,
        extension=finding.extension,
        pages=finding.pages,
        chosen_pages=chosen,
        fates=finding.fates,
        locked=finding.locked,
        notes=finding.notes,
        page_range=options.pages,
    )


def _none_of(path: str, count: int, pages: str, size: int) -> Skipped:
    template = "{path} has {count} pages and none of “{range}”."
    return Skipped(path, "no_pages", said(template, path=path, count=count, range=pages), size)
