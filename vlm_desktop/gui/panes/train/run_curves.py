"""Which curve is shown, the plot of it, and the values under its cursor in words.

The plot's library is loaded on a lane when this is first looked at.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.train.run_story import SMOOTH, Points, RunLook
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from vlm_desktop.base.training import Validated

PLOT = "vlm_desktop.gui.panes.train.run_plot"
_LOSS, _SCORE, _MEMORY = "loss", "score", "memory_bytes"


class RunCurves(QWidget):
    """Main thread."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._look = RunLook()
        self._asked = False
        self.plot: Any = None
        """A `RunPlot`, None until its library is loaded."""
        space = measures().space
        label = QLabel(strings.CURVE_LABEL, self)
        label.setObjectName("muted")
        self.choice = QComboBox(self)
        self.choice.setAccessibleName(strings.CURVE_NAME)
        label.setBuddy(self.choice)
        for key, words in strings.CURVES.items():
            self.choice.addItem(words, key)
        self.choice.currentIndexChanged.connect(self._choose)
        self.point = WrappedLabel(strings.POINT_HINT, self, name="hint")
        self.notice = QLabel(strings.PLOT_LOADING, self)
        self.notice.setObjectName("muted")
        self.notice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.notice.setWordWrap(True)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.notice)
        self.layers.setMinimumHeight(6 * space[5])
        self.layers.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        row = QHBoxLayout()
        row.setSpacing(space[1])
        row.addWidget(label)
        row.addWidget(self.choice)
        row.addWidget(self.point, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space[0])
        layout.addLayout(row)
        layout.addWidget(self.layers, 1)

    @property
    def curve(self) -> str:
        return str(self.choice.currentData())

    def choose(self, key: str) -> None:
        """Show another curve; one that is not known leaves it as it is."""
        row = self.choice.findData(key)
        if row >= 0:
            self.choice.setCurrentIndex(row)

    def show_look(self, look: RunLook) -> None:
        self._look = look
        if self.isVisible():
            self._draw()

    def forget_point(self) -> None:
        """Another run is shown."""
        if self.plot is not None:
            self.plot.at = None
        self.point.setText(strings.POINT_HINT)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if not self._asked:
            self._asked = True
            self._desk.fetch(lambda: import_module(PLOT), self._have_plot, failed=self._fail)
        self._draw()

    def _have_plot(self, module: Any) -> None:
        self.plot = module.RunPlot(self.layers)
        self.plot.pointed.connect(self._pointed)
        self.plot.setAccessibleDescription(strings.PLOT_DESCRIPTION)
        self.layers.addWidget(self.plot)
        self._draw()

    def _fail(self, why: str) -> None:
        self._asked = False  # tried again when it is looked at again
        self.notice.setText(fill(strings.PLOT_FAILED, why=why))

    def _choose(self) -> None:
        self._draw()
        if self.plot is not None and self.plot.at is not None:
            self.plot.go_to(self.plot.at)

    def _draw(self) -> None:
        if self.plot is None:
            return
        line = import_module(PLOT)
        lines = tuple(
            line.Line(name, points, style, *edges)
            for name, points, style, *edges in _lines_of(self._look, self.curve)
            if len(points[0])
        )
        if lines:
            words = strings.CURVES[self.curve]
            self.plot.setAccessibleName(fill(strings.PLOT_NAME, curve=words))
            unit = strings.UNIT_MEMORY if self.curve == _MEMORY else self._unit()
            self.plot.show_lines(lines, strings.AXIS_STEP, unit)
        self.point.setVisible(bool(lines))
        self.notice.setText(strings.PLOT_EMPTY)
        self.layers.setCurrentWidget(self.plot if lines else self.notice)

    def _unit(self) -> str:
        if self.curve == _SCORE and self._look.evaluated:
            return strings.metric_name(self._look.evaluated[-1].metric)
        return strings.CURVES[self.curve]

    def _pointed(self, step: int) -> None:
        values = ", ".join(
            fill(strings.POINT_VALUE, name=name, value=_figure(value))
            for name, value in self.plot.values_at(step)
        )
        words = fill(strings.POINT, step=step, values=values)
        if words != self.point.text():
            self.point.setText(words)
            announce(self.plot, words)


def _figure(value: float) -> str:
    return fill("{value:,.4g}", value=value)


def _lines_of(look: RunLook, curve: str) -> list[tuple[Any, ...]]:
    """Name, points and style of each line of a curve; edges of its range behind them."""
    empty = (np.array([]), np.array([]))
    if curve == _LOSS:
        held_out = _points(look, lambda one: one.loss)
        return [
            (strings.LEGEND_TRAIN, look.curves.get(_LOSS, empty), "faint"),
            (strings.LEGEND_SMOOTH, look.curves.get(SMOOTH, empty), "strong"),
            (strings.LEGEND_HELD_OUT, held_out, "dashed"),
        ]
    if curve == _SCORE:
        return [
            (
                strings.LEGEND_SCORE,
                _points(look, lambda one: one.score.value),
                "strong",
                _points(look, lambda one: one.score.low),
                _points(look, lambda one: one.score.high),
            ),
            (strings.LEGEND_BLIND, _points(look, lambda one: one.blind), "dashed"),
        ]
    steps, values = look.curves.get(curve, empty)
    scale = 1e-9 if curve == _MEMORY else 1.0
    return [(strings.CURVES[curve], (steps, values * scale), "strong")]


def _points(look: RunLook, value: "Callable[[Validated], float | None]") -> Points:
    said = [one for one in look.evaluated if value(one) is not None]
    steps = np.array([float(one.step) for one in said])
    return steps, np.array([float(value(one) or 0.0) for one in said])
