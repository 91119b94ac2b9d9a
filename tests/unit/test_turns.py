"""The threads of the window take short turns at the interpreter."""

from __future__ import annotations

import sys

import pytest

from console.bridge.turns import TURN_S, take_short_turns


def test_turns_are_short_once_they_are_asked_for():
    before = sys.getswitchinterval()
    try:
        take_short_turns()
        assert sys.getswitchinterval() == pytest.approx(TURN_S)
        assert before / TURN_S > 5
    finally:
        sys.setswitchinterval(before)
