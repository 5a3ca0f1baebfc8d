"""Pictures on their way to a model: photos, PDF pages, animations, huge ones; and their names."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.fakes import colour_of, make_photo
from tests.flow.chat.conftest import LentPool
from tests.unit.media.picturemaking import text_pdf
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chaterrors import BadRegion
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.types import Box
from vlm_desktop.engine.chatpictures import REGION_SIDE, PictureLoader
from vlm_desktop.media.pool import DecodePool


class CountingPool(LentPool):
    def __init__(self, pool: DecodePool) -> None:
        super().__init__(pool)
        lent, self.decoded = pool.decode, 0

        def decode(*arguments, **named):
            self.decoded += 1
            return lent(*arguments, **named)

        self.decode = decode


@pytest.fixture
def lent(pool: DecodePool) -> CountingPool:
    return CountingPool(pool)


@pytest.fixture
def loader(lent: CountingPool) -> Iterator[PictureLoader]:
    loader = PictureLoader(lambda: lent)  # type: ignore[arg-type, return-value]
    yield loader
    loader.close()


def load(loader: PictureLoader, path: Path, box: Box | None = None, page: int = 0):
    return loader.load(Attachment(path, page, box), CancelToken())


def test_a_second_look_decodes_nothing(
    loader: PictureLoader, lent: CountingPool, tmp_path: Path
) -> None:
    path = make_photo(tmp_path / "a.jpg", "red")
    first, second = load(loader, path), load(loader, path)
    assert (lent.decoded, second.seconds) == (1, 0.0)
    assert first.seconds > 0
    assert first.image.pixels is second.image.pixels
    make_photo(path, "blue", seed=4)
    changed = load(loader, path)
    assert colour_of(changed.image.pixels) == "blue"
    assert changed.image.key != first.image.key


def test_the_name_of_pixels_tells_content_page_region_and_size(
    loader: PictureLoader, tmp_path: Path
) -> None:
    path = make_photo(tmp_path / "a.jpg", "red")
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(path.read_bytes())
    whole, region = load(loader, path), load(loader, path, Box(10, 10, 50, 40))
    assert whole.image.key == load(loader, copy).image.key
    assert region.image.key == f"{whole.content_hash}:0:10,10,50,40:40x30"
    assert whole.image.key.endswith(":96x64")


def test_an_animation_shows_its_first_frame(loader: PictureLoader, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ((220, 30, 30), (40, 60, 220))]
    path = tmp_path / "moving.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert colour_of(load(loader, path).image.pixels) == "red"


def test_a_page_of_a_pdf_and_a_part_of_it_in_points(loader: PictureLoader, tmp_path: Path) -> None:
    path = tmp_path / "two.pdf"
    path.write_bytes(text_pdf("first", "second", width=300, height=200))
    first, second = load(loader, path), load(loader, path, page=2)
    assert (first.attachment.page, second.attachment.page) == (1, 2)
    assert (first.size.width, first.size.height) == (300, 200)
    assert first.image.key != second.image.key
    part = load(loader, path, Box(0, 0, 150, 100), page=2)
    height, width = part.image.pixels.shape[:2]
    assert abs(width / height - 1.5) < 0.02
    assert height >= REGION_SIDE * 0.98
    with pytest.raises(MediaRefused):
        load(loader, path, page=3)


def test_a_hundred_megapixels_come_at_a_size_a_model_can_use(
    loader: PictureLoader, tmp_path: Path
) -> None:
    path = tmp_path / "huge.jpg"
    halves = np.zeros((10_000, 10_000, 3), np.uint8)
    halves[:] = (220, 30, 30)
    halves[:, 5_000:] = (40, 60, 220)
    Image.fromarray(halves).save(path, quality=40)
    del halves
    loaded = load(loader, path)
    assert (loaded.size.width, loaded.size.height) == (10_000, 10_000)
    assert 2_048 <= loaded.image.pixels.shape[0] <= 4_096
    region = load(loader, path, Box(9_000, 100, 9_600, 500))
    assert colour_of(region.image.pixels) == "blue"
    height, width = region.image.pixels.shape[:2]
    assert height >= 80  # a busy machine may give up on the full size
    assert width == height * 3 // 2


@pytest.mark.parametrize(
    "box", [Box(96, 0, 120, 20), Box(-20, 0, 0, 20), Box(0, 64, 20, 90), Box(10, -9, 20, -1)]
)
def test_a_region_beside_the_picture_is_refused(
    loader: PictureLoader, tmp_path: Path, box: Box
) -> None:
    path = make_photo(tmp_path / "a.jpg", "red")
    with pytest.raises(BadRegion) as refused:
        load(loader, path, box)
    assert refused.value.fields == {"path": path, "width": 96, "height": 64}


def test_a_region_that_reaches_out_is_what_lies_inside(
    loader: PictureLoader, tmp_path: Path
) -> None:
    path = make_photo(tmp_path / "a.jpg", "red")
    assert load(loader, path, Box(-50, 50, 30, 500)).image.pixels.shape[:2] == (14, 30)


def test_grey_is_of_the_same_size(loader: PictureLoader, tmp_path: Path) -> None:
    loaded = load(loader, make_photo(tmp_path / "a.jpg", "red"))
    blank = loaded.blanked()
    assert blank.pixels.shape == loaded.image.pixels.shape
    assert np.unique(blank.pixels).tolist() == [128]
    assert blank.key != loaded.image.key
