"""Ctrl+Z in a line of text: the line's while there is typing to take back, then the window's."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit


def is_for_window(event: QEvent, can_undo: bool, can_redo: bool) -> bool:
    """Whether Ctrl+Z is pressed where there is no typing left to take back."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
    return (event.matches(undo) and not can_undo) or (event.matches(redo) and not can_redo)


class TypingLine(QLineEdit):
    """A line that leaves undo to the window once there is no typing left to take back."""

    def event(self, event: QEvent) -> bool:
        if is_for_window(event, self.isUndoAvailable(), self.isRedoAvailable()):
            event.ignore()
            return True
        return super().event(event)
