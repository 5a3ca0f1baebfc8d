"""The transcript: a list of turns to walk with the arrow keys; grows at its end without jumping."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.gui.panes.chat.facts import Row, TurnFacts
from vlm_desktop.gui.panes.chat.turn_view import TurnView
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.spoken import speaks_as
from vlm_desktop.gui.widgets.steady_scroll import keep_bar

_WIDEST = 56
"""Widest a turn gets, in heights of its letters: longer lines are hard to read."""
_AT_ONCE = 6
"""Rows that are built at once, the newest; older ones when a person comes near them."""
_SETTLED_MS = 100
_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


@speaks_as(QAccessible.Role.List)
class TurnList(QWidget):
    """What a screen reader walks."""


class Transcript(QScrollArea):
    """Rows of turns, the newest at the end. Main thread.

    Up and Down walk, Enter opens the turn's menu. While it shows its end, it keeps showing it.
    """

    tool_pressed = Signal(int, str)
    menu_wanted = Signal(int, object)
    link_clicked = Signal(str)
    current_changed = Signal()
    """Commands act on another turn."""
    left = Signal()
    """Down was pressed on the last turn."""
    typed = Signal(str)
    """A letter was typed on a turn, where letters mean nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_bar(self)
        self.list = TurnList(self)
        self.list.setAccessibleName(strings.TRANSCRIPT_NAME)
        space = measures().space
        self._inside = QWidget(self.list)
        self.list.setLayout(centred((self._inside,)))
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space[2])
        self._column.addStretch(1)
        self.setWidget(self.list)
        self._rows: list[Row] = []
        self._widgets: list[QWidget] = []
        self._older: list[Row] = []
        self._views: dict[int, TurnView] = {}
        self.current = 0
        self._follows = True
        self._from_end = 0
        self._growing_above = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._build_older)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._range_changed)
        bar.valueChanged.connect(self._scrolled)

    # --- what is shown -------------------------------------------------------------------

    def show_rows(self, rows: Sequence[Row], *, fresh: bool = False) -> None:
        """Show these rows. Turns that stay keep their widgets, so that nothing jumps.

        `fresh` is for another conversation: its end is shown, its beginning built later.
        """
        rows = list(rows)
        older = len(self._older)
        if fresh:
            self._clear()
            self._follows = True
            older = max(0, len(rows) - _AT_ONCE)
        elif list(map(_keys, rows[:older])) != list(map(_keys, self._older)):
            self._clear()
            older = max(0, len(rows) - _AT_ONCE)
        self._older, rows = rows[:older], rows[older:]
        same = 0
        while same < min(len(rows), len(self._rows)) and _keys(rows[same]) == _keys(
            self._rows[same]
        ):
            same += 1
        focused = self.window().focusWidget()
        lost = any(focused is not None and _holds(one, focused) for one in self._widgets[same:])
        for widget in self._widgets[same:]:
            self._drop(widget)
        del self._widgets[same:]
        for old, new in zip(self._rows[:same], rows[:same], strict=True):
            for before, facts in zip(old, new, strict=True):
                if facts != self._views[facts.key].facts or before != facts:
                    self._views[facts.key].show_facts(facts)
        for row in rows[same:]:
            self._widgets.append(self._make(row))
            self._column.insertWidget(len(self._widgets), self._widgets[-1])
        self._rows = rows
        self._mark_last()
        if lost:
            self.focus_turn()
        if self._older:
            self._later.start()

    def view(self, key: int) -> TurnView | None:
        return self._views.get(key)

    def show_turn(self, facts: TurnFacts) -> None:
        """Other facts of one turn that is there."""
        view = self._views.get(facts.key)
        if view is not None:
            view.show_facts(facts)

    def rekey(self, old: int, new: int) -> None:
        """A turn has its id now."""
        view = self._views.pop(old, None)
        if view is None:
            return
        self._views[new] = view
        view.facts = replace(view.facts, key=new)
        self._rows = [
            tuple(replace(one, key=new) if one.key == old else one for one in row)
            for row in self._rows
        ]
        if self.current == old:
            self.current = new

    def select(self, key: int) -> None:
        """Let commands act on this turn from now on."""
        if key in self._views:
            self._set_current(key)

    @property
    def views(self) -> list[TurnView]:
        """The turns that are built, in order."""
        return [self._views[one.key] for row in self._rows for one in row]

    # --- walking -------------------------------------------------------------------------

    def focus_turn(self, key: int | None = None) -> bool:
        """Put the focus on a turn, by default the one that had it last, else the last."""
        self._build_back_to(self.current if key is None else key)
        views = self.views
        if not views:
            return False
        wanted = self._views.get(self.current if key is None else key)
        self._focus(wanted if wanted in views else views[-1])
        return True

    def _focus(self, view: TurnView) -> None:
        view.setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(view, 0, measures().space[2])

    def _walk(self, view: TurnView, key: Qt.Key) -> bool:
        if self._older and self.views[0] is view and key == Qt.Key.Key_Up:
            self._build_older()
        views = self.views
        at = views.index(view) if view in views else -1
        target = {
            Qt.Key.Key_Up: at - 1,
            Qt.Key.Key_Left: at - 1 if view.facts.compared else -1,
            Qt.Key.Key_Right: at + 1 if view.facts.compared else -1,
            Qt.Key.Key_Down: at + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(views) - 1,
        }.get(key)
        if target is None or at < 0:
            return False
        if 0 <= target < len(views):
            self._focus(views[target])
        elif key == Qt.Key.Key_Down:
            self.left.emit()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Arrows on a turn. One taller than the view scrolls first."""
        if event.type() == QEvent.Type.KeyPress and isinstance(watched, TurnView):
            assert isinstance(event, QKeyEvent)
            key = Qt.Key(event.key())
            bare = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if bare and (self._scroll_within(watched, key) or self._walk(watched, key)):
                return True
            if not event.modifiers() & _COMMANDS:
                return self._pass_on(event.text())
        return super().eventFilter(watched, event)

    def _pass_on(self, text: str) -> bool:
        is_word = bool(text) and text.isprintable() and not text.isspace()
        if is_word:
            self.typed.emit(text)
        return is_word

    def _scroll_within(self, view: TurnView, key: Qt.Key) -> bool:
        """Read a long turn to its end before going on to the next."""
        top = view.mapTo(self.list, view.rect().topLeft()).y()
        bar, room = self.verticalScrollBar(), self.viewport().height()
        step = 3 * self.fontMetrics().lineSpacing()
        if key == Qt.Key.Key_Down and top + view.height() > bar.value() + room:
            bar.setValue(min(bar.value() + step, top + view.height() - room + step))
            return True
        if key == Qt.Key.Key_Up and top < bar.value():
            bar.setValue(max(bar.value() - step, top - step))
            return True
        if key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            bar.setValue(bar.value() + (room if key == Qt.Key.Key_PageDown else -room))
            return True
        return False

    # --- building ------------------------------------------------------------------------

    def _make(self, row: Row) -> QWidget:
        views = [self._make_view(facts) for facts in row]
        if len(views) == 1:
            return views[0]
        box = QWidget(self._inside)
        beside = QHBoxLayout(box)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(measures().space[3])
        for view in views:
            beside.addWidget(view, 1, Qt.AlignmentFlag.AlignTop)
        return box

    def _make_view(self, facts: TurnFacts) -> TurnView:
        view = TurnView(facts, self._inside)
        view.tool_pressed.connect(self.tool_pressed)
        view.menu_wanted.connect(self.menu_wanted)
        view.link_clicked.connect(self.link_clicked)
        view.focused.connect(self._focused)
        view.installEventFilter(self)
        self._views[facts.key] = view
        return view

    def _build_older(self) -> None:
        """One row more above, and the view stays where it is."""
        if not self._older:
            return
        row = self._older.pop()
        self._rows.insert(0, row)
        self._widgets.insert(0, self._make(row))
        self._column.insertWidget(1, self._widgets[0])
        self._growing_above = True
        if self._older and self._is_near_top():
            self._later.start()
        else:
            QTimer.singleShot(_SETTLED_MS, self, self._grown_above)

    def _grown_above(self) -> None:
        self._growing_above = False

    def _is_near_top(self) -> bool:
        return self.verticalScrollBar().value() < self.viewport().height()

    def _build_back_to(self, key: int) -> None:
        """So that a turn is there which is not built yet."""
        while any(key in _keys(row) for row in self._older):
            self._build_older()

    def _clear(self) -> None:
        self._older = []
        for widget in self._widgets:
            self._drop(widget)
        self._widgets, self._rows, self.current = [], [], 0

    def _drop(self, widget: QWidget) -> None:
        self._column.removeWidget(widget)
        for key in [
            key for key, one in self._views.items() if one is widget or widget.isAncestorOf(one)
        ]:
            del self._views[key]
        widget.hide()
        widget.deleteLater()

    def _focused(self, key: int) -> None:
        self._set_current(key)

    def _set_current(self, key: int) -> None:
        """Only one turn is reached with Tab: the one that had the focus last, else the last."""
        self.current = key
        self.current_changed.emit()
        for one, view in self._views.items():
            policy = Qt.FocusPolicy.StrongFocus if one == key else Qt.FocusPolicy.ClickFocus
            if view.focusPolicy() != policy:
                view.setFocusPolicy(policy)

    def _mark_last(self) -> None:
        keys = [one.key for row in self._rows for one in row]
        last = {one.key for one in self._rows[-1]} if self._rows else set()
        for key, view in self._views.items():
            view.set_last(key in last)
        # Commands act on the newest turn unless a person stands on another one.
        walked = self.current in keys and self._views[self.current].hasFocus()
        self._set_current(self.current if walked else keys[-1] if keys else 0)

    # --- scrolling -----------------------------------------------------------------------

    def show_end(self) -> None:
        self._follows = True
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        self._follows = value >= bar.maximum() - measures().space[3]
        self._from_end = bar.maximum() - value
        if self._older and self._is_near_top():
            self._later.start()

    def _range_changed(self, _: int, maximum: int) -> None:
        bar = self.verticalScrollBar()
        if self._follows:
            bar.setValue(maximum)
        elif self._growing_above:
            bar.setValue(maximum - self._from_end)


def _holds(widget: QWidget, other: QWidget) -> bool:
    return widget is other or widget.isAncestorOf(other)


def _keys(row: Row) -> tuple[int, ...]:
    return tuple(one.key for one in row)


def centred(widgets: Sequence[QWidget], beside: int = 0) -> QHBoxLayout:
    """Widgets below each other, no wider than lines are easy to read, in the middle.

    `beside` is the width of a scroll bar that stands to the right of what is above.
    """
    space = measures().space
    box = QWidget()
    box.setMaximumWidth(_WIDEST * measures().type_body)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(space[0])
    for widget in widgets:
        column.addWidget(widget)
    middle = QHBoxLayout()
    middle.setContentsMargins(space[3], space[1], space[3] + beside, space[1])
    middle.addStretch(0)
    middle.addWidget(box, 1)
    middle.addStretch(0)
    return middle
