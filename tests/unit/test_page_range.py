import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.core.errors import UsageError
from worker.core.page_range import check_range, page_numbers


@pytest.mark.parametrize(
    ("spec", "pages"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("2", [2]),
        ("2-3", [2, 3]),
        ("4-", [4, 5]),
        ("-2", [1, 2]),
        ("3-4, 1,4", [1, 3, 4]),
        ("4-99", [4, 5]),
        ("7", []),
        ("7-", []),
    ],
)
def test_pages_of_a_document_of_five(spec, pages):
    assert page_numbers(spec, 5) == pages


@pytest.mark.parametrize("spec", ["x", "1-2-3", "5-3", "0", "0-2", "1,,2", "-", "1;rm"])
def test_what_cannot_be_meant_is_refused_with_the_part_that_is_wrong(spec):
    with pytest.raises(UsageError):
        check_range(spec)


@given(st.text(alphabet="0123456789-, ", max_size=40) | st.text(max_size=20) | st.just("9" * 5000))
def test_whatever_is_typed_there_are_pages_or_a_sentence(spec: str) -> None:
    try:
        numbers = page_numbers(spec, 20)
    except UsageError:
        return
    assert numbers == sorted({number for number in numbers if 1 <= number <= 20})
