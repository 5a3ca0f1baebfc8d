"""The layout that fills line after line."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from vlm_desktop.gui.widgets.flow_layout import FlowLayout


def test_items_of_a_line_stand_on_one_middle_line(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    flow = FlowLayout(host, gap=4)
    items = []
    for width, height in ((40, 20), (50, 40), (60, 30)):
        item = QWidget(host)
        item.setFixedSize(width, height)
        flow.addWidget(item)
        items.append(item)
    assert flow.heightForWidth(100) == 40 + 4 + 30
    flow.setGeometry(QRect(0, 0, 100, 80))
    assert [item.geometry().getRect() for item in items] == [
        (0, 10, 40, 20),
        (44, 0, 50, 40),
        (0, 44, 60, 30),
    ]
    items[1].hide()
    assert flow.heightForWidth(104) == 30
    assert flow.heightForWidth(50) == 20 + 4 + 30
