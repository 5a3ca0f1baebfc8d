"""A made picture outlined, found, kept and opened again by the real engine, in the window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from vlm_desktop.compose import build_services
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.ground.ground_pane import GroundPane


@pytest.fixture
def engine(tmp_path: Path, services: FakeServices) -> Iterator[AppServices]:
    """Everything but the rest of the window's engine is real."""
    made = build_services(tmp_path / "home")
    services.ground = made.ground  # type: ignore[assignment]
    yield made
    made.close()


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """A red disc of 80 pixels on a grey ground with a little noise."""
    rows, columns = np.mgrid[0:240, 0:360]
    inside = (rows - 120) ** 2 + (columns - 110) ** 2 < 40**2
    pixels = np.where(inside[..., None], (190, 40, 30), (150, 155, 160))
    noise = np.random.default_rng(1).integers(-6, 7, pixels.shape)
    path = tmp_path / "disc.png"
    Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8)).save(path)
    return path


def test_a_click_takes_the_disc_and_it_is_there_again(
    engine: AppServices, open_window: Callable[[], MainWindow], disc: Path, qtbot: QtBot
) -> None:
    window = open_window()
    window.show_pane("ground")
    pane = window.pane("ground")
    assert isinstance(pane, GroundPane)
    pane.session.open(disc)
    qtbot.waitUntil(lambda: pane.session.picture is not None, timeout=20_000)
    pane.hands.click(QPointF(110, 120), True)
    qtbot.waitUntil(lambda: pane.pointing.mask is not None, timeout=20_000)
    box = pane.pointing.mask.box
    assert box is not None
    assert abs(box.x0 - 70) < 6
    assert abs(box.x1 - 150) < 6
    pane.hands.keep()
    pane.hands.label("disc")
    picture = pane.session.picture
    qtbot.waitUntil(
        lambda: [one.label for one in engine.ground.keeping.objects(picture).objects] == ["disc"]
    )
    pane.session.open(None)
    pane.session.open(disc)
    qtbot.waitUntil(lambda: len(pane.session.objects) == 1, timeout=20_000)
    assert pane.session.objects[0].mask is not None
