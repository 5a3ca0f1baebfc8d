"""The Ground pane in the window, over a real library in a temporary folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from tests.gui.ground.fake_ground import SIZE, FakeGround
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.ground.ground_pane import GroundPane


@pytest.fixture
def ground(tmp_path: Path, services: FakeServices) -> Iterator[FakeGround]:
    """What the window's engine knows of pointing and naming."""
    made = FakeGround(tmp_path / "home")
    services.ground = made  # type: ignore[assignment]
    yield made
    made.close()


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Three small pictures that differ."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    paths = [folder / f"picture {number}.png" for number in (1, 2, 3)]
    for number, path in enumerate(paths):
        pixels = np.full((SIZE.height, SIZE.width, 3), 40 * (number + 1), np.uint8)
        Image.fromarray(pixels).save(path)
    return paths


@pytest.fixture
def open_pane(
    ground: FakeGround, open_window: Callable[[], MainWindow], qtbot: QtBot
) -> Callable[[], GroundPane]:
    """The pane in a new window. The library is closed after the lanes ended."""

    def make() -> GroundPane:
        window = open_window()
        window.resize(1180, 780)
        window.show_pane("ground")
        pane = window.pane("ground")
        assert isinstance(pane, GroundPane), pane
        qtbot.waitUntil(lambda: pane.pictures.sentence.text() != "" and pane.isVisible())
        return pane

    return make


@pytest.fixture
def pane(open_pane: Callable[[], GroundPane], pictures: list[Path], qtbot: QtBot) -> GroundPane:
    """With the first picture open."""
    made = open_pane()
    made.session.open(pictures[0])
    qtbot.waitUntil(lambda: made.session.picture is not None)
    made.focus_picture()
    return made
