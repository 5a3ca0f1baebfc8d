"""Tab in reading order, in whatever order widgets were built: panes and lists build theirs late."""

from collections.abc import Iterator
from functools import cmp_to_key
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QWidget,
)

_WHOLE = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit)
"""What is inside of these is Qt's own affair."""


def read_along(window: QWidget) -> None:
    """Have Tab walk over all that shows in `window` from the left to the right, line by line.

    What stands in a box is read to its end before the next box begins.
    """
    for before, after in pairwise(_stops(window)):
        QWidget.setTabOrder(before, after)


def _stops(box: QWidget) -> Iterator[QWidget]:
    inside = [
        child
        for child in box.children()
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow()
    ]
    for child in sorted(inside, key=cmp_to_key(_compare)):
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.focusProxy() is None:
            yield child
        if not isinstance(child, _WHOLE):
            yield from _stops(child)


def _compare(one: QWidget, other: QWidget) -> int:
    """Beside each other: the left one first; else the upper one."""
    here, there = one.geometry(), other.geometry()
    if here.top() <= there.bottom() and there.top() <= here.bottom():
        return here.left() - there.left() or here.top() - there.top()
    return here.top() - there.top()
