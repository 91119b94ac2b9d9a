"""Markdown: what was a heading, a paragraph or a list in print is one there, and nothing else is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.unit.pipeline.readings import Printed, paragraph, reading
from worker.core.document import Document
from worker.core.jobs import Page
from worker.pipeline.assemble import assemble
from worker.pipeline.markdown import escaped
from worker.pipeline.read import PageReading

BODY = paragraph(
    "It was the best of times and it was the worst of times we had",
    "since the age of wisdom and of foolishness went by like that",
    "and then.",
    y=600,
)


def markdown(work: Path, *pages: Sequence[Sequence[Printed]] | PageReading, direction: str = "") -> str:
    document = Document(work / "a.png", "a.png", "image", "image/png", "png", ())
    readings = [
        page if isinstance(page, PageReading) else reading(work, number, page, direction=direction)
        for number, page in enumerate(pages, 1)
    ]
    made = assemble(document, readings, ("md",), work)
    assert [path.name for path in work.glob("result.*")] == ["result.md"]
    return made["md"].read_text(encoding="utf-8")


def test_lines_are_joined_to_paragraphs(work: Path) -> None:
    assert markdown(work, [BODY]) == (
        "It was the best of times and it was the worst of times we had since the age of wisdom and of foolishness "
        "went by like that and then.\n\n"
    )


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("a word that is in two inter-", "national halves", "a word that is in two international halves"),
        ("the state-of-the-", "art of writing it", "the state-of-the-art of writing it"),
        ("told by Mrs Müller-", "Schmidt of the bank", "told by Mrs Müller-Schmidt of the bank"),
        ("in the years 1990-", "1995 and thereafter", "in the years 1990- 1995 and thereafter"),
        ("a soft hyphen in Dampf\u00ad", "Schiff is none", "a soft hyphen in DampfSchiff is none"),
        ("他們在中國的城市裡讀書寫字", "也寫信", "他們在中國的城市裡讀書寫字也寫信"),
    ],
)
def test_words_at_the_end_of_a_line(work: Path, first: str, second: str, whole: str) -> None:
    assert markdown(work, [paragraph(first, second)]) == f"{whole}\n\n"


def test_large_letters_make_headings(work: Path) -> None:
    page = [
        paragraph("The Title", y=100, size=100),
        paragraph("A Chapter", y=300, size=75),
        paragraph("A Section", y=450, size=62),
        BODY,
    ]
    lines = markdown(work, page).splitlines()
    assert lines[:6:2] == ["# The Title", "## A Chapter", "### A Section"]
    assert lines[6].startswith("It was the best")


def test_the_usual_size_is_that_of_the_whole_document(work: Path) -> None:
    """A title page has nothing but a title."""
    assert markdown(work, [paragraph("The Title", size=100)], [BODY, BODY]).startswith(
        "# The Title\n\n<!-- page 2 -->\n"
    )


@pytest.mark.parametrize("text", ["and the end.", "42", "of a,", "synthesizers!"])
def test_what_measures_large_by_chance_is_no_heading(work: Path, text: str) -> None:
    assert "#" not in markdown(work, [BODY, paragraph(text, y=900, size=63)])


def test_lists(work: Path) -> None:
    items = [
        paragraph("• The first of the things that are in this list here as", "you may see", y=1000),
        paragraph("• The second", y=1200),
        paragraph("¢ Misread", y=1300),
        paragraph("1. Numbered", y=1400),
        paragraph("2) Numbered too", y=1500),
        paragraph("The end.", y=1700),
    ]
    assert markdown(work, [BODY, *items]).partition("\n\n")[2] == (
        "- The first of the things that are in this list here as you may see\n- The second\n- Misread\n"
        "1. Numbered\n2. Numbered too\n\nThe end.\n\n"
    )


def test_a_dash_in_a_sentence_begins_no_list(work: Path) -> None:
    text = markdown(work, [paragraph("He went away from all of them there", "— and never came back to us here")])
    assert text == "He went away from all of them there — and never came back to us here\n\n"


def test_columns_are_read_one_after_the_other(work: Path) -> None:
    left = paragraph("the left column has", "two lines of print", x=200)
    right = paragraph("The right one is of", "as many as it", x=1300)
    assert markdown(work, [left, right]) == (
        "the left column has two lines of print\n\nThe right one is of as many as it\n\n"
    )


def test_a_sentence_that_the_engine_cut_is_whole(work: Path) -> None:
    cut = [paragraph("It is written that the engine cut"), paragraph("the sentence here.", y=260)]
    assert markdown(work, cut) == "It is written that the engine cut the sentence here.\n\n"


def test_a_line_that_had_room_for_the_next_word_ends_its_paragraph(work: Path) -> None:
    table = paragraph("Column Column", "One Two", "These are words that fill the whole column")
    assert markdown(work, [table]).split("\n\n")[:2] == ["Column Column", "One Two"]


def test_pages_that_failed_and_that_are_blank_keep_their_places(work: Path) -> None:
    failed = PageReading(Page(2, "failed", error_class="engine_crashed", error="It crashed."))
    blank = reading(work, 3, [], state="blank")
    assert markdown(work, [BODY], failed, blank, [BODY]).split("\n\n")[1:4] == [
        "<!-- page 2 could not be read -->",
        "<!-- page 3 -->",
        "<!-- page 4 -->",
    ]


def test_what_is_written_from_the_right_stays_in_the_order_in_which_it_is_read(work: Path) -> None:
    lines = paragraph("בראשית ברא אלהים את השמים ואת", "הארץ והארץ היתה")
    assert markdown(work, [lines], direction="rtl") == "בראשית ברא אלהים את השמים ואת הארץ והארץ היתה\n\n"


def shown(text: str) -> tuple[list[str], str]:
    """What Markdown takes a text for, and what its reader sees."""
    tokens = MarkdownIt("commonmark").enable("strikethrough").parse(text)
    return [token.type for token in tokens], "".join(_seen(token) for token in tokens)


def _seen(token: Token) -> str:
    children = token.children or ()
    assert {child.type for child in children} <= {"text", "text_special"}, "no emphasis, link, code or HTML"
    return "".join(child.content for child in children)


SIGNS = ["# no", "- no", "+ no", "1. no", "12) no", "> no", "*no*", "_no_", "`no`", "[no](x)", "<b>no", "&amp; no"]
LINES = ["---", "===", "~~no~~", "![no](x)", "C:\\no", "a_b_c", "***", "1986. A year", "<!-- no -->", "&#65;", "-", "="]


@pytest.mark.parametrize("text", SIGNS + LINES)
def test_no_sign_of_the_print_becomes_markup(text: str) -> None:
    kinds, seen = shown(escaped(text))
    assert (kinds, seen) == (["paragraph_open", "inline", "paragraph_close"], text)


@given(st.text(st.sampled_from("#*_-+=>`~[]()!<&;\\|.)1 aAé:/"), min_size=1).map(lambda text: " ".join(text.split())))
def test_whatever_is_printed_is_shown_as_it_is(text: str) -> None:
    kinds, seen = shown(escaped(text))
    assert seen == text
    assert not text or kinds == ["paragraph_open", "inline", "paragraph_close"]
