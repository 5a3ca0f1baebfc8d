"""The Alt text pane in the window, over a real library in a temporary folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.fakes import make_photo
from tests.flow.engine.conftest import drive, pool
from tests.gui.alttext.fake_alttext import FakeAltTexts
from tests.gui.fake_services import FakeServices
from vlm_desktop.base.alttext import AltImage, AltSet, Brief, SetSource
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.media.pool import DecodePool

__all__ = ["drive", "pool"]

NAMES = ("1 bridge", "2 cat", "10 harbour")


@pytest.fixture
def alttext(tmp_path: Path, services: FakeServices, pool: DecodePool) -> Iterator[FakeAltTexts]:  # noqa: F811
    """What the window's engine knows of alt texts."""
    made = FakeAltTexts(tmp_path / "home", pool)
    services.alttext = made  # type: ignore[assignment]
    yield made
    made.drafting.gate.set()
    made.checking.gate.set()
    made.close()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with three photos of different colours."""
    folder = tmp_path / "photos"
    colours = ("red", "green", "blue")
    for number, (name, colour) in enumerate(zip(NAMES, colours, strict=True)):
        make_photo(folder / f"{name}.jpg", colour, seed=number)
    return folder


@pytest.fixture
def make_set(alttext: FakeAltTexts, photos: Path) -> Callable[..., AltSet]:
    """A set with those photos, looked at."""

    def make(name: str = "Harbour", brief: Brief | None = None) -> AltSet:
        made = alttext.sets.new_set(name, SetSource.FOLDER, origin=photos, brief=brief)
        drive(alttext.sets.add_folder(made.id, photos, CancelToken()))
        drive(alttext.sets.refresh(made.id, CancelToken()))
        return alttext.sets.one_set(made.id)

    return make


@pytest.fixture
def open_pane(
    open_window: Callable[[], MainWindow], alttext: FakeAltTexts, qtbot: QtBot
) -> Callable[[], AltTextPane]:
    """The pane in a new window, its sets read."""

    def make() -> AltTextPane:
        window = open_window()
        window.resize(1180, 780)
        window.show_pane("alttext")
        pane = window.pane("alttext")
        assert isinstance(pane, AltTextPane), pane
        qtbot.waitUntil(lambda: pane.session.is_known)
        if pane.session.sets:
            qtbot.waitUntil(lambda: pane.session.current is not None)
        return pane

    return make


@pytest.fixture
def pane(make_set: Callable[..., AltSet], open_pane: Callable[[], AltTextPane]) -> AltTextPane:
    """Over a set of three photos, the first of which is current."""
    make_set()
    return open_pane()


@pytest.fixture
def image(alttext: FakeAltTexts, pane: AltTextPane) -> Callable[[int], AltImage]:
    """An image of the set as it is kept now, by its place."""

    def find(number: int = 0) -> AltImage:
        ids = list(pane.session.images)
        return alttext.sets.image(ids[number])

    return find
