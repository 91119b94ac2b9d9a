"""Whatever lies in a queue, looking at it raises nothing."""

import base64

import pytest

from worker.core.jobs import TASK_NAME
from worker.core.raw_messages import SENT_HEADER, held_message, job_of, loads, queue_of, sent_of, task_of

DEEP = b"[" * 100_000
RUBBISH = [b"", b"\xff", b"hello", b"7", b"null", b"[]", b"[1, 2]", b'"text"', DEEP, DEEP + b"]" * 100_000]


@pytest.mark.parametrize("raw", RUBBISH, ids=range(len(RUBBISH)))
def test_what_is_no_message_is_none(raw: bytes):
    assert loads(raw) is None
    assert held_message(raw) is None


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"headers": [1], "properties": 7, "body": None},
        {"headers": {"task": TASK_NAME, "ocr_task": 7}, "body": 7},
        {"headers": {"task": TASK_NAME, "ocr_task": "no uuid"}, "body": base64.b64encode(DEEP).decode()},
        {"headers": {"task": TASK_NAME}, "body": base64.b64encode(b"[[[7]]]").decode()},
    ],
    ids=range(5),
)
def test_a_message_that_says_nothing_names_nothing(message: dict[str, object]):
    assert (task_of(message), job_of(message), queue_of(message)) == (None, None, None)


@pytest.mark.parametrize("moment", [b"1e999", b"-Infinity", b"NaN", b"1" + b"0" * 400, b"true", b'"noon"'])
def test_a_moment_that_cannot_be_is_none(moment: bytes):
    message = loads(b'{"headers": {"%s": %s}}' % (SENT_HEADER.encode(), moment))
    assert message is not None
    assert sent_of(message) is None
