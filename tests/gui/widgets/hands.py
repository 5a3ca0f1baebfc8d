"""Hands for tests: dragging, turning the wheel, listening."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas

LEFT = Qt.MouseButton.LeftButton


def drag(qtbot: QtBot, canvas: OverlayCanvas, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, (start + end) / 2)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, LEFT, pos=end)


def heard(signal: object) -> list[tuple[object, ...]]:
    """What a signal tells from now on."""
    found: list[tuple[object, ...]] = []
    signal.connect(lambda *told: found.append(told))  # type: ignore[attr-defined]
    return found


def turn(canvas: OverlayCanvas, at: QPoint, notches: float, held: object = None) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(at), QPoint(), QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton, held or Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
