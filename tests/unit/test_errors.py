"""The closed list of what can go wrong."""

import pickle

import pytest

from worker.core.errors import BY_CLASS, CLASSES, DocumentError, EngineError, OcrConsoleError, ServiceError

HAZARDS = (
    "unsupported_type no_language needs_password no_pages corrupt unsupported_form too_large empty changing too_small "
    "engine_crashed timed_out storage database network disk_full out_of_memory"
)
OURS = "settings usage not_found unreadable no_engine refused schema interrupted internal"
MAY_PASS = {"storage", "database", "network", "disk_full", "interrupted", "engine_crashed", "internal"}
NEEDS_NO_ADVICE = {"usage", "not_found"}  # who raises them knows better


def test_the_list_is_closed() -> None:
    assert set(HAZARDS.split()) | set(OURS.split()) == CLASSES


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_each_class_speaks(name: str) -> None:
    error = BY_CLASS[name]("It broke.")
    assert error.error_class == name
    assert str(error) == error.sentence == "It broke."
    assert error.advice.endswith(".") or name in NEEDS_NO_ADVICE
    assert BY_CLASS[name]("It broke.", "Mend it.").advice == "Mend it."


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_what_may_pass_is_tried_again(name: str) -> None:
    assert BY_CLASS[name].retryable is (name in MAY_PASS)


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_errors_travel_between_processes(name: str) -> None:
    error = pickle.loads(pickle.dumps(BY_CLASS[name]("It broke.", "Mend it.")))
    assert (type(error), str(error), error.advice) == (BY_CLASS[name], "It broke.", "Mend it.")


def test_no_document_is_tried_again_by_itself() -> None:
    assert not any(kind.retryable for kind in BY_CLASS.values() if issubclass(kind, DocumentError))


def test_a_class_belongs_to_one_error() -> None:
    kinds = [OcrConsoleError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    named = [kind for kind in kinds if "error_class" in vars(kind)]
    shared = {ServiceError: "network", OcrConsoleError: "internal"}  # roots, named for their likeliest leaf
    leaves = [kind for kind in named if kind not in shared]
    assert len({kind.error_class for kind in leaves}) == len(leaves)
    assert EngineError not in named
