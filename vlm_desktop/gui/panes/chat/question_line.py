"""The field a question is typed in: Enter sends, Shift+Enter begins a new line."""

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from vlm_desktop.gui.panes.search.query_line import holds_picture
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.typing_undo import is_for_window

_MOST_LINES = 8


class QuestionLine(QPlainTextEdit):
    """As high as its words, up to eight lines."""

    sent = Signal()
    pictures_received = Signal(object)
    """`QMimeData` that was pasted or dropped and holds pictures."""
    up_wanted = Signal()
    """Up was pressed on the first line."""
    focus_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("questionLine")
        self.setAccessibleName(strings.QUESTION_NAME)
        self.setAccessibleDescription(strings.QUESTION_DESCRIPTION)
        self.setPlaceholderText(strings.QUESTION_HINT)
        self.setTabChangesFocus(True)
        # Else a screen reader meets a second, nameless thing that has the focus.
        self.viewport().setFocusProxy(None)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(measures().space[0])
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())
        self.textChanged.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        lines = max(1, round(self.document().size().height()))
        line = self.fontMetrics().lineSpacing()
        edge = 2 * measures().space[0] + 2 * self.frameWidth()
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if lines > _MOST_LINES else policy.ScrollBarAlwaysOff
        )
        self.setFixedHeight(min(lines, _MOST_LINES) * line + edge)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.sent.emit()
            return
        first = self.textCursor().blockNumber() == 0
        if event.key() == Qt.Key.Key_Up and first and not event.modifiers():
            before = self.textCursor().position()
            super().keyPressEvent(event)
            if self.textCursor().position() == before:
                self.up_wanted.emit()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        document = self.document()
        if is_for_window(event, document.isUndoAvailable(), document.isRedoAvailable()):
            event.ignore()
            return True
        return super().event(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802
        return holds_picture(source) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802
        """Pictures become pictures; everything else comes as plain words."""
        if holds_picture(source) and not source.hasText() or _are_files(source):
            self.pictures_received.emit(source)
        else:
            super().insertFromMimeData(source)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.focus_changed.emit(False)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()


def _are_files(source: QMimeData) -> bool:
    """Whether files were copied: their paths come as text, too."""
    return any(url.isLocalFile() for url in source.urls()) and holds_picture(source)
