"""Pages of a PDF are pictures of their own, each with its own objects."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.grounding import file_hash, page_hash, page_of
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.chatpictures import PictureLoader
from vlm_desktop.engine.ground.pictures import GroundPictures
from vlm_desktop.media.pool import DecodePool


@pytest.fixture
def pictures() -> Iterator[GroundPictures]:
    loader = PictureLoader(lambda: DecodePool(1, DecodeLimits()))
    yield GroundPictures(loader)
    loader.close()


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """Two pages, a red and a blue one of another size."""
    path = tmp_path / "paper.pdf"
    first, second = Image.new("RGB", (200, 100), "red"), Image.new("RGB", (100, 300), "blue")
    first.save(path, save_all=True, append_images=[second])
    return path


def test_each_page_is_loaded_under_a_name_of_its_own(pictures: GroundPictures, paper: Path) -> None:
    first, second = (pictures.load(paper, CancelToken(), page) for page in (0, 2))
    assert [(one.page, one.pages) for one in (first, second)] == [(1, 2), (2, 2)]
    assert first.size.width > first.size.height
    assert second.size.height > second.size.width
    assert second.pixels[5, 5].argmax() == 2
    assert first.content_hash != second.content_hash
    assert file_hash(second.content_hash) == first.content_hash
    assert (page_of(first.content_hash), page_of(second.content_hash)) == (0, 2)
    with pytest.raises(MediaRefused):
        pictures.load(paper, CancelToken(), 3)


def test_a_photo_has_no_pages(pictures: GroundPictures, tmp_path: Path) -> None:
    Image.new("RGB", (20, 10)).save(tmp_path / "photo.png")
    found = pictures.load(tmp_path / "photo.png", CancelToken())
    assert (found.page, found.pages) == (0, 0)


def test_names_of_pages() -> None:
    assert page_hash("ab", 0) == page_hash("ab", 1) == "ab"
    assert page_hash("ab", 12) == "ab#12"
    assert (page_of("ab#12"), file_hash("ab#12")) == (12, "ab")
    assert page_of("ab#²") == 0
