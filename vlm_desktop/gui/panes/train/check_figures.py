"""What of the model is trained, and what memory and time that takes, as tables and sentences."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget

from vlm_desktop import strings as sentences
from vlm_desktop import trainstrings
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.settings.tables import FactTable
from vlm_desktop.gui.strings import train_check as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from vlm_desktop.engine.train.teaching import Inspection

Row = tuple[str, ...]
_SMALLEST = 0.0005
_WIDEST = 720
"""Points; the eye goes from a name to its figure."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PartsView(QWidget):
    """Components of the real module tree."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        heads = (strings.PART, strings.NUMBERS, strings.TRAINED, strings.SHARE)
        self.table = _table(heads, strings.PARTS, self)
        self.why = WrappedLabel(strings.PARTS_WHY, self, name="hint")
        _lay_out(self, (self.table, self.why))

    def show_parts(self, seen: "Inspection") -> None:
        _fill(self.table, parts_of(seen))


class CostView(QWidget):
    """Memory by what takes it, corrected by a step that was measured; time by the same step."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.table = _table((strings.WHERE, strings.BYTES), strings.COST, self)
        self.measured = WrappedLabel(parent=self)
        self.shapes = WrappedLabel(parent=self, name="hint")
        self.time = WrappedLabel(parent=self)
        _lay_out(self, (self.table, self.measured, self.shapes, self.time))

    def show_cost(self, seen: "Inspection") -> None:
        _fill(self.table, memory_of(seen))
        self.measured.setText(
            fill(
                strings.COST_MEASURED,
                measured=sentences.bytes_text(seen.measured_step),
                estimated=sentences.bytes_text(seen.estimate.step),
                total=sentences.bytes_text(seen.memory),
            )
        )
        shapes = [
            fill(strings.TOKENS_RUN, rows=one.rows, tokens=one.tokens, name=one.name)
            for one in seen.towers
        ]
        self.shapes.setText(" ".join(shapes))
        self.shapes.setVisible(bool(shapes))
        self.time.setText(time_of(seen))


def parts_of(seen: "Inspection") -> list[Row]:
    """A row for each component, and one for all."""
    rows = [
        _part(strings.COMPONENTS.get(one.name, one.name), one.parameters, one.trainable)
        for one in seen.components
    ]
    every = sum(one.parameters for one in seen.components)
    return [*rows, _part(strings.ALL_PARTS, every, seen.trainable)]


def _part(name: str, numbers: int, trained: int) -> Row:
    share = trained / numbers if numbers else 0.0
    if not trained:
        said = strings.NO_SHARE
    elif share < _SMALLEST:
        said = strings.SMALL_SHARE
    else:
        said = fill(strings.SHARE_FORM, share=100 * share)
    return (name, fill("{count:,}", count=numbers), fill("{count:,}", count=trained), said)


def memory_of(seen: "Inspection") -> list[Row]:
    """A row for each part of the estimate, and their sum."""
    rows = [
        (words, sentences.bytes_text(getattr(seen.estimate, name)))
        for name, words in strings.COST_PARTS.items()
    ]
    return [*rows, (strings.COST_ALL, sentences.bytes_text(seen.estimate.total))]


def seconds_of(seen: "Inspection") -> tuple[float, float]:
    """Of a step, and of all steps of the run."""
    step = seen.part_seconds * seen.accumulation
    return step, step * seen.steps


def time_of(seen: "Inspection") -> str:
    step, run = seconds_of(seen)
    said = trainstrings.duration(step) if step >= 1 else fill(strings.SHORT_STEP, seconds=step)
    return fill(strings.TIME_SAID, step=said, steps=seen.steps, run=trainstrings.duration(run))


def _table(heads: Row, name: str, parent: QWidget) -> FactTable:
    """Names take what room figures leave."""
    table = FactTable(heads, name, parent)
    header = table.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column in range(1, len(heads)):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        table.headerItem().setTextAlignment(column, _RIGHT)
    return table


def _fill(table: FactTable, rows: list[Row]) -> None:
    table.clear()
    for row in rows:
        table.add_row(row)
    bold = table.font()
    bold.setBold(True)
    for at in range(len(rows)):
        item = table.topLevelItem(at)
        for column in range(table.columnCount()):
            if column:
                item.setTextAlignment(column, _RIGHT)
            if at == len(rows) - 1:
                item.setFont(column, bold)
    table.fit_height()


def _lay_out(view: QWidget, parts: tuple[QWidget, ...]) -> None:
    view.setMaximumWidth(_WIDEST)
    column = QVBoxLayout(view)
    column.setContentsMargins(0, measures().space[1], 0, 0)
    column.setSpacing(measures().space[1])
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
