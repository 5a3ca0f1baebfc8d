"""One field of the form: its label, its value, a thin bar of confidence, a dot and a word."""

from typing import Any

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.documents import FieldType, Origin
from vlm_desktop.base.language import fill
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.documents.entries import Entry, Key
from vlm_desktop.gui.panes.documents.field_state import (
    FieldState,
    state_colour,
    state_words,
    why_words,
)
from vlm_desktop.gui.panes.documents.looked_words import looked_words
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.row_painting import paint_dot
from vlm_desktop.gui.widgets.spoken import speaks_as
from vlm_desktop.gui.widgets.typing_undo import TypingLine
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_DOT = 8
_PLAIN = Qt.KeyboardModifier.KeypadModifier


class FieldLine(TypingLine):
    """Enter accepts, Up and Down go to the neighbours, Tab to the next one to look at."""

    accepted = Signal()
    stepped = Signal(int)
    entered = Signal()
    """It has the focus now."""
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.kept = ""
        """What is kept of the field; Esc brings it back."""
        self.tab = _no_tab
        """Asked before Tab leaves: True where the focus was put somewhere."""

    def show_text(self, text: str) -> None:
        """What is kept now; what is being typed stays while it differs."""
        before, self.kept = self.kept, text
        if self.text() == before or not self.hasFocus():
            self.setText(text)
            self.setCursorPosition(0)

    @property
    def is_changed(self) -> bool:
        return self.text().strip() != self.kept.strip()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        plain = not event.modifiers() & ~_PLAIN
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if plain:
                self.accepted.emit()
            case Qt.Key.Key_Up | Qt.Key.Key_Down if plain:
                self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Escape if self.is_changed:
                self.setText(self.kept)
            case _:
                super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, N802
        return self.tab(1 if next else -1) or super().focusNextPrevChild(next)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.selectAll()
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


def _no_tab(_: int) -> bool:
    return False


@speaks_as(QAccessible.Role.Graphic)
class ConfidenceBar(QWidget):
    """How sure a value is, as a length; in words on hover, and at the field itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._share, self._colour_of = 0.0, FieldState.MISSING
        self.setFixedHeight(measures().space[0])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float, state: FieldState) -> None:
        """From 0 to 1."""
        self._share, self._colour_of = share, state
        self.update()

    @property
    def share(self) -> float:
        return self._share

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        chosen = colours_of(self.palette())
        radius = self.height() / 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(chosen.hairline))
            painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
            if self._share > 0:
                painter.setBrush(QColor(state_colour(chosen, self._colour_of)))
                width = max(2 * radius, self.width() * self._share)
                painter.drawRoundedRect(QRectF(0, 0, width, self.height()), radius, radius)


@speaks_as(QAccessible.Role.Graphic)
class FieldDot(QWidget):
    """Full for a value with evidence, a ring for one without; the word beside it says the same."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = FieldState.MISSING
        self.setFixedSize(QSize(_DOT, _DOT))

    def show_state(self, state: FieldState) -> None:
        self._state = state
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colour = QColor(state_colour(colours_of(self.palette()), self._state))
            paint_state(painter, QRectF(self.rect()), colour, self._state)


def paint_state(painter: QPainter, box: QRectF, colour: QColor, state: FieldState) -> None:
    """A full dot, a ring for what is not there, a crossed ring for what no word carries."""
    hollow = state in (FieldState.MISSING, FieldState.ABSENT, FieldState.UNGROUNDED)
    paint_dot(painter, box, colour, ring=hollow)
    if state is FieldState.UNGROUNDED:
        ring = box.adjusted(1, 1, -1, -1)
        painter.drawLine(ring.topLeft(), ring.bottomRight())


class FieldRow(QFrame):
    """Shows an `Entry`. Main thread."""

    pointed = Signal(object)
    """The key of the field the pointer is over, None when it left."""
    chosen = Signal(object)
    """Another reading of the value: a `Rival` or one of its ambiguous values."""
    cleared = Signal()
    """The document does not have this."""
    unlearn_wanted = Signal()
    next_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("field")
        self.entry: Entry | None = None
        # No buddy: names of fields come from people and pages, and an "&" in them is no key.
        self.label = ElidedLabel(self)
        self.label.setObjectName("fieldLabel")
        self.dot = FieldDot(self)
        self.word = ElidedLabel(self)
        self.word.setObjectName("hint")
        self.line = FieldLine(self)
        self.more = self._more()
        self.bar = ConfidenceBar(self)
        self.looked = WrappedLabel(parent=self, name="hint")
        self._lay_out()

    def _more(self) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("headTool")
        button.setIcon(icon("chat-more"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.menu = QMenu(button)
        self.menu.aboutToShow.connect(self._fill_menu)
        button.setMenu(self.menu)
        return button

    def _lay_out(self) -> None:
        space = measures().space
        head = QHBoxLayout()
        head.setSpacing(space[0])
        head.addWidget(self.label, 3)
        head.addWidget(self.dot)
        head.addWidget(self.word, 2)
        line = QHBoxLayout()
        line.setSpacing(space[0])
        line.addWidget(self.line, 1)
        line.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[1], space[0], space[1], space[0])
        column.setSpacing(space[0] // 2)
        for one in (head, line):
            column.addLayout(one)
        column.addWidget(self.bar)
        column.addWidget(self.looked)

    # --- what is shown -------------------------------------------------------------------

    def show_entry(self, entry: Entry) -> None:
        if entry == self.entry:
            return
        self.entry = entry
        value = entry.value
        label = entry.label
        if value is not None and value.currency:
            label = fill(strings.LABEL_CURRENCY, label=label, currency=value.currency)
        self.label.setText(label if not entry.spec.required else f"{label} *")
        self.line.show_text(entry.text)
        self.line.setAccessibleName(entry.label)
        self.dot.show_state(entry.state)
        self.word.setText(state_words(value, entry.state))
        self.dot.setAccessibleName(self.word.text())
        share = 0.0 if value is None else value.confidence
        self.bar.setVisible(value is not None)
        self.bar.show_share(1.0 if entry.state is FieldState.HUMAN else share, entry.state)
        said = self.said(entry)
        for one in (self.bar, self.word, self.line):
            one.setToolTip(said)
        self.bar.setAccessibleName(said)
        self.line.setAccessibleDescription(said)
        self.more.setAccessibleName(fill(strings.FIELD_MORE, name=entry.label))
        self.more.setToolTip(self.more.accessibleName())
        where = looked_words(entry) if value is None and entry.state is FieldState.MISSING else ""
        self.looked.setText(where)
        self.looked.setVisible(bool(where))
        self._complete(entry)

    def said(self, entry: Entry) -> str:
        """The state and its reasons, as a screen reader says them."""
        parts = [fill(strings.SENTENCE, words=state_words(entry.value, entry.state))]
        if entry.spec.required:
            parts.append(strings.REQUIRED)
        if entry.value is None:
            parts.append(looked_words(entry))
        else:
            parts.append(why_words(entry.value))
            if entry.value.raw and entry.value.raw != entry.text:
                parts.append(fill(strings.PRINTED, text=entry.value.raw))
        if entry.reason:
            parts.append(strings.DOUBT_REASONS.get(entry.reason, ""))
        return " ".join(one for one in parts if one)

    def _complete(self, entry: Entry) -> None:
        words = entry.spec.options
        if entry.spec.type is FieldType.CHECKBOX:
            words = ("yes", "no")
        if words and self.line.completer() is None:
            completer = QCompleter(list(words), self.line)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            self.line.setCompleter(completer)

    def set_lit(self, lit: bool) -> None:
        """Its box on the page is pointed at, or it is worked on."""
        if self.property("lit") != lit:
            self.setProperty("lit", lit)
            self.style().unpolish(self)
            self.style().polish(self)

    def _fill_menu(self) -> None:
        """Other readings, and that there is none."""
        menu, entry = self.menu, self.entry
        menu.clear()
        value = entry.value if entry is not None else None
        if value is not None:
            others: list[tuple[str, Any]] = [(one, one) for one in value.ambiguous]
            others += [(one.value or one.raw, one) for one in value.rivals]
            for words, one in others:
                said = fill(strings.TAKE_READING, text=words.replace("&", "&&"))
                menu.addAction(said).triggered.connect(
                    lambda _=False, one=one: self.chosen.emit(one)
                )
            if others:
                menu.addSeparator()
            if value.origin is Origin.LEARNED:
                menu.addAction(strings.UNLEARN).triggered.connect(
                    lambda _=False: self.unlearn_wanted.emit()
                )
        menu.addAction(strings.NOT_HERE).triggered.connect(lambda _=False: self.cleared.emit())
        menu.addAction(strings.GO_NEXT_DOUBT).triggered.connect(
            lambda _=False: self.next_wanted.emit()
        )

    # --- Qt's own ------------------------------------------------------------------------

    @property
    def key(self) -> Key:
        assert self.entry is not None
        return self.entry.key

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        super().enterEvent(event)
        if self.entry is not None:
            self.pointed.emit(self.entry.key)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.pointed.emit(None)
