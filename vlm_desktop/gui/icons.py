"""Icons: outlines of one family in `resources/icons`, tinted with the palette's own colours."""

import functools

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from vlm_desktop.base.paths import bundled


@functools.cache
def icon(name: str) -> QIcon:
    """The outline `resources/icons/NAME.svg`; it follows the theme by itself."""
    return QIcon(_Outline(name))


@functools.cache
def _source(name: str) -> str:
    return (bundled("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


class _Outline(QIconEngine):
    """Draws the outline in the colour of button text (or of what is highlighted or disabled)."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def paint(self, painter, rect, mode, state) -> None:
        palette = QGuiApplication.palette()
        group, role = QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText
        if mode == QIcon.Mode.Disabled:
            group = QPalette.ColorGroup.Disabled
        if state == QIcon.State.On and mode != QIcon.Mode.Disabled:
            role = QPalette.ColorRole.Accent
        colour = palette.color(group, role).name()
        drawing = _source(self._name).replace("currentColor", colour)
        renderer = QSvgRenderer(QByteArray(drawing.encode()))
        renderer.render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        if size.isEmpty():  # of a button that is squeezed to nothing for a moment
            return QPixmap()
        drawn = QPixmap(size)
        drawn.fill(QColor("transparent"))
        painter = QPainter(drawn)
        self.paint(painter, drawn.rect(), mode, state)
        painter.end()
        return drawn

    def clone(self) -> QIconEngine:
        return _Outline(self._name)
