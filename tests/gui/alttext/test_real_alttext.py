"""The pane over the real engine: SQLite, decoders and all, with a model of a few words."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes import ColourEncoder, FakeChatModel, FakeRegistry, SignReader, make_photo
from vlm_desktop.base.alttext import AltState, Author, Decision
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui import theme
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.state import WindowState
from vlm_desktop.jobs import JobRunner
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

Open = Callable[..., AltTextPane]
PATIENCE = 20_000
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, colour in enumerate(("red", "green", "blue")):
        make_photo(tmp_path / "photos" / f"{colour}.jpg", colour, (200, 100), seed=number)
    return tmp_path / "photos"


@pytest.fixture
def open_services(tmp_path: Path) -> Iterator[Callable[[], AppServices]]:
    """The engine with decoders of its own, since the pane decodes while files are looked at."""
    opened: list[AppServices] = []

    def build() -> AppServices:
        paths, limits = HomePaths(tmp_path / "home"), DecodeLimits(seconds=10)
        model = FakeChatModel(say=lambda *_: "A field of one colour.")
        services = AppServices(
            paths,
            replace(Settings(), search_model="colours"),
            FakeRegistry(ColourEncoder(), SignReader(""), {"starter": model}),  # type: ignore[arg-type]
            lambda: Library.open(paths),
            lambda: DecodePool(1, limits),
        )
        opened.append(services)
        return services

    yield build
    for services in opened:
        services.close()


@pytest.fixture
def open_pane(
    qtbot: QtBot,
    qapp: object,
    runner: JobRunner,
    open_services: Callable[[], AppServices],
    tmp_path: Path,
) -> Iterator[Open]:
    """The pane in a window over the engine; again: the program's next start."""
    theme.apply(qapp, "light")
    windows: list[MainWindow] = []

    def make() -> AltTextPane:
        services = open_services()
        state = WindowState(tmp_path / "window.json")
        window = MainWindow(services, runner, lambda _: True, state=state)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        windows.append(window)
        window.show_pane("alttext")
        pane = window.pane("alttext")
        assert isinstance(pane, AltTextPane), pane
        qtbot.waitUntil(lambda: pane.session.is_known, timeout=PATIENCE)
        return pane

    yield make
    for window in windows:
        window.close_now()


def test_from_a_folder_to_approved_texts_and_found_again_at_the_next_start(
    open_pane: Open, folder: Path, qtbot: QtBot
) -> None:
    pane = open_pane()
    pane.sets.take_paths([folder])
    qtbot.waitUntil(lambda: pane.session.current is not None, timeout=PATIENCE)
    ids = pane.queue.model.ids
    assert len(ids) == 3
    # The program says by itself what it would decide, from pixels and words alone.
    qtbot.waitUntil(lambda: pane.session.current.suggestion is not None, timeout=PATIENCE)
    qtbot.keyClick(pane.queue.view, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: pane.session.current.decision is Decision.INFORMATIVE)
    qtbot.keyClick(pane.queue.view, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: pane.session.text.alt != "", timeout=PATIENCE)
    assert pane.session.text.alt == "A field of one colour."
    assert pane.session.text.written_by.author is Author.MODEL
    box = pane.editor.alt.box
    pane.editor.focus_alt()
    qtbot.keyClick(box, Qt.Key.Key_End, CONTROL)
    qtbot.keyClicks(box, " It is blue.")
    qtbot.keyClick(box, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: pane.session.current_id == ids[1], timeout=PATIENCE)
    assert pane.session.images[ids[0]].text("en").state is AltState.APPROVED
    # All others, as work in the status line.
    pane.batch.start()
    qtbot.waitUntil(lambda: not pane.batch.is_running, timeout=2 * PATIENCE)
    qtbot.waitUntil(lambda: pane.session.text.state is AltState.DRAFT, timeout=PATIENCE)
    qtbot.keyClicks(box, "Not lost: ")
    window = pane.window()
    assert isinstance(window, MainWindow)
    window.close_now()
    again = open_pane()
    qtbot.waitUntil(lambda: again.session.current is not None, timeout=PATIENCE)
    assert again.session.current_id == ids[1]
    assert again.editor.alt.text == "Not lost: A field of one colour."
    approved = again.session.images[ids[0]].text("en")
    assert (approved.alt, approved.state) == (
        "A field of one colour. It is blue.",
        AltState.APPROVED,
    )
    again.queue.choose(ids[0])
    again.actions_of_pane.show_history()
    qtbot.waitUntil(lambda: len(again.editor.history.lines) >= 4, timeout=PATIENCE)
    acts = [line.event.act.value for line in again.editor.history.lines]
    assert acts[0] == "approved"
    assert {"drafted", "edited", "decided"} <= set(acts)
