"""Drafts beside a text that is there: nothing of it is overwritten until one says so."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.alttext import Candidate
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.word_list import WordList

_HIGHEST = 190


class CandidatesPanel(QWidget):
    """The list of an image's drafts, and the one that is being written. Main thread."""

    used = Signal(object)
    """A `Candidate` that is to be the text."""
    dropped = Signal()
    """None of them is to be offered any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        self.candidates: tuple[Candidate, ...] = ()
        self._growing = ""
        self.label = QLabel(strings.CANDIDATES, self)
        self.label.setObjectName("fact")
        self.list = WordList(_HIGHEST, self)
        self.list.setAccessibleName(strings.CANDIDATES)
        self.list.setAccessibleDescription(strings.CANDIDATES_DESCRIPTION)
        self.list.taken.connect(self.use)
        self.use_button = QPushButton(strings.USE, self)
        self.use_button.setObjectName("quiet")
        self.use_button.clicked.connect(lambda: self.use(self.list.currentRow()))
        self.drop = QPushButton(strings.DROP_CANDIDATES, self)
        self.drop.setObjectName("quiet")
        self.drop.clicked.connect(self.dropped)
        buttons = QHBoxLayout()
        buttons.setSpacing(space[0])
        buttons.addWidget(self.use_button)
        buttons.addWidget(self.drop)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[0])
        column.addWidget(self.label)
        column.addWidget(self.list)
        column.addLayout(buttons)
        self.clear()

    def clear(self) -> None:
        self.show_candidates(())

    def show_candidates(self, candidates: Sequence[Candidate], growing: str = "") -> None:
        """Drafts that are done, and what there is of the one that is being written."""
        self.candidates, self._growing = tuple(candidates), growing
        rows = [candidate_words(one) for one in self.candidates]
        rows += [fill(strings.GROWING, text=growing)] if growing else []
        self.list.show_rows(rows)
        self.use_button.setEnabled(bool(self.candidates))
        self.drop.setEnabled(not growing)
        self.setVisible(bool(rows))

    def use(self, row: int) -> None:
        if 0 <= row < len(self.candidates):
            self.used.emit(self.candidates[row])


def candidate_words(one: Candidate) -> str:
    """The text, and what a person should know of how it came about."""
    notes = [strings.NOTES.get(code, code) for code in one.notes]
    text = "\n".join(part for part in (one.alt, one.extended) if part) or strings.NOTHING_WRITTEN
    return fill(strings.NOTED, text=text, notes=", ".join(notes)) if notes else text
