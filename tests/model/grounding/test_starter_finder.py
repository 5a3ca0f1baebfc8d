"""The bundled starter finds phrases in a real photo, and refuses absent ones."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vlm_desktop.backends.encoders.cell_tower import CellTower
from vlm_desktop.backends.encoders.onnx_dual import OnnxDualEncoder
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, ModelBroken
from vlm_desktop.base.grounding import GroundPicture
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.ground import starterfinding
from vlm_desktop.engine.ground.cellmaps import FINE
from vlm_desktop.engine.ground.spatial import overlap
from vlm_desktop.engine.ground.starterfinding import StarterFinder

STARTER = Path(__file__).parents[3] / "models" / "starter"


@pytest.fixture(scope="module")
def encoders() -> Iterator[Encoders]:
    made = Encoders(
        lambda model_id: OnnxDualEncoder(STARTER, model_id=model_id, provider="cpu", threads=1)
    )
    yield made
    made.close()


@pytest.fixture(scope="module")
def finder(encoders: Encoders) -> StarterFinder:
    return StarterFinder(encoders, "starter")


def picture(pixels: np.ndarray, name: str, scale: int = 1) -> GroundPicture:
    size = Size(pixels.shape[1] * scale, pixels.shape[0] * scale)
    return GroundPicture(Path("x.jpg"), name, size, pixels)


@pytest.fixture(scope="module")
def cat(shared_data: Path) -> GroundPicture:
    path = shared_data / "coco_photos" / "images" / "train2017" / "000000000650.jpg"
    return picture(np.asarray(Image.open(path).convert("RGB")), "cat")


def test_pooling_all_cells_is_the_encoders_own_vector(encoders: Encoders) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (90, 130, 3)).astype(np.uint8)
    tower = encoders.cells("starter")
    cells = tower.look([pixels])[0]
    vector = tower.pool(cells, np.ones((1, 49), np.float32))
    np.testing.assert_allclose(vector, encoders.images("starter", [pixels]), atol=1e-5)
    part = np.zeros((2, 49), np.float32)
    part[0, :10], part[1, 20] = 1, 0.2
    np.testing.assert_allclose(np.linalg.norm(tower.pool(cells, part), axis=1), 1, rtol=1e-5)


def test_a_tower_without_its_head_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_bytes((STARTER / "model.toml").read_bytes())
    (tmp_path / "image.onnx").write_bytes((STARTER / "image.onnx").read_bytes()[:4000])
    with pytest.raises(ModelBroken, match=r"image\.onnx"):
        CellTower(tmp_path, model_id="cut")


def test_present_and_absent_phrases_differ(finder: StarterFinder, cat: GroundPicture) -> None:
    found = finder.find(cat, "cat", CancelToken())
    assert found.present > 0.6
    assert finder.find(cat, "surfboard", CancelToken()).present < 0.35
    best = found.regions[0]
    confidences = [one.confidence for one in found.regions]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < one < 1 for one in confidences)
    size = cat.size
    whole = Box(0, 0, size.width, size.height)
    assert overlap(best.box, whole) > 0.2
    assert found.heatmap is not None
    assert found.heatmap.values.shape == (FINE, FINE)
    assert found.heatmap.values.max() <= 1


def test_a_picture_is_looked_at_once(
    finder: StarterFinder, cat: GroundPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder.find(cat, "cat", CancelToken())

    def looked(*_: object) -> None:
        raise AssertionError("it was looked at again")

    monkeypatch.setattr(starterfinding, "look", looked)
    heat = finder.heat(cat, "a dog", CancelToken())
    assert heat.values.shape == (FINE, FINE)


@pytest.mark.parametrize("shape", [(1, 1), (300, 3), (3, 300)])
def test_odd_pictures_have_boxes_inside(finder: StarterFinder, shape: tuple[int, int]) -> None:
    odd = picture(np.full((*shape, 3), 120, np.uint8), f"odd {shape}", scale=4)
    found = finder.find(odd, "dog", CancelToken())
    assert found.regions
    for region in found.regions:
        assert 0 <= region.box.x0 < region.box.x1 <= odd.size.width
        assert 0 <= region.box.y0 < region.box.y1 <= odd.size.height


def test_a_cancelled_search_stops(finder: StarterFinder) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        finder.find(picture(np.zeros((50, 50, 3), np.uint8), "new"), "dog", cancel)
