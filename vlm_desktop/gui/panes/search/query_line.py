"""The line to type in: finished filters leave it as chips, pictures are pasted into it."""

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.errors import BadFilter
from vlm_desktop.base.types import Filters
from vlm_desktop.engine.querytext import PartKind, TypedPart, add_filter, parts
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.widgets.clear_button import add_clear_button
from vlm_desktop.gui.widgets.typing_undo import TypingLine

LONGEST_QUERY = 10_000


class QueryLine(TypingLine):
    """Words, -exclusions and "phrases" stay in it. Main thread."""

    filters_typed = Signal(object)
    """A list of `TypedPart`: filters that were finished with a space or Enter."""
    mime_pasted = Signal(object)
    """`QMimeData` with a picture or files was pasted."""
    history_wanted = Signal()
    left_at_start = Signal()
    """Backspace or the left arrow at the very beginning: the chips are next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("query")
        self.setPlaceholderText(strings.QUERY_HINT)
        self.setAccessibleName(strings.QUERY_NAME)
        self.setAccessibleDescription(strings.QUERY_DESCRIPTION)
        self.setToolTip(strings.QUERY_DESCRIPTION)
        add_clear_button(self)
        self.setMaxLength(LONGEST_QUERY)
        self.setAcceptDrops(False)  # the bar takes drops: a file's path is no query

    def take_filters(self) -> None:
        """Take finished filters out of the line. One that is not understood stays."""
        text, cursor = self.text(), self.cursorPosition()
        taken = [part for part in parts(text) if is_good_filter(part)]
        if not taken:
            return
        for part in reversed(taken):
            end = part.end + 1 if text[part.end : part.end + 1].isspace() else part.end
            text = text[: part.start] + text[end:]
            if cursor > part.start:
                cursor -= min(cursor, end) - part.start
        self.setText(text)
        self.setCursorPosition(cursor)
        self.filters_typed.emit(taken)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.matches(QKeySequence.StandardKey.Paste):
            mime = QGuiApplication.clipboard().mimeData()
            if holds_picture(mime):
                self.mime_pasted.emit(mime)
                return
        if event.key() == Qt.Key.Key_Down and event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier
        ):
            self.history_wanted.emit()
            return
        at_start = self.cursorPosition() == 0 and not self.hasSelectedText()
        if at_start and event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Left):
            self.left_at_start.emit()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take_filters()
        super().keyPressEvent(event)
        if event.text() == " " and not _in_quotes(self.text()[: self.cursorPosition()]):
            self.take_filters()


def is_good_filter(part: TypedPart) -> bool:
    """Whether a part is a filter the engine understands."""
    if part.kind is not PartKind.FILTER:
        return False
    try:
        add_filter(Filters(), part.text)
    except BadFilter:
        return False
    return True


def holds_picture(mime: QMimeData | None) -> bool:
    """Whether something pasted or dropped is a picture, or files that may be."""
    return mime is not None and (mime.hasImage() or bool(picture_paths(mime)))


def picture_paths(mime: QMimeData) -> list[Path]:
    """Local files among what was pasted or dropped.

    A name without an ending is taken for a folder, which is indexed, not searched for: looking
    at the disk here could take long on a network share.
    """
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix]


def _in_quotes(text: str) -> bool:
    """Whether a phrase or a filter's value in quotes is still open."""
    return text.count('"') % 2 == 1
