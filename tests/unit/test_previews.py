"""Pictures of pages: fetched once, as large as they fit, errors in sentences."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import uuid4

import pytest

import resources.samples
from console.ops.previews import KEPT, Previews
from worker.core.errors import CorruptFile, NotFoundError, StorageError
from worker.core.jobs import Job, Output, State

SAMPLES = Path(resources.samples.__file__).parent


class Store:
    """Stands in for the object storage: the key is a path, and it counts."""

    def __init__(self) -> None:
        self.fetched: list[str] = []

    def __call__(self, key: str, path: Path) -> None:
        self.fetched.append(key)
        if key == "away":
            raise StorageError("S3 does not answer.")
        shutil.copy(key, path)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def previews(store: Store, tmp_path: Path):
    made = Previews(store, tmp_path / "previews")
    yield made
    made.close()
    assert not (tmp_path / "previews").exists()


def job(key: str, name: str = "scan.pdf", sha256: str = "ab" * 32) -> Job:
    return Job(uuid4(), name, name, State.DONE, outputs={"pdf": Output(key, 1, sha256)})


def test_a_page_fits_into_its_room(previews: Previews):
    english = job(str(SAMPLES / "english-scan.pdf"))
    picture = previews.page(english, 2, 300, 9000)
    assert picture.width == 300
    assert picture.height == pytest.approx(300 * 2339 / 1654, abs=1)
    assert len(picture.data) == picture.stride * picture.height
    assert picture.scale == pytest.approx(300 / 595.4, rel=0.01)
    assert previews.page(english, 2, 9000, 200).height == 200


def test_the_picture_is_the_page_in_colours_of_paper_and_ink(previews: Previews):
    picture = previews.page(job(str(SAMPLES / "english-scan.pdf")), 1, 600, 900)
    assert max(picture.data) > 230
    assert min(picture.data) < 90


def test_a_pdf_is_fetched_once(previews: Previews, store: Store):
    english = job(str(SAMPLES / "english-scan.pdf"))
    for number in (1, 2, 3):
        previews.page(english, number, 72, 102)
    assert len(store.fetched) == 1
    assert previews.pdf(english).name == "scan.pdf"


def test_a_reprocessed_job_shows_its_newest_pdf(previews: Previews, store: Store):
    previews.page(job(str(SAMPLES / "english-scan.pdf")), 1, 72, 102)
    again = previews.page(job(str(SAMPLES / "german-scan.pdf"), sha256="cd" * 32), 1, 72, 102)
    assert again.height == 102
    assert len(store.fetched) == 2


def test_two_jobs_of_another_program_keep_apart(previews: Previews):
    """Such outputs come without a hash, and a scanner gives all files the same name."""
    first = previews.pdf(job(str(SAMPLES / "english-scan.pdf"), sha256=""))
    other = previews.pdf(job(str(SAMPLES / "german-scan.pdf"), sha256=""))
    assert first.read_bytes() != other.read_bytes()


def test_few_documents_stay_open(previews: Previews, tmp_path: Path):
    for number in range(KEPT + 2):
        previews.page(job(str(SAMPLES / "german-scan.pdf"), sha256=f"{number:024}" * 2), 1, 72, 102)
    assert len(list((tmp_path / "previews").rglob("*.pdf"))) == KEPT


def test_a_job_without_a_pdf_says_so(previews: Previews):
    with pytest.raises(NotFoundError, match="has no searchable PDF"):
        previews.page(Job(uuid4(), "a.png", "a.png", State.DONE), 1, 72, 102)


def test_a_page_behind_the_last(previews: Previews):
    with pytest.raises(NotFoundError, match="no page 4"):
        previews.page(job(str(SAMPLES / "english-scan.pdf")), 4, 72, 102)


def test_a_damaged_pdf_is_an_error_of_ours(previews: Previews, tmp_path: Path):
    broken = tmp_path / "broken"
    broken.write_bytes(b"%PDF-1.4 nothing")
    with pytest.raises(CorruptFile, match=r"The PDF of scan\.pdf cannot be opened"):
        previews.page(job(str(broken)), 1, 72, 102)


def test_storage_that_is_away_is_told_and_tried_again(previews: Previews):
    with pytest.raises(StorageError):
        previews.page(job("away"), 1, 72, 102)
    assert previews.page(job(str(SAMPLES / "german-scan.pdf")), 1, 72, 102).height == 102
