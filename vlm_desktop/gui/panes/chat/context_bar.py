"""What of the model's context a question fills, part by part; pictures can be left out of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from vlm_desktop.base.chatwork import ContextUse
from vlm_desktop.base.conversations import Conversation
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.search.popover import Popover
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.spoken import speaks_as


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the context: its name, its tokens, its colour."""

    name: str
    tokens: int
    colour: QColor


def parts_of(use: ContextUse, chosen: Colours) -> tuple[Part, ...]:
    """Instructions, words, pictures, the room for the answer.

    In shades of one colour: green, amber and red are for states.
    """
    usage = use.usage
    between = _mixed(QColor(chosen.accent), QColor(chosen.accent_soft))
    return (
        Part(strings.PART_SYSTEM, usage.system, QColor(chosen.text_muted)),
        Part(strings.PART_TEXT, usage.text, QColor(chosen.accent)),
        Part(strings.PART_IMAGES, usage.image, between),
        Part(strings.PART_REPLY, usage.reply, QColor(chosen.accent_soft)),
    )


def _mixed(one: QColor, other: QColor) -> QColor:
    return QColor(
        (one.red() + other.red()) // 2,
        (one.green() + other.green()) // 2,
        (one.blue() + other.blue()) // 2,
    )


def context_words(use: ContextUse) -> str:
    """One line about what is read; the room that is kept for the answer is free still."""
    read = use.usage.total - use.usage.reply
    if use.limit:
        return fill(strings.CONTEXT_OF, count=read, limit=use.limit)
    return fill(strings.CONTEXT, count=read)


@speaks_as(QAccessible.Role.Button)
class ContextBar(QWidget):
    """A thin bar in four colours; pressed, it tells the parts in words."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.use: ContextUse | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        keeps = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        keeps.setRetainSizeWhenHidden(True)  # what is above it stays where it is
        self.setSizePolicy(keeps)
        self.setAccessibleName(strings.CONTEXT_NAME)
        self.setToolTip(strings.CONTEXT_TIP)

    def show_use(self, use: ContextUse | None) -> None:
        self.use = use
        words = strings.CONTEXT_NAME
        if use is not None:
            told = [
                fill(strings.PART_SAID, name=one.name, count=one.tokens)
                for one in parts_of(use, colours_of(self.palette()))
            ]
            words = strings.BETWEEN.join((context_words(use), *told))
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        line = self.fontMetrics().lineSpacing()
        return QSize(measures().tile, line + 2 * measures().space[0])

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(measures().tile // 2, self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        chosen, size = colours_of(self.palette()), measures()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(size.space[0], 0, -size.space[0], 0)
            thick = size.space[1]
            if self.use is not None:
                words = context_words(self.use)
                room = self.fontMetrics().horizontalAdvance(words) + size.space[2]
                painter.setPen(QColor(chosen.text_muted))
                right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                painter.drawText(box, right, words)
                box.setRight(max(box.left() + thick, box.right() - room))
            bar = QRectF(box.left(), box.center().y() - thick / 2, box.width(), thick)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(chosen.sunken))
            painter.drawRoundedRect(bar, thick / 2, thick / 2)
            if self.use is not None:
                self._paint_parts(painter, bar)
            painter.setPen(QPen(QColor(chosen.hairline), size.hairline))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(bar, thick / 2, thick / 2)
            painter.setPen(Qt.PenStyle.NoPen)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(chosen.accent), size.focus_ring))
                painter.drawRoundedRect(
                    QRectF(self.rect()).adjusted(1, 1, -1, -1), size.radius, size.radius
                )

    def _paint_parts(self, painter: QPainter, bar: QRectF) -> None:
        assert self.use is not None
        whole = max(self.use.limit, self.use.usage.total, 1)
        left = bar.left()
        rounded = QPainterPath()
        rounded.addRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        painter.setClipPath(rounded)
        for part in parts_of(self.use, colours_of(self.palette())):
            if not part.tokens:
                continue
            width = max(measures().focus_ring, bar.width() * part.tokens / whole)
            width = min(width, bar.right() - left)
            painter.setBrush(part.colour)
            gap = measures().hairline
            painter.drawRect(QRectF(left, bar.top(), max(1.0, width - gap), bar.height()))
            left += width
        painter.setClipping(False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        super().enterEvent(event)
        self.update()


class ContextPopover(Popover):
    """The parts in words, and each picture with a button that leaves it out."""

    left_out = Signal(str)
    """The letter of a picture that is to be shown to the model no more, its caption instead."""
    taken_back = Signal(str)

    def __init__(self, use: ContextUse, conversation: Conversation | None, parent: QWidget) -> None:
        super().__init__(strings.CONTEXT_NAME, parent)
        head = QLabel(context_words(use), self)
        head.setObjectName("cardTitle")
        self.column.addWidget(head)
        grid = QGridLayout()
        grid.setHorizontalSpacing(measures().space[2])
        grid.setVerticalSpacing(measures().space[0])
        self.column.addLayout(grid)
        for row, part in enumerate(parts_of(use, colours_of(self.palette()))):
            self._add(grid, row, part)
        known = {one.letter: one for one in conversation.pictures} if conversation else {}
        costs = {one.letter: one.tokens for one in use.pictures}
        first = grid.rowCount()
        for row, letter in enumerate(self._letters(costs, known), first):
            dropped = letter in known and known[letter].dropped
            words = strings.PICTURE_LEFT if dropped else strings.PICTURE_COST
            said = fill(words, letter=letter, count=costs.get(letter, 0))
            grid.addWidget(QLabel(said, self), row, 1)
            if letter in known:
                self._add_button(grid, row, letter, dropped)
        first = self.findChild(QPushButton)
        if first is not None:
            first.setFocus(Qt.FocusReason.PopupFocusReason)
        note = QLabel(strings.LEAVE_OUT_NOTE, self)
        note.setObjectName("hint")
        note.setWordWrap(True)
        note.setVisible(bool(known))
        self.column.addWidget(note)

    def _letters(self, costs: Iterable[str], known: Iterable[str]) -> list[str]:
        return sorted({*costs, *known}, key=lambda one: (len(one), one))

    def _add(self, grid: QGridLayout, row: int, part: Part) -> None:
        sample = QLabel(self)
        side = measures().space[2]
        sample.setFixedSize(side, side)
        sample.setAutoFillBackground(True)
        palette = sample.palette()
        palette.setColor(sample.backgroundRole(), part.colour)
        sample.setPalette(palette)
        grid.addWidget(sample, row, 0)
        grid.addWidget(
            QLabel(fill(strings.PART_SAID, name=part.name, count=part.tokens), self), row, 1
        )

    def _add_button(self, grid: QGridLayout, row: int, letter: str, dropped: bool) -> None:
        button = QPushButton(strings.TAKE_BACK if dropped else strings.LEAVE_OUT, self)
        button.setObjectName("quiet")
        said = strings.TAKE_BACK_NAME if dropped else strings.LEAVE_OUT_NAME
        button.setAccessibleName(fill(said, letter=letter))
        signal = self.taken_back if dropped else self.left_out
        button.clicked.connect(lambda: (signal.emit(letter), self.close()))
        grid.addWidget(button, row, 2)
