"""How a document is cut: in shares that every free slot gets one of, and that are the smaller the fewer are left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.core.spreading import LARGEST_SHARE, shares


@pytest.mark.parametrize(
    ("pages", "slots", "sizes"),
    [
        (4, 1, [4]),
        (10, 1, [8, 2]),
        (4, 8, [1, 1, 1, 1]),
        (9, 4, [2, 2, 2, 2, 1]),
        (10, 2, [3, 3, 1, 1, 1, 1]),  # whoever is done first takes the next
        (26, 2, [7, 7, 3, 3, 2, 2, 1, 1]),
        (48, 2, [8, 8, 8, 8, 4, 4, 2, 2, 1, 1, 1, 1]),
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
    assert sizes == sorted(sizes, reverse=True)
    assert slots < 2 or sizes[-1] == 1
    assert len(cut) >= min(max(slots, 1), len(pages))
