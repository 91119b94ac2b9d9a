"""The one caller of Celery's remote control: a command to workers by name, and what each of them answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from worker.core.routes import is_route

if TYPE_CHECKING:
    from celery import Celery

ANSWER_S = 2.0  # a worker has so long to answer; those that are asked by name end the wait as they answer
EVERYBODY_S = 1.0  # who does not say that he is there in so long is not asked
REVOKE_S = 1.0  # workers see a cancelled row by themselves too


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker said."""

    worker: str
    ok: bool
    said: str  # its own words, or Celery's


class Control:
    """Commands to the workers of one deployment, whoever made them.

    Args:
        app: Celery's side of the broker.
        errors: Turns what kombu raises into our errors.
    """

    def __init__(self, app: Callable[[], Celery], errors: Callable[[], AbstractContextManager[None]]) -> None:
        self._app, self._errors = app, errors

    def ask(self, command: str, workers: Collection[str], **arguments: Any) -> dict[str, Answer]:  # noqa: ANN401 - JSON
        """Have workers do something. Blocks until all have answered, for ANSWER_S at most.

        Args:
            command: Celery's word for it.
            workers: By name; without any, nobody is asked.
            arguments: Of the command.

        Returns:
            What each said; one that is missing did not answer.
        """
        found = _by_worker(self._broadcast(command, arguments, sorted(workers))) if workers else {}
        return {name: Answer(name, *_verdict(said)) for name, said in found.items()}

    def look(self, question: str, workers: Collection[str], **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """What workers say of themselves, by name; one that is missing did not answer."""
        return _by_worker(self._broadcast(question, arguments, sorted(workers))) if workers else {}

    def tell(self, command: str, workers: Collection[str]) -> None:
        """The same for a command that no worker ever answers."""
        with self._errors():
            self._app().control.broadcast(command, destination=sorted(workers))

    def consuming(self) -> dict[str, frozenset[str]]:
        """The queues that each worker takes from, of all that answer; takes all of EVERYBODY_S."""
        found = _by_worker(self._broadcast("active_queues", {}, None, EVERYBODY_S))
        told = {name: frozenset(str(queue.get("name")) for queue in queues) for name, queues in found.items()}
        return {name: frozenset(queue for queue in queues if not is_route(queue)) for name, queues in told.items()}

    def everybody(self, question: str) -> list[tuple[str, Any]]:
        """What all say who answer, by name: two of one name are two answers. Takes all of EVERYBODY_S."""
        answers = self._broadcast(question, {}, None, EVERYBODY_S)
        return [pair for answer in answers or () for pair in answer.items()]

    def revoke(self, message_ids: Sequence[str], workers: Collection[str]) -> set[str]:
        """Have workers drop these messages and kill the processes that work on one; blocks for REVOKE_S at most.

        Returns:
            The workers that said that they did so.
        """
        with self._errors():
            answers = self._app().control.revoke(
                list(message_ids),
                destination=sorted(workers),
                terminate=True,
                signal="SIGKILL",
                reply=True,
                timeout=REVOKE_S,
            )
        return {name for name, said in _by_worker(answers).items() if "ok" in said}

    def _broadcast(
        self, command: str, arguments: Mapping[str, Any], workers: list[str] | None, timeout: float = ANSWER_S
    ) -> Any:  # noqa: ANN401 - what came over the wire
        with self._errors():
            return self._app().control.broadcast(
                command, arguments=dict(arguments), destination=workers, reply=True, timeout=timeout
            )


def _by_worker(answers: Any) -> dict[str, Any]:  # noqa: ANN401 - what came over the wire
    return {name: said for answer in answers or () for name, said in answer.items()}


def _verdict(said: Any) -> tuple[bool, str]:  # noqa: ANN401
    if isinstance(said, Mapping) and "error" in said:
        return False, str(said["error"])
    return True, str(said.get("ok", said) if isinstance(said, Mapping) else said)
