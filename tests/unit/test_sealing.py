"""Passwords of files under way."""

import dataclasses

import pytest

from tests.unit.test_settings import settings
from worker.core.errors import NeedsPassword
from worker.core.sealing import seal, unseal


@pytest.mark.parametrize("password", ["hunter2", "", "ümläut 漢字", "x" * 500])
def test_what_is_sealed_comes_back(password):
    assert unseal(seal(password, settings()), settings()) == password


def test_nothing_of_it_can_be_read():
    assert b"hunter2" not in seal("hunter2", settings())
    assert seal("hunter2", settings()) != seal("hunter2", settings())


def test_another_key_does_not_open_it():
    other = dataclasses.replace(settings(), s3_secret_key="another")
    with pytest.raises(NeedsPassword) as problem:
        unseal(seal("hunter2", settings()), other)
    assert "hunter2" not in str(problem.value)


@pytest.mark.parametrize("sealed", [b"", b"nonsense", b"\xff\x00"])
def test_what_was_never_sealed(sealed):
    with pytest.raises(NeedsPassword):
        unseal(sealed, settings())
