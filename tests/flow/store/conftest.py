"""A library in a temporary home, and one root."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.store.store_builders import folder, spec
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import Root


@pytest.fixture
def home(tmp_path: Path) -> HomePaths:
    return HomePaths(tmp_path / "home")


@pytest.fixture
def library(home: HomePaths) -> Iterator[Library]:
    with Library.open(home) as opened:
        opened.begin_model(spec())
        yield opened


@pytest.fixture
def root(library: Library, tmp_path: Path) -> Root:
    return library.add_root(folder(tmp_path / "photos"))
