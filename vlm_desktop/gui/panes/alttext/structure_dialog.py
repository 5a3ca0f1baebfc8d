"""What a model says of an image in parts: brief, main subject, colours, words in it, mood."""

from collections.abc import Callable, Generator

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from vlm_desktop.base.alttext import StructuredDescription
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.alttext.asking_dialog import AskingDialog
from vlm_desktop.gui.strings import alttext_checks as strings
from vlm_desktop.gui.widgets.dialog_size import fit_to

_WIDE, _HIGH = 560, 420
Look = Callable[[CancelToken], Generator[Event, None, StructuredDescription | None]]


class StructureDialog(AskingDialog):
    """Looks when it opens. Main thread."""

    def __init__(self, desk: Desk, name: str, look: Look, parent: QWidget) -> None:
        title = fill(strings.STRUCTURE_TITLE, name=name)
        super().__init__(desk, title, strings.STRUCTURE_LIST, parent)
        self._name, self._look = name, look
        self.parts: tuple[tuple[str, str], ...] = ()
        self._build()
        fit_to(self, parent, _WIDE, _HIGH)
        self.start()

    def _build(self) -> None:
        hint = QLabel(strings.STRUCTURE_HINT, self)
        hint.setObjectName("muted")
        hint.setWordWrap(True)
        self.words = QLabel(self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.list.taken.connect(lambda _: self.copy_part())
        self.copy = QPushButton(strings.STRUCTURE_COPY, self)
        self.copy.clicked.connect(self.copy_part)
        self.lay_out((hint, self.words), (self.copy,))

    def start(self) -> None:
        """Have the model look."""
        self.show_none(strings.STRUCTURE_RUNNING)
        self.ask(fill(strings.STRUCTURE_WORK, name=self._name), self._look, self._done)

    def _done(self, found: StructuredDescription | None) -> str:
        parts = parts_of(found) if found is not None else ()
        self._show_parts(parts, "" if parts else strings.STRUCTURE_NONE)
        if parts:
            self.go_to_rows()
            announce(self.list, self.list.item(0).text())
        return ""

    def show_none(self, words: str) -> None:
        self._show_parts((), words)

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
        self.show_running()

    def show_running(self) -> None:
        self.go.setText(strings.STOP if self.task.is_running else strings.STRUCTURE_AGAIN)

    def copy_part(self) -> None:
        """Take the chosen part to the clipboard."""
        row = self.list.currentRow()
        if 0 <= row < len(self.parts) and self.parts[row][1]:
            text = self.parts[row][1]
            QGuiApplication.clipboard().setText(text)
            announce(self, fill(strings.STRUCTURE_COPIED, text=text))


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
