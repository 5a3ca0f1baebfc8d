"""Finds controls that a screen reader cannot name."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

_VAGUE = {QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Pane}


def nameless(window: QWidget) -> list[str]:
    """A line for each visible control that takes the focus and has no name, or no role."""
    found = []
    for widget in window.findChildren(QWidget):
        if not (widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus):
            continue
        if widget.focusProxy() is not None or widget.window() is not window.window():
            continue
        told = QAccessible.queryAccessibleInterface(widget)
        where = f"{type(widget).__name__} “{widget.objectName()}” in {_path(widget)}"
        if told is None or not told.text(QAccessible.Text.Name).strip():
            found.append(f"{where} has no name")
        elif told.role() in _VAGUE and not isinstance(widget, QAbstractScrollArea):
            found.append(f"{where} has no role")
    return found


def _path(widget: QWidget) -> str:
    names = []
    parent = widget.parentWidget()
    while parent is not None and len(names) < 3:
        names.append(type(parent).__name__)
        parent = parent.parentWidget()
    return " < ".join(names)
