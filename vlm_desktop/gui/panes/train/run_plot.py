"""The plot of one curve of a run, drawn by pyqtgraph, with a cursor for mouse and keys.

Importing this loads pyqtgraph: `run_curves` does so on a lane, once a run is looked at.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.train.run_story import Points
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.row_painting import small_font

FAINT, STRONG, DASHED = "faint", "strong", "dashed"
_PAGE = 10
_WIDTHS = {FAINT: 1.0, STRONG: 2.0, DASHED: 2.0}
_DOTS_UP_TO = 60
_LOOKS_CHANGE = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
_VEIL = 0.7
"""How much of the lines the words over them hide."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the plot. `style` is FAINT, STRONG or DASHED; `low` and `high` are the edges of
    its range. The first strong line is the one the cursor walks along."""

    name: str
    points: Points
    style: str = STRONG
    low: Points | None = None
    high: Points | None = None


def _has_dots(line: Line) -> bool:
    return len(line.points[0]) <= _DOTS_UP_TO and line.style != FAINT


def _shapes(lines: tuple[Line, ...]) -> list[tuple[str, str, bool, bool]]:
    """Lines of the same shapes are drawn by the same items."""
    return [(one.name, one.style, one.low is not None, _has_dots(one)) for one in lines]


class _Axis(pg.AxisItem):
    """Numbers in the language's manner."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        return [fill("{value:,.6g}", value=value * scale) for value in values]


class RunPlot(pg.PlotWidget):
    """Main thread. Nothing is kept but what is shown."""

    _is_built = False

    pointed = Signal(int)
    """The step the cursor stands at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        axes = {side: _Axis(side) for side in ("bottom", "left")}
        super().__init__(parent, axisItems=axes)
        self.setObjectName("trainPlot")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(6 * measures().space[5])
        self.setAntialiasing(True)
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        for axis in axes.values():
            axis.enableAutoSIPrefix(False)
        self._lines: tuple[Line, ...] = ()
        self._labels = ("", "")
        self._drawn: list[tuple[Any, ...]] = []
        """Of each line: its curve, then the edges of its range and the band between."""
        space = measures().space
        self.getPlotItem().setContentsMargins(space[0], space[1], space[1], space[1])
        self._legend = self.addLegend()
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._dot = pg.ScatterPlotItem(size=measures().space[1])
        self.addItem(self._cursor, ignoreBounds=True)
        self.addItem(self._dot, ignoreBounds=True)
        self.at: int | None = None
        """The step of the cursor."""
        self.scene().sigMouseMoved.connect(self._hover)
        self._is_built = True
        self._restyle()

    def show_lines(self, lines: tuple[Line, ...], step_label: str, value_label: str) -> None:
        """Draw these. Axes follow what there is."""
        before = _shapes(self._lines), self._labels
        self._lines = tuple(one for one in lines if len(one.points[0]))
        self._labels = (step_label, value_label)
        if (_shapes(self._lines), self._labels) == before:
            self._draw_on()
        else:
            self._draw()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as it must be; where there is room, the layout gives it."""
        return QSize(10 * measures().space[5], self.minimumHeight())

    @property
    def steps(self) -> np.ndarray:
        """Where the cursor can stand."""
        walked = self._walked()
        return walked.points[0] if walked is not None else np.array([])

    def values_at(self, step: int) -> tuple[tuple[str, float], ...]:
        """What each line that is no mere noise says at the place nearest to a step."""
        found = []
        for one in self._lines:
            steps, values = one.points
            place = int(np.abs(steps - step).argmin())
            if abs(steps[place] - step) < 0.5 or one.style == STRONG:
                found.append((one.name, float(values[place])))
        return tuple(found)

    def go_to(self, step: int) -> None:
        """Put the cursor at the point nearest to a step."""
        steps = self.steps
        if len(steps):
            self.at = int(steps[int(np.abs(steps - step).argmin())])
            self._place_cursor()
            self.pointed.emit(self.at)

    # --- drawing -------------------------------------------------------------------------

    def _draw(self) -> None:
        chosen, space = colours_of(QGuiApplication.palette()), measures().space
        for item in (one for items in self._drawn for one in items):
            self.removeItem(item)
        self._drawn.clear()
        self._legend.clear()
        self._legend.setVisible(len(self._lines) > 1)
        self._legend.setOffset((-space[1], -space[2] if self._ends_high() else space[1]))
        look = {"font-size": f"{measures().type_small}px", "color": chosen.text_muted}
        for axis, words in zip(("bottom", "left"), self._labels, strict=True):
            self.getAxis(axis).setLabel(words, **look)
        for one in self._lines:
            pen = self._pen(one.style, chosen)
            edges = self._draw_range(one, QColor(chosen.accent_soft))
            dots = {}
            if _has_dots(one):
                dots = {"symbol": "o" if one.style == STRONG else "s", "symbolSize": 6,
                        "symbolBrush": pen.color(), "symbolPen": None}  # fmt: skip
            curve = self.plot(*one.points, pen=pen, name=one.name, **dots)
            self._drawn.append((curve, *edges))
        self._place_cursor()

    def _draw_on(self) -> None:
        """The same lines have more points."""
        for one, (curve, *edges) in zip(self._lines, self._drawn, strict=True):
            curve.setData(*one.points)
            for edge, points in zip(edges, (one.low, one.high), strict=False):
                edge.setData(*points)
        self._place_cursor()

    def _ends_high(self) -> bool:
        """Whether there is more room below the end of the lines than above."""
        walked = self._walked()
        return walked is not None and bool(walked.points[1][-1] > np.mean(walked.points[1]))

    def _draw_range(self, line: Line, colour: QColor) -> tuple[Any, ...]:
        """The edges of a line's range and what lies between; nothing where it has none."""
        if line.low is None or line.high is None:
            return ()
        edges = [pg.PlotCurveItem(*edge, pen=None) for edge in (line.low, line.high)]
        band = pg.FillBetweenItem(*edges, brush=colour)
        band.setZValue(-1)
        for one in (*edges, band):
            self.addItem(one)
        return (*edges, band)

    def _pen(self, style: str, chosen: Colours) -> QPen:
        colour = {FAINT: chosen.disabled, STRONG: chosen.accent, DASHED: chosen.text}[style]
        dash = Qt.PenStyle.DashLine if style == DASHED else Qt.PenStyle.SolidLine
        return pg.mkPen(QColor(colour), width=_WIDTHS[style] * self.devicePixelRatioF(), style=dash)

    def _place_cursor(self) -> None:
        walked = self._walked()
        is_there = self.at is not None and walked is not None
        self._cursor.setVisible(is_there)
        self._dot.setVisible(is_there)
        if walked is not None and self.at is not None:
            steps, values = walked.points
            place = int(np.abs(steps - self.at).argmin())
            self._cursor.setValue(steps[place])
            self._dot.setData([steps[place]], [values[place]])

    def _walked(self) -> Line | None:
        strong = (one for one in self._lines if one.style == STRONG)
        return next(strong, self._lines[0] if self._lines else None)

    def _restyle(self) -> None:
        chosen = colours_of(QGuiApplication.palette())
        self.setBackground(QColor(chosen.raised))
        small = small_font(QGuiApplication.font())
        for side in ("bottom", "left"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(QColor(chosen.hairline)))
            axis.setTextPen(pg.mkPen(QColor(chosen.text_muted)))
            axis.setTickFont(small)
        self.showGrid(y=True, alpha=0.3)
        self._legend.setLabelTextColor(QColor(chosen.text))
        self._legend.setLabelTextSize(f"{measures().type_small}px")
        veil = QColor(chosen.raised)
        veil.setAlphaF(_VEIL)
        self._legend.setBrush(veil)
        width = self.devicePixelRatioF()
        self._cursor.setPen(pg.mkPen(QColor(chosen.text_muted), width=width))
        self._dot.setBrush(QColor(chosen.text))
        self._dot.setPen(pg.mkPen(QColor(chosen.raised)))
        self._draw()

    # --- mouse and keys ------------------------------------------------------------------

    def _hover(self, place: QPointF) -> None:
        box = self.getPlotItem().getViewBox()
        if self._lines and box.sceneBoundingRect().contains(place):
            self.go_to(round(box.mapSceneToView(place).x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        steps = self.steps
        moves = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -_PAGE,
            Qt.Key.Key_PageDown: _PAGE, Qt.Key.Key_Home: -len(steps), Qt.Key.Key_End: len(steps),
        }  # fmt: skip
        move = moves.get(Qt.Key(event.key()))
        if move is None or not len(steps):
            event.ignore()
            return
        begin = len(steps) - 1 if self.at is None else int(np.abs(steps - self.at).argmin())
        if self.at is not None or abs(move) > 1:
            begin = min(max(begin + move, 0), len(steps) - 1)
        self.go_to(int(steps[begin]))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        by_mouse = event.reason() == Qt.FocusReason.MouseFocusReason
        if self.at is None and len(self.steps) and not by_mouse:
            self.go_to(int(self.steps[-1]))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()  # what is around it scrolls

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in _LOOKS_CHANGE and self._is_built:
            self._restyle()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange and self._is_built:
            self._restyle()  # widths of lines count the screen's own pixels
        return super().event(event)
