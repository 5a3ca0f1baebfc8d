"""A canvas on the screen with a grey picture of 400 x 300, one point of the view per pixel."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from vlm_desktop.base.grounding import PromptPoint
from vlm_desktop.base.masks import Mask
from vlm_desktop.gui import theme
from vlm_desktop.gui.widgets import overlay_canvas
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.overlay_items import OverlayItem

Place = Callable[[float, float], QPoint]


@pytest.fixture
def canvas(qtbot: QtBot, qapp: object) -> OverlayCanvas:
    theme.apply(qapp, "light")
    made = OverlayCanvas()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    qtbot.waitExposed(made)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    made.show_photo(image, image.size())
    made.setFocus()
    return made


@pytest.fixture
def place(canvas: OverlayCanvas) -> Place:
    """Where a place of the picture is on the canvas."""
    return lambda x, y: canvas.geometry_of_photo.transform().map(QPointF(x, y)).toPoint()


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(overlay_canvas, "announce", lambda _, words: said.append(words))
    return said


@pytest.fixture
def items() -> list[OverlayItem]:
    bits = np.zeros((300, 400), bool)
    bits[200:260, 20:120] = True
    bits[220:240, 60:80] = False
    return [
        OverlayItem("cup", "cup", 0, box=QRectF(40, 40, 60, 50), can_edit=True),
        OverlayItem(
            "cat", "cat", 1, mask=Mask.of(bits), note="84 % sure", can_edit=True,
            points=(PromptPoint(30, 210), PromptPoint(70, 230, False)),
        ),
        OverlayItem(
            "roof", "roof", 2, polygon=((200, 40), (300, 40), (300, 120)), can_edit=True
        ),
        OverlayItem("sky", "sky", 3, box=QRectF(0, 0, 400, 150)),
    ]  # fmt: skip
