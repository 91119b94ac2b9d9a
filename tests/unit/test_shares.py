"""How a document is cut: evenly, in shares that are small enough, one for every free slot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.core.spreading import LARGEST_SHARE, shares


@pytest.mark.parametrize(
    ("pages", "slots", "sizes"),
    [
        (4, 1, [4]),
        (10, 2, [5, 5]),  # half the time
        (10, 1, [5, 5]),
        (20, 2, [5, 5, 5, 5]),  # not 7, 7, 6: the third would leave a slot idle
        (4, 8, [1, 1, 1, 1]),
        (9, 4, [2, 2, 2, 3]),
        (16, 2, [8, 8]),
        (17, 2, [4, 4, 4, 5]),
    ],
)
def test_a_document_is_cut(pages: int, slots: int, sizes: list[int]):
    cut = shares(list(range(1, pages + 1)), slots)
    assert [last - first + 1 for first, last in cut] == sizes


@given(st.sets(st.integers(1, 2000), min_size=1, max_size=400), st.integers(-1, 50))
def test_every_page_is_in_one_share(chosen: set[int], slots: int):
    pages = sorted(chosen)
    cut = shares(pages, slots)
    found = [[page for page in pages if first <= page <= last] for first, last in cut]
    assert [page for share in found for page in share] == pages
    sizes = [len(share) for share in found]
    assert max(sizes) <= LARGEST_SHARE
    assert max(sizes) - min(sizes) <= 1
    assert len(cut) >= min(max(slots, 1), len(pages))
