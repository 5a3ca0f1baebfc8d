"""One example to be changed: its picture, questions and answers, and label."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QCompleter,
    QFormLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Example, ExampleKind
from vlm_desktop.base.types import Box
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.train.data_picture import ExamplePicture
from vlm_desktop.gui.panes.train.data_turns import TurnsForm
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import fit_to
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog
from vlm_desktop.gui.widgets.reading_order import read_along
from vlm_desktop.gui.widgets.typing_undo import TypingLine
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_WIDE, _HIGH = 920, 620
Saver = Callable[[Example, Callable[[str], object]], object]
"""Gets the example as it is to be, and who is told why it cannot be so."""


class EditDialog(PlainDialog):
    """Main thread. It stays open until what was written is kept: whoever keeps it closes it."""

    def __init__(
        self,
        desk: Desk,
        one: Example,
        path: Path,
        labels: Sequence[str],
        save: Saver,
        parent: QWidget,
    ) -> None:
        super().__init__(strings.EDIT_TITLE, fill(strings.EDIT_HINT, name=path.name), parent)
        self._example, self._save = one, save
        self._box: Box | None = one.box
        self.picture = ExamplePicture(desk, self)
        self.picture.box_changed.connect(self._move_box)
        self.turns = TurnsForm(one.kind, one.turns, self)
        self.label = TypingLine(self)
        self.label.setText(one.label)
        self.label.setAccessibleName(strings.EDIT_LABEL_NAME)
        self.label.setPlaceholderText(strings.EDIT_LABEL_HINT)
        completer = QCompleter(list(labels), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.label.setCompleter(completer)
        self.trouble = WrappedLabel("", self, name="careful")
        self.lay_out((self._middle(),), strings.EDIT_SAVE, self.take)
        self.turns.changed.connect(self._refresh)
        self.turns.grown.connect(lambda: QTimer.singleShot(0, self, lambda: read_along(self)))
        QShortcut(QKeySequence("Ctrl+Return"), self, lambda: self.go.click())
        self._refresh()
        fit_to(self, parent, _WIDE, _HIGH)
        self.picture.show_example(one, path, can_edit=one.kind is ExampleKind.BOX)
        self.finished.connect(lambda _: self.picture.drop())
        first = self.turns.forms[0]
        (first.ask if one.kind is ExampleKind.BOX else first.answer).setFocus()

    def _middle(self) -> QWidget:
        """The picture beside the form, of half the width each."""
        space = measures().space
        form = QFormLayout()
        form.setSpacing(space[1])
        form.addRow(strings.EDIT_LABEL, self.label)
        right = QVBoxLayout()
        right.setSpacing(space[2])
        right.addWidget(self.turns, 1)
        right.addLayout(form)
        right.addWidget(self.trouble)
        left = QVBoxLayout()
        left.addWidget(self.picture, 1)
        if self._example.kind is ExampleKind.BOX:
            left.addWidget(WrappedLabel(strings.EDIT_BOX, self, name="hint"))
        middle = QWidget(self)
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space[3])
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        return middle

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        read_along(self)

    def _move_box(self, box: Box) -> None:
        self._box = box

    @property
    def example(self) -> Example:
        """As it is written now."""
        return replace(
            self._example,
            turns=self.turns.turns,
            kind=self._kind,
            label=self.label.text().strip(),
            box=self._box,
        )

    @property
    def _kind(self) -> ExampleKind:
        """A description that is asked for is an answer to a question, and one that is not asked
        for any more is a description."""
        kind, turns = self._example.kind, self.turns.turns
        if kind not in (ExampleKind.CAPTION, ExampleKind.QUESTION):
            return kind
        asked = len(turns) > 1 or any(one.ask for one in turns)
        return ExampleKind.QUESTION if asked else ExampleKind.CAPTION

    def _refresh(self) -> None:
        sentence = self._wrong()
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))
        self.go.setEnabled(not sentence)

    def _wrong(self) -> str:
        """Why it cannot be kept like this, "" where it can."""
        turns = self.turns.turns
        if self._example.kind is ExampleKind.BOX:
            return "" if turns and turns[0].ask else strings.EDIT_SILENT
        if not any(one.answer for one in turns):
            return strings.EDIT_SILENT
        if self._example.kind is ExampleKind.FIELDS:
            try:
                json.loads(turns[-1].answer)
            except (ValueError, RecursionError) as error:
                return fill(strings.EDIT_NOT_JSON, detail=str(error))
        return ""

    def take(self) -> None:
        """Keep it; without a change there is nothing to keep."""
        if self.example == self._example:
            self.accept()
        else:
            self._save(self.example, self.show_trouble)

    def show_trouble(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.show()
