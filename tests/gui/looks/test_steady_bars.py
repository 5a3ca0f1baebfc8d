"""Scroll bars of pages neither come nor go: Qt would end the program under a screen reader."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from tests.tools.stage import staged
from vlm_desktop.gui.panes import PANES
from vlm_desktop.gui.panes.library import SECTIONS
from vlm_desktop.gui.strings import chat
from vlm_desktop.gui.strings import library as strings

STEADY = {Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff}


def unsteady(window: QWidget) -> list[str]:
    """The pages of a window whose bars come and go."""
    return [
        f"{area.objectName()} {area.accessibleName()} in {type(area.parentWidget()).__name__}"
        for area in window.findChildren(QScrollArea)
        if not {area.horizontalScrollBarPolicy(), area.verticalScrollBarPolicy()} <= STEADY
    ]


@pytest.mark.usefixtures("qapp")
def test_bars_of_every_pane_stay(real_library: Path, tmp_path: Path) -> None:
    shutil.copytree(real_library, tmp_path / "home")
    with staged(tmp_path / "home", QSize(1280, 800)) as stage:
        for pane in PANES:
            stage.window.show_pane(pane.key)
            stage.settle(2)
        tools = stage.window.shell.tools
        for section in SECTIONS:
            tools.open_section(section.key)
        areas = stage.window.findChildren(QScrollArea)
        assert {strings.COPIES_NAME, chat.SEEN_TILES} <= {one.accessibleName() for one in areas}
        assert len(areas) > len(PANES)
        assert unsteady(stage.window) == []


@pytest.mark.usefixtures("qapp")
def test_one_that_comes_and_goes_is_found() -> None:
    window = QWidget()
    area = QScrollArea(window)
    assert len(unsteady(window)) == 1
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
    assert len(unsteady(window)) == 1
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    assert unsteady(window) == []
