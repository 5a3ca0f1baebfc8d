"""A decoder process that the tests of one module share."""

from collections.abc import Callable, Iterator

import pytest

from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.ground.exporting import GroundExports
from vlm_desktop.engine.ground.keeping import KeptObjects
from vlm_desktop.engine.ground.objectpixels import ObjectPixels
from vlm_desktop.engine.viewing import Viewer
from vlm_desktop.media.pool import DecodePool


@pytest.fixture(scope="module")
def viewer() -> Iterator[Viewer]:
    made = Viewer(lambda: DecodePool(1, DecodeLimits()))
    yield made
    made.close()


@pytest.fixture
def exports_of(viewer: Viewer) -> Callable[[KeptObjects], GroundExports]:
    """Exports that read pictures through the shared process."""

    def make(keeping: KeptObjects) -> GroundExports:
        made = GroundExports(keeping, lambda: DecodePool(1, DecodeLimits()))
        made._viewer = viewer
        made._pixels = ObjectPixels(keeping, viewer)
        return made

    return make
