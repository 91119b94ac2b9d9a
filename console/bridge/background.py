"""The one place that crosses threads: a blocking call goes out, its answer comes back on the main thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from console.ops.stopping import Stop
from worker.core.errors import InternalError, OcrConsoleError
from worker.core.said import said

log = logging.getLogger(__name__)
T = TypeVar("T")
Done = Callable[[Any], None]
Failed = Callable[[OcrConsoleError], None]
THREADS = 4


@dataclass(slots=True)
class _Answer:
    """What a call gave and who waits for it. It is emptied on the main thread.

    The future knows its callback for good, and lets go of it on a thread: what waits may be a part of the window, and
    must not end there; nor must the two keep each other until the collector comes by.
    """

    waits: tuple[Future[Any], Done | None, Failed | None] | None

    def taken(self) -> tuple[Future[Any], Done | None, Failed | None]:
        """What it holds; it holds nothing from now on."""
        assert self.waits is not None, "an answer is delivered once"
        waits, self.waits = self.waits, None
        return waits


class Background(QObject):
    """Runs blocking calls on a few threads. Make it on the main thread and close it before the program ends.

    `failed` tells of every error that no handler was given for.
    """

    failed = Signal(object)  # OcrConsoleError
    _answered = Signal(object)

    def __init__(self, threads: int = THREADS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="background")
        self._closed = False
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def closed(self) -> bool:
        """Whether the program ends: what takes long is to stop."""
        return self._closed

    def submit(
        self,
        call: Callable[..., T],
        *args: object,
        done: Callable[[T], None] | None = None,
        failed: Failed | None = None,
    ) -> Future[T]:
        """Run `call(*args)` on a thread; then `done(result)` or `failed(error)` on the main thread.

        An exception that is not of our tree arrives as InternalError, its traceback in the log. A cancelled call,
        and one that ends or is asked for after `close`, gives no answer.
        """
        if self._closed:
            future: Future[T] = Future()
            future.cancel()
            return future
        future = self._pool.submit(call, *args)
        answer = _Answer((future, done, failed))
        future.add_done_callback(lambda _future: self._send(answer))
        return future

    def stop(self) -> None:
        """Give no more answers, and take no more questions."""
        self._closed = True

    def close(self) -> None:
        """Stop, drop what waits, and wait for what runs."""
        self.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _send(self, answer: _Answer) -> None:
        # On the thread that did the work: touch nothing but the signal.
        if not self._closed:
            self._answered.emit(answer)

    @Slot(object)
    def _deliver(self, answer: _Answer) -> None:
        future, done, failed = answer.taken()
        if self._closed or future.cancelled():
            return
        error = future.exception()
        if error is not None:
            (failed or self.failed.emit)(plain_error(error))
        elif done is not None:
            done(future.result())


class Latest:
    """Of several questions only the last is answered: a newer one drops the answers to all before it."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._generation = 0
        self._future: Future[Any] | None = None
        self._stop = Stop()

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return self._future is not None and not self._future.done()

    def submit(
        self, call: Callable[..., T], *args: object, done: Callable[[T], None], failed: Failed | None = None
    ) -> None:
        """As `Background.submit`; the question before this one is stopped, on the database server too."""
        self.drop()
        generation, stop = self._generation, self._stop

        def ask() -> T:
            with stop.over():
                return call(*args)

        def finish(result: T) -> None:
            if generation == self._generation:
                done(result)

        def fail(error: OcrConsoleError) -> None:
            if generation == self._generation:
                (failed or self._background.failed.emit)(error)

        self._future = self._background.submit(ask, done=finish, failed=fail)

    def drop(self) -> None:
        """Take back the question that is open, if any; no answer to it comes."""
        self._generation += 1
        if self._future is not None:
            if not self._future.cancel() and not self._future.done():
                # All threads of the pool may be waiting for such answers: this one waits for a moment at most.
                threading.Thread(target=self._stop.now, name="stop", daemon=True).start()
            self._future = None
        self._stop = Stop()


def plain_error(error: BaseException) -> OcrConsoleError:
    """The error itself if it is of our tree, else an InternalError in its place, with the traceback in the log."""
    if isinstance(error, OcrConsoleError):
        return error
    if not isinstance(error, CancelledError):
        log.error("unexpected error in the background", exc_info=error)
    return InternalError(said("Something went wrong inside the console: {error}", error=str(error)))
