"""The window over the real engine: real photos, the real model, from folder to opened photo."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vlm_desktop.base.settings import Settings, save_settings
from vlm_desktop.compose import build_services
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.jobs import JobRunner

PHOTOS = ("chelsea.png", "coffee.png", "astronaut.png", "rocket.jpg", "hubble_deep_field.jpg")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A few photos that scikit-image installs, and one file that is none."""
    source = sample_photos()
    assert source is not None, "scikit-image is a dependency"
    folder = tmp_path / "Fotos für Anna"
    folder.mkdir()
    for name in PHOTOS:
        shutil.copy(source / name, folder / name)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no photo")
    return folder


@pytest.fixture
def real_services(tmp_path: Path) -> Iterator[AppServices]:
    home = tmp_path / "home"
    save_settings(home / "settings.json", Settings(ocr=False, decode_workers=1))
    services = build_services(home)
    yield services
    services.close()


def test_from_a_folder_to_an_opened_photo(
    qtbot: QtBot, photos: Path, real_services: AppServices, runner: JobRunner
) -> None:
    opened: list[Path] = []
    window = MainWindow(real_services, runner, lambda path: not opened.append(path))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.search.page.primary.isVisible(), timeout=10_000)

    window.add_folder(photos)
    with qtbot.waitSignal(window.indexing.finished, timeout=60_000):
        pass
    assert window.status.text.text() == "5 photos indexed"
    qtbot.waitUntil(lambda: window.search.hits.rowCount() == len(PHOTOS))
    assert window.status.set_aside.text() == "1 file set aside"

    qtbot.keyClicks(window.search.bar.line, "a cat")
    window.search.bar.show_all.setChecked(True)
    qtbot.waitUntil(lambda: len(window.search.hits.hits) == len(PHOTOS), timeout=20_000)
    best = max(window.search.hits.hits, key=lambda hit: hit.score)
    assert best.path == photos / "chelsea.png"
    qtbot.waitUntil(
        lambda: all(window.search.grid.picture_of(row) is not None for row in range(len(PHOTOS))),
        timeout=10_000,
    )
    qtbot.keyClick(window.search.bar.line, Qt.Key.Key_Down)
    qtbot.keyClick(window.search.grid, Qt.Key.Key_Return)
    view = window.search.photo.view
    qtbot.waitUntil(lambda: view.path == photos / "chelsea.png", timeout=10_000)
    qtbot.waitUntil(lambda: view.canvas.image.width() == 451, timeout=10_000)
    window.desk.actions.get("photo.open-outside").trigger()
    assert opened == [photos / "chelsea.png"]

    window.desk.actions.get("file.update").trigger()
    with qtbot.waitSignal(window.indexing.finished, timeout=60_000):
        pass
    assert window.status.text.text() == "Nothing has changed."
    window.close()
