"""Fixtures of the tests of promptable segmenters: tiny networks and pictures to point at."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.model.segmentation import tiny
from vlm_desktop.base.arrays import PixelArray


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny network of a family, written at first use; not to be changed."""
    parent = tmp_path_factory.mktemp("tiny-masks")

    def folder(name: str) -> Path:
        path = parent / name
        return path if path.exists() else tiny.build(name, path)

    return folder


@pytest.fixture
def own_folder(tiny_folder: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    """A copy that a test may change."""

    def folder(name: str) -> Path:
        return shutil.copytree(tiny_folder(name), tmp_path / name)

    return folder


@pytest.fixture
def picture() -> PixelArray:
    """A disc on a slope, wider than high."""
    rows, columns = np.mgrid[0:50, 0:90]
    red = (columns * 2).astype(np.uint8)
    green = np.where((columns - 30) ** 2 + (rows - 25) ** 2 < 300, 220, 40).astype(np.uint8)
    return np.stack([red, green, (rows * 4).astype(np.uint8)], axis=2)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks gain nothing by threads, and tests side by side lose by them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
