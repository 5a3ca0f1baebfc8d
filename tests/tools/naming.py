"""Finds controls that a screen reader cannot name, and those Tab reaches out of order."""

from collections.abc import Iterator

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

_VAGUE = {QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Pane}
_MOST = 200


def nameless(window: QWidget) -> list[str]:
    """A line for each visible control that takes the focus and has no name, or no role."""
    found = []
    for widget in _stops(window):
        told = QAccessible.queryAccessibleInterface(widget)
        if told is None or not told.text(QAccessible.Text.Name).strip():
            found.append(f"{_called(widget)} has no name")
        elif told.role() in _VAGUE and not isinstance(widget, QAbstractScrollArea):
            found.append(f"{_called(widget)} has no role")
    return found


def out_of_order(window: QWidget) -> list[str]:
    """A line for each control that Tab reaches after one straight below it or to its right.

    Tab is really pressed, all round; a window that holds it fast is told, too. The round may begin
    anywhere.
    """
    stops = _walk(window)
    if not stops:
        return [f"Tab does not come round in {type(window).__name__}"]
    boxes = [_boxes(one) for one in stops]
    later = {
        late: [early for early in range(len(stops)) if _lies_before(boxes[late], boxes[early])]
        for late in range(len(stops))
    }
    rounds = (_wrong(start, len(stops), later) for start in range(len(stops)))
    return [
        f"{_called(stops[late])} comes after {_called(stops[early])}"
        for late, early in min(rounds, key=len)
    ]


def _wrong(start: int, count: int, later: dict[int, list[int]]) -> list[tuple[int, int]]:
    """Stops, each with the first of those before it in the round from `start` on that `later`
    has after it."""
    place = [(number - start) % count for number in range(count)]
    found = []
    for late, others in later.items():
        passed = [early for early in others if place[early] < place[late]]
        if passed:
            found.append((late, min(passed, key=place.__getitem__)))
    return sorted(found, key=lambda pair: place[pair[0]])


def _lies_before(upwards: list[QWidget], downwards: list[QWidget]) -> bool:
    """Whether the first of two, or the box it is in, stands straight above or left of the other."""
    shared = 0
    while shared < min(len(upwards), len(downwards)) and upwards[shared] is downwards[shared]:
        shared += 1
    if shared in (len(upwards), len(downwards)):
        return False  # one is in the other
    here, there = upwards[shared].geometry(), downwards[shared].geometry()
    return lies_before(here, there)


def _boxes(widget: QWidget) -> list[QWidget]:
    """The widget and what it is in, the outermost first."""
    boxes = [widget]
    while not boxes[-1].isWindow():
        boxes.append(boxes[-1].parentWidget())
    return boxes[::-1]


def _walk(window: QWidget) -> list[QWidget]:
    """Every widget that Tab focuses, from where it is now until it is there again; [] if never."""
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_Tab)
    stops: list[QWidget] = []
    for _ in range(_MOST):
        focused = window.focusWidget()
        if focused is None:
            return []
        if focused in stops:
            return stops[stops.index(focused) :]
        stops.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    return []


def lies_before(late: QRect, early: QRect) -> bool:
    """Whether `late` stands straight above `early`, or straight to its left."""
    beside = late.top() <= early.bottom() and early.top() <= late.bottom()
    over = late.left() <= early.right() and early.left() <= late.right()
    return (over and late.bottom() < early.top()) or (beside and late.right() < early.left())


def _stops(window: QWidget) -> Iterator[QWidget]:
    """What Tab comes to, in no order. Asking Qt for its chain has PySide crash at the end."""
    for widget in window.findChildren(QWidget):
        if (
            widget.isVisible()
            and widget.isEnabled()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.focusProxy() is None
            and widget.window() is window
        ):
            yield widget


def _called(widget: QWidget) -> str:
    names = [type(widget).__name__, f"“{widget.accessibleName() or widget.objectName()}”", "in"]
    parent = widget.parentWidget()
    while parent is not None and len(names) < 6:
        names.append(type(parent).__name__)
        parent = parent.parentWidget()
    return " ".join(names)
