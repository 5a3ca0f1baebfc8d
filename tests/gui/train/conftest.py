"""The Train pane in the window: data sets, doctor, runs and shelf are the real engine's, over a
library in a temporary folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from vlm_desktop.compose import build_services
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.train.train_pane import TrainPane


@pytest.fixture
def engine(tmp_path: Path, services: FakeServices) -> Iterator[AppServices]:
    made = build_services(tmp_path / "home")
    services.training = made.training  # type: ignore[assignment]
    yield made
    made.close()


@pytest.fixture
def training(engine: AppServices) -> Training:
    return engine.training


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Six small pictures that look different, named after their colour."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    grid = np.mgrid[0:48, 0:64].sum(axis=0)
    found = []
    for number, name in enumerate(("red", "green", "blue", "yellow", "grey", "white")):
        waves = np.sin(grid / (2 + number))[..., None] * 60 + np.eye(3)[number % 3] * 120 + 60
        path = folder / f"{name}.png"
        Image.fromarray(np.clip(waves, 0, 255).astype(np.uint8)).save(path)
        found.append(path)
    return found


@pytest.fixture
def open_pane(
    engine: AppServices, open_window: Callable[[], MainWindow], qtbot: QtBot
) -> Callable[[], TrainPane]:
    """The pane in a new window; the engine is closed after the lanes ended."""

    def make() -> TrainPane:
        window = open_window()
        window.resize(1180, 780)
        window.show_pane("train")
        pane = window.pane("train")
        assert isinstance(pane, TrainPane), pane
        qtbot.waitUntil(lambda: pane.session.is_listed and pane.isVisible(), timeout=30_000)
        return pane

    return make


@pytest.fixture
def pane(open_pane: Callable[[], TrainPane]) -> TrainPane:
    return open_pane()
