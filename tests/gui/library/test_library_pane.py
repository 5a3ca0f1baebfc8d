"""The Library pane: its list of sections, the way through it, and its words for screen readers."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.fake_folders import folder_state, set_aside_files
from tests.gui.fake_services import FakeServices
from vlm_desktop.base.errors import Refusal
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.library import SECTIONS
from vlm_desktop.gui.panes.library.library_pane import LibraryPane

OWN = ("folders", "set-aside")


@pytest.fixture
def pane(qtbot: QtBot, window: MainWindow, services: FakeServices) -> LibraryPane:
    services.folders.known = [folder_state(services.folder)]
    services.folders.aside = set_aside_files([(services.folder / "a.jpg", Refusal.EMPTY)])
    window.show_pane("library")
    shown = window.pane("library")
    assert isinstance(shown, LibraryPane)
    qtbot.waitUntil(lambda: shown.section("folders").model.rowCount() == 1)
    return shown


def test_every_section_is_a_command(window: MainWindow) -> None:
    commands = {command.id for command in window.desk.actions}
    assert {f"library.{spec.key}" for spec in SECTIONS} <= commands


def test_the_list_leads_to_the_sections_and_esc_leads_back(
    qtbot: QtBot, window: MainWindow, pane: LibraryPane
) -> None:
    window.desk.actions.get("library.set-aside").trigger()
    section = pane.section("set-aside")
    assert pane.stack.currentWidget() is section
    qtbot.waitUntil(lambda: section.model.rowCount() == 1)
    section.table.setFocus()
    qtbot.keyClick(section.table, Qt.Key.Key_Escape)
    assert pane.list.hasFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_Up)
    assert pane.stack.currentWidget() is pane.section("folders")


def test_the_section_comes_back_at_the_next_start(window: MainWindow, pane: LibraryPane) -> None:
    pane.show_section("set-aside")
    kept = pane.state()
    other = LibraryPane(window.desk, window)
    other.restore(kept)
    assert other.state()["section"] == "set-aside"


@pytest.mark.parametrize("key", OWN)
def test_whatever_takes_the_focus_has_a_name(
    qtbot: QtBot, window: MainWindow, pane: LibraryPane, key: str
) -> None:
    pane.show_section(key)
    qtbot.waitUntil(lambda: pane.section(key).model.rowCount() == 1)
    kinds = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit)
    found = [one for one in pane.findChildren(QWidget) if isinstance(one, kinds)]
    reachable = [one for one in found if one.isVisible() and one.focusPolicy()]
    assert len(reachable) >= 4
    nameless = [one for one in reachable if not (one.accessibleName() or _text(one))]
    assert not nameless


def _text(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QAbstractButton) else ""


def test_sections_fit_a_small_window(qtbot: QtBot, window: MainWindow, pane: LibraryPane) -> None:
    window.resize(1024, 640)
    for key in OWN:
        pane.show_section(key)
        assert pane.section(key).minimumSizeHint().width() <= 1024 - window.rail.width()
