"""What the benchmarks measure readings with, measured itself."""

from __future__ import annotations

import random

import pytest

from tests.bench.cer import cer, distance, word_f1


def test_the_distance_is_that_of_the_table_that_everyone_knows() -> None:
    chance = random.Random(7)
    for _ in range(200):
        one, other = ("".join(chance.choices("abc ", k=chance.randrange(40))) for _ in range(2))
        assert distance(one, other) == _by_table(one, other), (one, other)


@pytest.mark.parametrize(
    ("truth", "read", "share"),
    [("one two", "one\n  two\f", 0), ("abcd", "abxd", 0.25), ("abcd", "", 1), ("", "", 0), ("", "x", 1)],
)
def test_errors_are_counted_by_character_and_white_space_is_one_space(truth: str, read: str, share: float) -> None:
    assert cer(truth, read) == share


def test_words_count_wherever_they_stand_and_as_often_as_they_stand_there() -> None:
    assert word_f1("the cat and the dog", "dog the cat the and") == 1
    assert word_f1("the cat", "the the") == 0.5
    assert word_f1("", "") == 1


def _by_table(one: str, other: str) -> int:
    row = list(range(len(one) + 1))
    for sign in other:
        above, row = row, [row[0] + 1]
        for index, wanted in enumerate(one, 1):
            row.append(min(above[index] + 1, row[-1] + 1, above[index - 1] + (wanted != sign)))
    return row[-1]
