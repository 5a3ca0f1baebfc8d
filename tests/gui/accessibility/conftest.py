"""The real program on a real desktop, with a library of real photos."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui.accessibility.desktop import Desktop, Program, what_is_missing
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
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """One screen with its buses for all tests of a run."""
    missing = what_is_missing()
    if missing:
        pytest.skip(missing)
    with Desktop(tmp_path_factory.mktemp("desktop")) as made:
        yield made


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few photos that scikit-image installs, and one file that is none."""
    source = sample_photos()
    assert source is not None, "scikit-image is a dependency"
    folder = tmp_path_factory.mktemp("pictures") / "Fotos für Anna"
    folder.mkdir()
    for name in PHOTOS:
        shutil.copy(source / name, folder / name)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no photo")
    return folder


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, photos: Path) -> Path:
    """A home folder whose library holds `photos`; to be copied, never used."""
    home = tmp_path_factory.mktemp("library") / "home"
    set_up(home)
    services = build_services(home)
    for _ in services.index((photos,), CancelToken()):
        pass
    services.close()
    return home


@pytest.fixture
def start(desktop: Desktop, tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts the program over a copy of a library, or over an empty home."""
    started: list[Program] = []

    def make(library: Path | None = None, *arguments: str) -> Program:
        home = tmp_path / f"home{len(started)}"
        if library is None:
            set_up(home)
        else:
            shutil.copytree(library, home)
        desktop.ask("events")
        program = Program(desktop, home, *arguments)
        started.append(program)
        return program

    yield make
    for program in started:
        program.kill()
