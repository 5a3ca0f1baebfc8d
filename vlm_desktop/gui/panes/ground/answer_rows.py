"""Under the phrases: each with its verdict and the chips of its parts."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.ground.phrasing import Asked
from vlm_desktop.gui.panes.ground.state_chip import StateChip
from vlm_desktop.gui.panes.ground.verdict_words import (
    ICONS,
    TONES,
    asked_words,
    clause_icon,
    clause_tone,
    clause_words,
    verdict_words,
)
from vlm_desktop.gui.strings import ground_phrases as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.steady_scroll import keep_bar

_LONGEST = 48
_MOST_ROWS, _LOW_ROWS, _LOW = 3, 2, 700
"""Rows at most, fewer in a window that is not so many pixels high: the picture has the rest."""


class AnswerRow(QFrame):
    """One phrase. Its button goes to what was found; the other shows where it looks."""

    chosen = Signal()
    heat_wanted = Signal(bool)

    def __init__(self, asked: Asked, parent: QWidget) -> None:
        super().__init__(parent)
        self.asked = asked
        self.setObjectName("answerRow")
        self.flow = FlowLayout(self, measures().space[0])
        self.phrase = QToolButton(self)
        self.phrase.setObjectName("chipBody")
        self.phrase.setText(_short(asked.phrase).replace("&", "&&"))
        self.phrase.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.phrase.clicked.connect(self.chosen)
        self.heat = QToolButton(self)
        self.heat.setIcon(icon("ground-heat"))
        side = measures().type_large
        self.heat.setIconSize(QSize(side, side))
        self.heat.setCheckable(True)
        self.heat.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        name = fill(strings.HEAT_OF, phrase=asked.phrase)
        self.heat.setAccessibleName(name)
        self.heat.setToolTip(name)
        self.heat.clicked.connect(self.heat_wanted)
        self.flow.addWidget(self.phrase)
        self.flow.addWidget(self.heat)
        self.chips: list[StateChip] = []
        self.show_asked(asked)

    def show_asked(self, asked: Asked) -> None:
        """What is known of the phrase by now."""
        self.asked = asked
        for chip in self.chips:
            self.flow.removeWidget(chip)
            chip.deleteLater()
        self.chips = list(self._chips())
        for chip in self.chips:
            self.flow.addWidget(chip)
            chip.show()
        said = asked_words(asked)
        self.setAccessibleName(said)
        self.phrase.setAccessibleName(said)
        self.phrase.setToolTip(asked.phrase)

    def _chips(self) -> "list[StateChip]":
        asked = self.asked
        if asked.trouble:
            chip = StateChip(strings.VERDICT_FAILED, "ground-fails", "bad", self)
            chip.setToolTip(asked.trouble)
            return [chip]
        if asked.answer is None:
            return [StateChip(strings.VERDICT_WAITING, "history", "waiting", self)]
        answer = asked.answer
        words = verdict_words(answer)
        chips = [StateChip(words, ICONS[answer.verdict], TONES[answer.verdict], self)]
        chips[0].setProperty("verdict", True)
        for clause in answer.clauses:
            chip = StateChip(_short(clause.text), clause_icon(clause), clause_tone(clause), self)
            chip.setToolTip(clause_words(clause))
            chip.setAccessibleName(clause_words(clause))
            chips.append(chip)
        return chips


class AnswerRows(QScrollArea):
    """As high as its rows, up to some. Main thread."""

    chosen = Signal(int)
    heat_wanted = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.setAccessibleName(strings.ANSWERS)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_bar(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.rows: list[AnswerRow] = []
        self._inside = QWidget(self)
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(measures().space[0])
        self.setWidget(self._inside)
        self.hide()

    def show_asked(self, asked: Sequence[Asked]) -> None:
        """Rows whose phrase stays keep their place and their focus."""
        same = [one.asked.phrase for one in self.rows] == [one.phrase for one in asked]
        if not same:
            for row in self.rows:
                self._column.removeWidget(row)
                row.hide()
                row.deleteLater()
            self.rows = [self._row(number, one) for number, one in enumerate(asked)]
        else:
            for row, one in zip(self.rows, asked, strict=True):
                if row.asked is not one:
                    row.show_asked(one)
                    if not one.is_waiting:
                        announce(self, asked_words(one))
        self.setVisible(bool(self.rows))
        self._fit()

    def show_heat(self, number: int) -> None:
        """The heat of this phrase shows, -1 for none."""
        for place, row in enumerate(self.rows):
            row.heat.setChecked(place == number)

    def _row(self, number: int, asked: Asked) -> AnswerRow:
        row = AnswerRow(asked, self._inside)
        row.chosen.connect(lambda: self.chosen.emit(number))
        row.heat_wanted.connect(lambda on: self.heat_wanted.emit(number, on))
        row.phrase.installEventFilter(self)
        row.heat.installEventFilter(self)
        self._column.addWidget(row)
        row.show()
        return row

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Up and down walk from phrase to phrase; what has the focus is in sight."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            at = next(
                (n for n, row in enumerate(self.rows) if watched in (row.phrase, row.heat)), -1
            )
            if step is not None and at >= 0 and 0 <= at + step < len(self.rows):
                self.rows[at + step].phrase.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Also in a window that became lower meanwhile."""
        super().showEvent(event)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        """Qt guesses at the height of what flows; here it is measured."""
        width = max(1, self.viewport().width())
        heights = [max(row.flow.heightForWidth(width), 1) for row in self.rows]
        for row, height in zip(self.rows, heights, strict=True):
            row.setFixedHeight(height)
        gap = measures().space[0]
        shown = heights[: _MOST_ROWS if self.window().height() >= _LOW else _LOW_ROWS]
        self.setFixedHeight(sum(shown) + gap * max(0, len(shown) - 1))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
