"""What can go wrong, as a tree.

    OcrConsoleError
    ├── SettingsError             a profile or variable that cannot be used
    ├── UsageError                what was asked for cannot be meant: a path that does not exist
    ├── NotFoundError             no such job, batch, worker or output
    ├── DocumentError             the file is what it is: trying again cannot help
    │   ├── EmptyFile             empty
    │   ├── UnsupportedType       unsupported_type
    │   ├── UnsupportedForm       unsupported_form
    │   ├── CorruptFile           corrupt
    │   ├── NeedsPassword         needs_password
    │   ├── NoPages               no_pages
    │   ├── TooLarge              too_large
    │   ├── TooSmall              too_small
    │   ├── FileChanging          changing
    │   └── UnreadableFile        unreadable
    ├── EngineError               reading itself failed
    │   ├── NoLanguage            no_language
    │   ├── NoEngine              no_engine
    │   ├── EngineCrashed         engine_crashed
    │   ├── PageTimedOut          timed_out
    │   └── OutOfMemory           out_of_memory
    ├── ServiceError              a service is away or refuses: what can pass is tried again
    │   ├── DatabaseError         database
    │   │   └── SchemaNewer       the schema is newer than this program: upgrade it
    │   ├── StorageError          storage
    │   ├── NetworkError          network (the broker)
    │   ├── WorkerLost            interrupted: the worker or its machine died in the middle
    │   ├── AccessRefused         refused: wrong name, password or key; trying again cannot help
    │   └── DiskFull              disk_full
    └── InternalError             internal: a fault of ours, with the details in the log

Every error has a sentence for people (`str(error)`), an `advice` that says what to do, an `error_class` out of the
closed list CLASSES, and `retryable`: whether the same work, tried again later, may succeed by itself.
"""

from __future__ import annotations

from typing import ClassVar


class OcrConsoleError(Exception):
    """The root: a sentence what happened, an advice what to do."""

    error_class: ClassVar[str] = "internal"
    default_advice: ClassVar[str] = ""
    retryable: ClassVar[bool] = False

    def __init__(self, sentence: str, advice: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.advice = self.default_advice if advice is None else advice

    def __reduce__(self) -> tuple[type[OcrConsoleError], tuple[str, str]]:
        """Errors travel between processes with their advice."""
        return type(self), (self.sentence, self.advice)


class SettingsError(OcrConsoleError):
    """A profile or variable that cannot be used; the sentence names it, the profile and what was expected."""

    error_class = "settings"
    default_advice = "Correct the profile and start again."


class UsageError(OcrConsoleError):
    """What was asked for cannot be meant."""

    error_class = "usage"


class NotFoundError(OcrConsoleError):
    """No such job, batch, worker or output."""

    error_class = "not_found"


class DocumentError(OcrConsoleError):
    """The file is what it is: trying again cannot help."""


class EmptyFile(DocumentError):
    """Nothing in it."""

    error_class = "empty"
    default_advice = "Scan or copy the file again."


class UnsupportedType(DocumentError):
    """Not one of the formats that are read, judged by content and not by name."""

    error_class = "unsupported_type"
    default_advice = "Save it as PDF, PNG, JPEG, TIFF, BMP, WebP or GIF and add that file."


class UnsupportedForm(DocumentError):
    """A form whose pages are drawn by a program inside the file."""

    error_class = "unsupported_form"
    default_advice = "Open it in Adobe Reader, print it to PDF, and add that file."


class CorruptFile(DocumentError):
    """Damaged beyond repair."""

    error_class = "corrupt"
    default_advice = "Open it in a viewer to check it, then scan or export it again."


class NeedsPassword(DocumentError):
    """Locked with a password that we do not have."""

    error_class = "needs_password"
    default_advice = "Retry it with its password."


class NoPages(DocumentError):
    """A document without a page."""

    error_class = "no_pages"
    default_advice = "Export the document again."


class TooLarge(DocumentError):
    """Larger than the bounds on pixels or bytes."""

    error_class = "too_large"
    default_advice = "Scan or export it at a lower resolution, or raise the limit."


class TooSmall(DocumentError):
    """Too small to hold a letter."""

    error_class = "too_small"
    default_advice = "Scan it at 300 dpi and add that file."


class FileChanging(DocumentError):
    """Somebody else was writing the file while it was read."""

    error_class = "changing"
    default_advice = "Add it again when the other program has finished writing it."


class UnreadableFile(DocumentError):
    """The system does not let us read it."""

    error_class = "unreadable"
    default_advice = "Change its permissions, or copy it to a folder of your own."


class EngineError(OcrConsoleError):
    """Reading itself failed."""


class NoLanguage(EngineError):
    """No worker has the data of a language that was asked for."""

    error_class = "no_language"
    default_advice = "Install the language on a worker (Debian: apt install tesseract-ocr-<language>), then retry."


class NoEngine(EngineError):
    """There is no tesseract here in any form."""

    error_class = "no_engine"
    default_advice = "Install tesseract (apt install tesseract-ocr, dnf install tesseract, brew install tesseract)."


class EngineCrashed(EngineError):
    """The engine died on a page."""

    error_class = "engine_crashed"
    default_advice = "Retry it; if it fails again, scan the page anew."
    retryable = True


class PageTimedOut(EngineError):
    """A page or a task took longer than its limit."""

    error_class = "timed_out"
    default_advice = "Retry it with a lower resolution or a higher time limit."


class OutOfMemory(EngineError):
    """A page needed more memory than a worker may use."""

    error_class = "out_of_memory"
    default_advice = "Read it scaled down, or give a worker more memory."


class ServiceError(OcrConsoleError):
    """A service is away or refuses; what can pass is tried again."""

    error_class = "network"
    retryable = True


class DatabaseError(ServiceError):
    """PostgreSQL is away, or did not answer in time."""

    error_class = "database"
    default_advice = "Check that PostgreSQL runs and that DATABASE_URL names it."


class SchemaNewer(DatabaseError):
    """The database was migrated by a newer version of this program."""

    error_class = "schema"
    default_advice = "Update OCR Console on this machine."
    retryable = False


class StorageError(ServiceError):
    """The S3 server is away, or lost what it should have."""

    error_class = "storage"
    default_advice = "Check that the S3 server runs and that MINIO_ENDPOINT names it."


class NetworkError(ServiceError):
    """The broker is away."""

    error_class = "network"
    default_advice = "Check that Redis runs and that CELERY_BROKER_URL names it."


class WorkerLost(ServiceError):
    """The worker or its machine died in the middle of it; the work goes on elsewhere, ten times at most."""

    error_class = "interrupted"
    default_advice = "Retry it. If it stops its worker again, the document is the cause: look at the worker's log."


class AccessRefused(ServiceError):
    """A service answered, and refused our name, password or key."""

    error_class = "refused"
    default_advice = "Correct the user, password or key in the profile."
    retryable = False


class DiskFull(ServiceError):
    """No room left to work in."""

    error_class = "disk_full"
    default_advice = "Free some space on the worker; its jobs go on by themselves."


class InternalError(OcrConsoleError):
    """A fault of ours."""

    error_class = "internal"
    default_advice = "The details are in the worker's log. Retry it; if it fails again, report it."
    retryable = True


def _tree(root: type[OcrConsoleError]) -> list[type[OcrConsoleError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in _tree(child))]


BY_CLASS = {kind.error_class: kind for kind in _tree(OcrConsoleError)}  # a root gives way to its leaves
CLASSES = frozenset(BY_CLASS)
