"""What a worker answers when it refuses, in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.core.errors import NotFoundError, OcrConsoleError, UsageError
from worker.core.said import said

if TYPE_CHECKING:
    from worker.core.control import Answer

# A part of Celery's words, and the same for people.
_WORDS = (
    (
        "not supported with autoscale",
        "{worker} scales itself between two bounds.",
        "Change its bounds instead: autoscale.",
    ),
    (
        "Autoscale not enabled",
        "{worker} has a fixed number of processes.",
        "Grow or shrink it, or start it with --autoscale.",
    ),
    (
        "Pool restarts not enabled",
        "{worker} does not restart its pool.",
        "Set worker_pool_restarts there, or restart it.",
    ),
    ("All processes busy", "All processes of {worker} are at work.", "Do it again when one of them is free."),
    ("unknown task", "{worker} knows no task of that name.", "Its name is that in the code, such as ocr.run_job."),
    ("Invalid rate limit", "{worker} does not understand that rate.", "Say it as 10/m, 2/s or 100/h; 0 is no limit."),
    ("has no attribute", "The pool of {worker} cannot do that.", "A prefork pool can."),
    ("NotImplementedError", "The pool of {worker} cannot do that.", "A prefork pool can."),
)


def refusal(answer: Answer) -> OcrConsoleError:
    """Why a worker did not do it; in its own words where we have none."""
    for part, sentence, advice in _WORDS:
        if part in answer.said:
            return UsageError(said(sentence, worker=answer.worker), advice)
    return UsageError(said("{worker} refuses: {answer}.", worker=answer.worker, answer=answer.said))


def silence_of(worker: str) -> OcrConsoleError:
    """It did not answer."""
    sentence = said("{worker} did not answer.", worker=worker)
    return NotFoundError(sentence, "It is gone, or too busy to listen: `ocr-console workers` says.")
