"""Boxes to choose from: what folds out shows every row."""

import pytest
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from vlm_desktop.gui import theme


@pytest.mark.parametrize("rows", [2, 4])
def test_a_box_with_the_focus_folds_out_as_high_as_its_rows(
    qtbot: QtBot, qapp: object, rows: int
) -> None:
    theme.apply(qapp, "light")
    window = QWidget()
    qtbot.addWidget(window)
    box = QComboBox(window)
    box.addItems([f"Row {number}" for number in range(rows)])
    QVBoxLayout(window).addWidget(box)
    window.show()
    window.activateWindow()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    without = QComboBox(window).sizeHint().height()
    assert box.sizeHint().height() == without, "nothing moves when the focus comes"
    box.showPopup()
    view = box.view()
    qtbot.waitUntil(view.isVisible)
    last = view.visualRect(view.model().index(rows - 1, 0))
    qtbot.waitUntil(lambda: last.bottom() < view.viewport().height())
    box.hidePopup()
