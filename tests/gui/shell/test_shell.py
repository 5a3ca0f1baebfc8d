"""The window around the panes: rail, palette, pause, what comes back at the next start."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMessageBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import FakeServices
from vlm_desktop.base import network
from vlm_desktop.gui.actions import plain
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.late_services import LateServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.palette import CommandPalette, ranked
from vlm_desktop.gui.panes import PANES, PaneSpec
from vlm_desktop.gui.panes.building import BrokenPane
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.state import WindowState
from vlm_desktop.gui.strings import indexing
from vlm_desktop.gui.strings import shell as strings
from vlm_desktop.jobs import JobRunner

OpenWindow = Callable[[], MainWindow]


class NotesPane(Pane):
    """A second pane, to see how panes are shown and remembered."""

    key = "notes"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.text = QLabel(self)
        self.text.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        QVBoxLayout(self).addWidget(self.text)

    def activate(self) -> None:
        self.text.setFocus()

    def state(self) -> dict[str, object]:
        return {"text": self.text.text()}

    def restore(self, state: dict[str, object]) -> None:
        self.text.setText(str(state.get("text", "")))


NOTES = PaneSpec("notes", "PANE_LIBRARY", "library", "Ctrl+7", f"{__name__}:NotesPane")


@pytest.fixture
def open_with(
    qtbot: QtBot, runner: JobRunner, services: FakeServices
) -> Iterator[Callable[[Path], MainWindow]]:
    """Windows with a second pane, that remember in a file."""
    windows = []

    def make(path: Path) -> MainWindow:
        window = MainWindow(services, runner, state=WindowState(path), panes=(PANES[0], NOTES))
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        windows.append(window)
        return window

    yield make
    for window in windows:
        services.release()
        window._closing = True
        window.close()


def test_the_window_starts_where_typing_begins(window: MainWindow) -> None:
    assert window.focusWidget() is window.search.bar.line


def test_a_pane_that_cannot_be_built_says_so_and_leaves_the_others(
    qtbot: QtBot,
    runner: JobRunner,
    services: FakeServices,
    caplog: pytest.LogCaptureFixture,
) -> None:
    lost = PaneSpec("lost", "PANE_LIBRARY", "library", "Ctrl+7", f"{__name__}:NoSuchPane")
    window = MainWindow(services, runner, panes=(PANES[0], lost))
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.shell.show_pane("lost")
    pane = window.pane("lost")
    assert isinstance(pane, BrokenPane)
    assert pane.page.title.text() == strings.PANE_BROKEN
    assert "NoSuchPane" in pane.page.sentence.text()
    assert "NoSuchPane" in caplog.text
    window.shell.show_pane("search")
    assert window.focusWidget() is window.search.bar.line


def test_panes_are_built_when_they_are_first_shown(
    open_with: Callable[[Path], MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    window = open_with(tmp_path / "window.json")
    assert not window.findChildren(NotesPane)
    qtbot.mouseClick(window.rail.buttons["notes"], Qt.MouseButton.LeftButton)
    pane = window.findChild(NotesPane)
    assert window.stack.currentWidget() is pane
    assert window.rail.buttons["notes"].isChecked()
    assert window.focusWidget() is pane.text
    window.desk.navigator.search_wanted.emit("dog")
    assert window.rail.buttons["search"].isChecked()
    assert window.search.bar.line.text() == "dog"


def test_the_arrows_walk_along_the_rail(
    open_with: Callable[[Path], MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    window = open_with(tmp_path / "window.json")
    first, second = window.rail.buttons.values()
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Down)
    assert window.focusWidget() is second
    qtbot.keyClick(second, Qt.Key.Key_Space)
    assert isinstance(window.stack.currentWidget(), NotesPane)


def test_pane_query_and_size_come_back(
    open_with: Callable[[Path], MainWindow], tmp_path: Path
) -> None:
    path = tmp_path / "home" / "window.json"
    first = open_with(path)
    first.resize(720, 600)
    first.search.bar.line.setText("dog on a beach")
    first.show_pane("notes")
    first.stack.currentWidget().text.setText("kept")
    first.close()
    second = open_with(path)
    assert second.size() == QSize(720, 600)
    assert second.rail.buttons["notes"].isChecked()
    assert second.stack.currentWidget().text.text() == "kept"
    assert second.search.bar.line.text() == "dog on a beach"


@pytest.mark.parametrize(
    "written", ["", "[1]", '{"pane": "gone", "geometry": 7, "pane.search": []}', "\0\0"]
)
def test_a_damaged_memory_of_the_window_does_no_harm(
    open_with: Callable[[Path], MainWindow], tmp_path: Path, written: str
) -> None:
    path = tmp_path / "window.json"
    path.write_text(written)
    window = open_with(path)
    assert window.rail.buttons["search"].isChecked()
    window.close()
    assert json.loads(path.read_text())["pane"] == "search"


# --- commands ----------------------------------------------------------------------------


def test_every_action_of_the_menus_is_in_the_palette(window: MainWindow, qtbot: QtBot) -> None:
    window.desk.actions.get("view.commands").trigger()
    palette = window.findChild(CommandPalette)
    listed = {palette.list.item(row).text().split(",")[0] for row in range(palette.list.count())}
    for menu in window.menuBar().actions():
        for action in menu.menu().actions():
            if action.isEnabled() and not action.isSeparator():
                assert plain(action.text()) in listed, action.text()


def test_the_palette_is_used_without_leaving_the_keyboard(
    window: MainWindow, services: FakeServices, qtbot: QtBot
) -> None:
    window.search.grid.setFocus()
    window.shell.show_palette()
    palette = window.findChild(CommandPalette)
    qtbot.keyClicks(palette.line, "zzzz")
    assert palette.nothing.isVisible()
    palette.line.clear()
    qtbot.keyClicks(palette.line, "find ph")
    assert palette.list.currentItem().text().startswith("Find photos")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.focusWidget() is window.search.bar.line)


def test_names_that_begin_as_typed_come_first() -> None:
    actions = [QAction(text) for text in ("Look for &changes", "E&xport…", "&Copy", "Find faces")]
    names = [plain(action.text()) for action in ranked(actions, "f")]
    assert names == ["Find faces", "Look for changes"]
    assert [plain(action.text()) for action in ranked(actions, "cp")] == ["Copy"]


# --- work --------------------------------------------------------------------------------


def test_work_is_paused_and_goes_on(
    window: MainWindow, services: FakeServices, qtbot: QtBot
) -> None:
    services.files_to_index = 400_000
    window.add_folder(Path("/photos"))
    qtbot.waitUntil(lambda: "of 400,000" in window.status.text.text())
    qtbot.mouseClick(window.status.pause, Qt.MouseButton.LeftButton)
    assert window.status.text.text().startswith("Paused: ")
    assert window.status.pause.text() == strings.RESUME
    qtbot.wait(60)
    done = window.status.bar.value()
    qtbot.wait(120)
    assert window.status.bar.value() == done < 400_000
    assert window.status.text.text().startswith("Paused: ")
    qtbot.mouseClick(window.status.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.status.bar.value() > done)
    window.indexing.stop()
    qtbot.waitUntil(lambda: not window.indexing.is_running)


def test_paused_work_can_be_stopped(
    window: MainWindow, services: FakeServices, qtbot: QtBot
) -> None:
    services.files_to_index = 400_000
    window.add_folder(Path("/photos"))
    qtbot.waitUntil(lambda: "of 400,000" in window.status.text.text())
    qtbot.mouseClick(window.status.pause, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.status.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.status.text.text() == indexing.STOPPED)


def test_closing_during_work_asks_once_and_may_be_refused(
    window: MainWindow, services: FakeServices, qtbot: QtBot
) -> None:
    services.index_gate.clear()
    window.add_folder(Path("/photos"))
    qtbot.waitUntil(lambda: bool(services.indexed_folders))
    window.close()
    box = window.findChild(QMessageBox)
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findChildren(QMessageBox))
    assert window.isVisible()
    assert window.indexing.is_running


def test_the_sign_says_when_the_network_is_used(window: MainWindow) -> None:
    assert window.status.network.text() == "Network: off"
    window.show_network(network.Open("download", "hub.example"))
    assert window.status.network.text() == "Network: hub.example"
    window.show_network(network.Off())
    assert window.status.network.text() == "Network: off"


def test_the_model_that_answers_is_named(
    open_window: OpenWindow, services: FakeServices, qtbot: QtBot
) -> None:
    services.contents = 3
    window = open_window()
    qtbot.waitUntil(lambda: window.status.model.isVisible())
    assert window.status.model.text() == "Model: fake"


# --- the engine comes late -------------------------------------------------------------------


def test_the_engine_is_built_once_and_only_when_it_is_asked(tmp_path: Path) -> None:
    built: list[FakeServices] = []

    def build() -> FakeServices:
        built.append(FakeServices(tmp_path))
        return built[-1]

    late = LateServices(build)
    late.close()
    assert built == []
    assert late.info().contents == 0
    assert late.quarantine() == ()
    assert len(built) == 1


def test_an_engine_that_cannot_be_built_is_tried_again(tmp_path: Path) -> None:
    answers: list[object] = [OSError("no"), FakeServices(tmp_path)]

    def build() -> FakeServices:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, FakeServices)
        return answer

    late = LateServices(build)
    with pytest.raises(OSError, match="no"):
        late.info()
    assert late.info().contents == 0
