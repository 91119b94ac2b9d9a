"""Sentences that keep what they are made of, and are texts like any other."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from worker.core.said import Joined, Manner, Moment, Said, apart, clauses, listed, said, said_counted, sentences

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SENTENCE = said("{name} has {n} pages, {share} % of all.", name="{a}.pdf", n=48_204, share=2.25)
SEVERAL = sentences(SENTENCE, "", said("It is done."))


@dataclass(frozen=True, slots=True)
class Told:
    text: str


@pytest.mark.parametrize(
    ("text", "english"),
    [
        (SENTENCE, "{a}.pdf has 48,204 pages, 2.2 % of all."),
        (said_counted(1, "1 job cancelled.", "{n} jobs cancelled."), "1 job cancelled."),
        (said_counted(4200, "{n} job of {q}.", "{n} jobs of {q}.", q="ocr"), "4,200 jobs of ocr."),
        (said("Since {at}.", at=Moment(NOW, NOW)), f"Since {NOW.astimezone():%H:%M}."),
        (SEVERAL, "{a}.pdf has 48,204 pages, 2.2 % of all. It is done."),
        (said("{why}.", why=clauses(["2 are done", said("{n} failed", n=1)])), "2 are done, 1 failed."),
        (listed(["a"]), "a"),
        (listed(["a", "b", "c"]), "a, b and c"),
        (sentences("", ""), ""),
    ],
)
def test_it_is_the_english_sentence(text: str, english: str):
    assert text == english
    assert (hash(text), Told(text), json.dumps(text)) == (hash(english), Told(english), json.dumps(english))


def test_another_day_is_named():
    before = NOW - timedelta(days=3)
    assert str(Moment(before, NOW)) == f"{before.astimezone().day} Nov {before.astimezone():%H:%M}"


@pytest.mark.parametrize("travelled", [lambda text: pickle.loads(pickle.dumps(text)), copy.deepcopy])
def test_it_travels_with_what_it_is_made_of(travelled):
    one, several = travelled(SENTENCE), travelled(SEVERAL)
    assert isinstance(one, Said)
    assert (one, one.template, dict(one.values)) == (SENTENCE, SENTENCE.template, dict(SENTENCE.values))
    assert isinstance(several, Joined)
    assert (several, several.manner) == (SEVERAL, Manner.SENTENCES)
    assert [part.template for part in several.parts if isinstance(part, Said)] == [SENTENCE.template, "It is done."]


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("One. Two. Three.", "One.", "Two. Three."),
        ("One", "One", ""),
        (SENTENCE, SENTENCE, ""),
        (SEVERAL, SENTENCE, "It is done."),
        (sentences(SEVERAL, "More."), SENTENCE, "It is done. More."),
    ],
)
def test_the_first_sentence_comes_off(text: str, first: str, rest: str):
    assert apart(text) == (first, rest)
    assert type(apart(text)[0]) is type(first)
