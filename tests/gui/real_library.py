"""A library of real photos, made once for all tests of the window that ask for it."""

import shutil
from pathlib import Path

import pytest

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.settings import Settings, save_settings
from vlm_desktop.compose import build_services
from vlm_desktop.engine.samples import sample_photos

PHOTOS = ("chelsea.png", "coffee.png", "astronaut.png", "rocket.jpg", "hubble_deep_field.jpg")


def set_up(home: Path) -> None:
    """Settings that keep a test short and its words English."""
    save_settings(
        home / "settings.json", Settings(language="en", theme="light", ocr=False, decode_workers=1)
    )


@pytest.fixture(scope="session")
def real_photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few photos that scikit-image installs, and one file that is none. Not to be changed."""
    source = sample_photos()
    assert source is not None, "scikit-image is a dependency"
    folder = tmp_path_factory.mktemp("pictures") / "Fotos für Anna"
    folder.mkdir()
    for name in PHOTOS:
        shutil.copy(source / name, folder / name)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no photo")
    return folder


@pytest.fixture(scope="session")
def real_library(tmp_path_factory: pytest.TempPathFactory, real_photos: Path) -> Path:
    """A home folder whose library holds `real_photos`; to be copied, never used."""
    home = tmp_path_factory.mktemp("library") / "home"
    set_up(home)
    services = build_services(home)
    for _ in services.index((real_photos,), CancelToken()):
        pass
    services.close()
    return home
