"""What a model says of an image in parts: brief, main subject, colours, words in it, mood."""

from collections.abc import Callable, Generator

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.alttext import StructuredDescription
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.alttext.long_task import LongTask
from vlm_desktop.gui.panes.alttext.word_list import WordList
from vlm_desktop.gui.strings import alttext_checks as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import fit_to, room_for
from vlm_desktop.jobs import ANSWERS

_WIDE, _HIGH = 560, 420
Look = Callable[[CancelToken], Generator[Event, None, StructuredDescription | None]]


class StructureDialog(QDialog):
    """Looks when it opens. Main thread."""

    def __init__(self, desk: Desk, name: str, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(fill(strings.STRUCTURE_TITLE, name=name))
        self._name, self._look = name, look
        self.parts: tuple[tuple[str, str], ...] = ()
        self.task = LongTask(desk, self)
        self.task.changed.connect(self._show_running)
        self._build()
        fit_to(self, parent, _WIDE, _HIGH)
        self.start()

    def _build(self) -> None:
        space = measures().space
        hint = QLabel(strings.STRUCTURE_HINT, self)
        hint.setObjectName("muted")
        hint.setWordWrap(True)
        self.words = QLabel(self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.list = WordList(0, self)
        self.list.setAccessibleName(strings.STRUCTURE_LIST)
        self.list.taken.connect(lambda _: self.copy_part())
        self.copy = QPushButton(strings.STRUCTURE_COPY, self)
        self.copy.clicked.connect(self.copy_part)
        self.go = QPushButton(self)
        self.go.clicked.connect(self._pressed)
        self.shut = QPushButton(strings.CLOSE, self)
        self.shut.setObjectName("primary")
        self.shut.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.go)
        buttons.addWidget(self.shut)
        for one in (self.copy, self.go, self.shut):
            one.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[3], space[3], space[3], space[3])
        column.setSpacing(space[2])
        column.addWidget(hint)
        column.addWidget(self.words)
        column.addWidget(room_for(self.list, self), 1)
        column.addLayout(buttons)

    def start(self) -> None:
        """Have the model look."""
        self._show_parts((), strings.STRUCTURE_RUNNING)
        self.task.run(
            fill(strings.STRUCTURE_WORK, name=self._name),
            self._look,
            self._done,
            lane=ANSWERS,
            failed=self._ended,
            stopped=lambda: self._ended(strings.QUIZ_STOPPED),
        )
        self.go.setFocus()

    def _pressed(self) -> None:
        if not self.task.stop():
            self.start()

    def _done(self, found: StructuredDescription | None) -> str:
        parts = parts_of(found) if found is not None else ()
        self._show_parts(parts, "" if parts else strings.STRUCTURE_NONE)
        if parts:
            self.list.setCurrentRow(0)
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            announce(self.list, self.list.item(0).text())
        return ""

    def _ended(self, words: str) -> str:
        self._show_parts((), words)
        announce(self, words)
        return ""

    def _show_parts(self, parts: tuple[tuple[str, str], ...], words: str) -> None:
        self.parts = parts
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.list.show_rows(
            [
                fill(strings.STRUCTURE_ROW, part=name, text=text or strings.STRUCTURE_SILENT)
                for name, text in parts
            ]
        )
        self.list.setVisible(bool(parts))
        self.copy.setVisible(bool(parts))
        self._show_running()

    def _show_running(self) -> None:
        self.go.setText(strings.STOP if self.task.is_running else strings.STRUCTURE_AGAIN)

    def copy_part(self) -> None:
        """Take the chosen part to the clipboard."""
        row = self.list.currentRow()
        if 0 <= row < len(self.parts) and self.parts[row][1]:
            text = self.parts[row][1]
            QGuiApplication.clipboard().setText(text)
            announce(self, fill(strings.STRUCTURE_COPIED, text=text))

    def done(self, result: int) -> None:
        """Closed, by whatever way: nobody sees the rest, so it is not asked any more."""
        self.task.drop()
        super().done(result)


def parts_of(found: StructuredDescription) -> tuple[tuple[str, str], ...]:
    """Each part's name and what is said; none at all where nothing is."""
    said = {
        "brief": found.brief,
        "subject": found.subject,
        "colours": ", ".join(found.colours),
        "text": found.text,
        "mood": found.mood,
    }
    if not any(said.values()):
        return ()
    return tuple((strings.STRUCTURE_PARTS[key], text) for key, text in said.items())
