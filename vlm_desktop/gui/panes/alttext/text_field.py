"""A field to write a text in, with its length against what its destination takes."""

import unicodedata
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from vlm_desktop.base.altchecks import Finding, Weight
from vlm_desktop.base.alttext import Destination
from vlm_desktop.engine.alttext.lengths import measure, used
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.typing_undo import is_for_window

_MOST_LINES = 10
_NEARLY = 0.9
"""From this part of the limit on, the counter says that the room is nearly used up."""


class TextBox(QPlainTextEdit):
    """As high as its words; Tab leaves it. Right-to-left text runs from the right by itself."""

    left = Signal()

    def __init__(self, lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self.setTabChangesFocus(True)
        # Else a screen reader meets a second, nameless thing that has the focus.
        self.viewport().setFocusProxy(None)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._is_rtl: bool | None = None
        self.textChanged.connect(self._align)
        self._align()
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())
        self.textChanged.connect(self._fit)
        self._fit()

    def _align(self) -> None:
        """From the right where the text runs from there; Qt's document has one side for all."""
        is_rtl = runs_from_right(self.toPlainText())
        if is_rtl is self._is_rtl:
            return
        self._is_rtl = is_rtl
        option = QTextOption(self.document().defaultTextOption())
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        # The text's own side: Qt does not turn it round where the direction is found out.
        side = Qt.AlignmentFlag.AlignRight if is_rtl else Qt.AlignmentFlag.AlignLeft
        option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
        self.document().setDefaultTextOption(option)

    def _fit(self) -> None:
        lines = min(max(self._lines, round(self.document().size().height())), _MOST_LINES)
        inner = 2 * (self.document().documentMargin() + self.frameWidth() + measures().space[0])
        height = lines * self.fontMetrics().lineSpacing() + round(inner)
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(height)

    def event(self, event: QEvent) -> bool:
        document = self.document()
        if is_for_window(event, document.isUndoAvailable(), document.isRedoAvailable()):
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802
        """Plain words only."""
        self.insertPlainText(source.text())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()


class TextField(QWidget):
    """Label and counter above, the text below."""

    edited = Signal()
    """A person typed, pasted or took back typing."""
    left = Signal()
    """The focus went elsewhere."""

    def __init__(self, label: str, name: str, lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        self._destination = Destination("", 0)
        self._level = ""
        self._quiet = False
        self._marks: list[QTextEdit.ExtraSelection] = []
        self._lit: tuple[int, int] | None = None
        self.box = TextBox(lines, self)
        self.box.setObjectName("altText")
        self.box.setAccessibleName(name)
        self.label = QLabel(label, self)
        self.label.setObjectName("fact")
        self.label.setBuddy(self.box)
        self.counter = QLabel(self)
        self.counter.setObjectName("hint")
        self.counter.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.counter.setWordWrap(True)
        top = QHBoxLayout()
        top.setSpacing(space[1])
        top.addWidget(self.label, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.counter, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[0])
        column.addLayout(top)
        column.addWidget(self.box)
        self.box.textChanged.connect(self._text_changed)
        self.box.left.connect(self.left)
        self._count()

    # --- what it holds -------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self.box.toPlainText()

    def show_text(self, text: str) -> None:
        """Another text; typing before it cannot be taken back any more."""
        if text == self.text:
            return
        self._quiet = True
        self.box.setPlainText(text)
        self._quiet = False

    def put_text(self, text: str) -> None:
        """A text in the place of what is there, as if it were typed: undo takes it back."""
        cursor = QTextCursor(self.box.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)

    def show_growing(self, text: str) -> None:
        """A text that is being written by somebody else; the end stays in view."""
        self._quiet = True
        self.box.setPlainText(text)
        self.box.moveCursor(QTextCursor.MoveOperation.End)
        self.box.ensureCursorVisible()
        self._quiet = False

    def set_locked(self, locked: bool) -> None:
        """A locked text can be read and copied, not changed."""
        self.box.setReadOnly(locked)
        self.box.setProperty("locked", locked)
        self.box.style().unpolish(self.box)
        self.box.style().polish(self.box)

    def set_destination(self, destination: Destination) -> None:
        self._destination = destination
        self._count()

    def mark(self, findings: Sequence[Finding]) -> None:
        """Underline what the findings speak of."""
        text, chosen = self.text, colours_of(self.palette())
        marks = []
        for one in findings:
            if one.end <= one.start:
                continue
            cursor = QTextCursor(self.box.document())
            cursor.setPosition(_units(text[: one.start]))
            cursor.setPosition(_units(text[: one.end]), QTextCursor.MoveMode.KeepAnchor)
            form = QTextCharFormat()
            form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            colour = chosen.bad if one.weight is Weight.ERROR else chosen.careful
            form.setUnderlineColor(QColor(colour))
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format = form
            marks.append(mark)
        self._marks = marks
        self._show_marks()

    def light(self, start: int, end: int) -> None:
        """Have these words stand out, as when their claim is pointed at; none where both are 0."""
        lit = (start, end) if end > start else None
        if lit != self._lit:
            self._lit = lit
            self._show_marks()

    @property
    def lit(self) -> tuple[int, int] | None:
        """The words that stand out, as code points from and to."""
        return self._lit

    def _show_marks(self) -> None:
        lit, text = [], self.text
        if self._lit is not None:
            one = QTextEdit.ExtraSelection()
            one.cursor = self._cursor(text, *self._lit)
            one.format.setBackground(QColor(colours_of(self.palette()).accent_soft))
            one.format.setFontUnderline(True)
            lit.append(one)
        self.box.setExtraSelections([*lit, *self._marks])

    def _cursor(self, text: str, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.box.document())
        last = _units(text)
        cursor.setPosition(min(last, _units(text[:start])))
        cursor.setPosition(min(last, _units(text[:end])), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    # --- counting ------------------------------------------------------------------------

    def _text_changed(self) -> None:
        self._count()
        if not self._quiet:
            self.edited.emit()

    def _count(self) -> None:
        """Both counts where they differ; colour and words where the limit is near or passed."""
        text, limit = self.text, self._destination.limit
        length, now = measure(text), used(text, self._destination)
        words = strings.count_of(now, limit)
        if length.characters != length.graphemes:
            other = length.characters if self._destination.graphemes else length.graphemes
            form = strings.AS_CODES if self._destination.graphemes else strings.AS_SEEN
            words = f"{words} · {strings.counted_as(form, other)}"
        level = ""
        if limit and now > limit:
            level = "bad"
            words = f"{words} · {strings.too_many(now - limit)}"
        elif limit and now >= _NEARLY * limit:
            level = "careful"
            words = f"{words} · {strings.NEARLY_FULL}"
        self.counter.setText(words)
        self.box.setAccessibleDescription(words)
        if level != self._level:
            self._level = level
            self.counter.setObjectName(level or "hint")
            self.counter.style().unpolish(self.counter)
            self.counter.style().polish(self.counter)
            if level and not self._quiet:
                announce(self.box, words)


def runs_from_right(text: str) -> bool:
    """Whether the first letter that has a direction is one of a right-to-left script."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return False


def _units(text: str) -> int:
    """How many places of a QTextDocument a text takes: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
