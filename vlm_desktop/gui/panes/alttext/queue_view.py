"""The list of images: thumbnail, name, dot and word for the state, letter for the decision."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from vlm_desktop.base.alttext import AltImage, AltState, Decision
from vlm_desktop.gui.file_thumbnails import FileThumbnails
from vlm_desktop.gui.panes.alttext.queue_model import IMAGE, STATE, Index
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.row_painting import (
    paint_dot,
    paint_ground,
    paint_picture,
    small_font,
    write_line,
)

SIDE = 44
"""Points of a thumbnail's square."""
_DOT = 8
DECISION_KEYS = {
    Qt.Key.Key_0: Decision.UNDECIDED,
    Qt.Key.Key_1: Decision.INFORMATIVE,
    Qt.Key.Key_2: Decision.DECORATIVE,
    Qt.Key.Key_3: Decision.FUNCTIONAL,
    Qt.Key.Key_4: Decision.TEXT,
    Qt.Key.Key_5: Decision.COMPLEX,
    Qt.Key.Key_6: Decision.GROUP,
}
"""Pressed alone in the queue, with Alt everywhere in the pane."""


def state_colour(chosen: Colours, state: AltState) -> str:
    """Of the dot beside the state's word."""
    return {
        AltState.EMPTY: chosen.disabled,
        AltState.DRAFT: chosen.text_muted,
        AltState.NEEDS_FACTS: chosen.careful,
        AltState.IN_REVIEW: chosen.accent,
        AltState.APPROVED: chosen.good,
        AltState.STALE: chosen.bad,
    }[state]


class QueueDelegate(QStyledItemDelegate):
    """Two lines beside a thumbnail."""

    def __init__(self, thumbnails: FileThumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, _: Index) -> QSize:  # noqa: N802
        line = QFontMetrics(option.font).lineSpacing()
        return QSize(0, max(SIDE, 2 * line) + 2 * measures().space[1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        image: AltImage | None = index.data(IMAGE)
        if image is None:
            return
        size, chosen = measures(), colours_of(QGuiApplication.palette())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(size.space[0] // 2, 1, -size.space[0] // 2, -1)
        paint_ground(painter, box, option)
        small = size.space[1]
        top = box.top() + (box.height() - SIDE) // 2
        self._paint_picture(painter, QRect(box.left() + small, top, SIDE, SIDE), image, chosen)
        left = box.left() + 2 * small + SIDE
        right = box.right() - small
        line = QFontMetrics(option.font).lineSpacing()
        upper = QRect(left, box.center().y() - line + 1, right - left, line)
        painter.setPen(QColor(chosen.text))
        write_line(painter, upper, image.name, option.font, Qt.TextElideMode.ElideMiddle)
        lower = upper.translated(0, line)
        letter = _letter(image)
        if letter:  # beside the state, so that the name has the whole line
            width = QFontMetrics(option.font).height()
            badge = QRect(right - width, lower.center().y() - width // 2 + 1, width, width)
            _paint_letter(painter, badge, letter, option.font, chosen)
            lower.setRight(badge.left() - small)
        _paint_state(painter, lower, index.data(STATE), option.font, chosen)
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, box: QRect, image: AltImage, chosen: Colours
    ) -> None:
        there = image.path if not image.missing else None
        pixmap = self._thumbnails.pixmap(there, image.content_hash) if there is not None else None
        if paint_picture(painter, box, pixmap):
            return
        if there is None or self._thumbnails.has_failed(there):
            painter.setPen(QColor(chosen.text_muted))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "?")


def _letter(image: AltImage) -> str:
    return "" if image.decision is Decision.UNDECIDED else strings.LETTERS[image.decision]


def _paint_letter(painter: QPainter, box: QRect, letter: str, font: QFont, chosen: Colours) -> None:
    painter.setPen(QPen(QColor(chosen.text_muted), measures().hairline))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, measures().space[0], measures().space[0])
    painter.setFont(small_font(font))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), letter)


def _paint_state(
    painter: QPainter, box: QRect, state: AltState, font: QFont, chosen: Colours
) -> None:
    dot = QRectF(box.left(), box.center().y() - _DOT / 2 + 1, _DOT, _DOT)
    colour = QColor(state_colour(chosen, state))
    paint_dot(painter, dot, colour, ring=state is AltState.EMPTY)
    painter.setPen(QColor(chosen.text_muted))
    words = box.adjusted(_DOT + measures().space[0] + 2, 0, 0, 0)
    write_line(
        painter, words, strings.STATES[state], small_font(font), Qt.TextElideMode.ElideMiddle
    )


class QueueView(QListView):
    """Single keys act while it has the focus: 1 to 6 decide, J and K go on and back."""

    approve_wanted = Signal()
    decided = Signal(object)
    """A `Decision`."""
    next_wanted = Signal()
    """The next image that needs a person."""
    draft_wanted = Signal()
    edit_wanted = Signal()

    def __init__(self, thumbnails: FileThumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("altQueue")
        self.setItemDelegate(QueueDelegate(thumbnails, self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(strings.QUEUE_NAME)
        self.setAccessibleDescription(strings.QUEUE_DESCRIPTION)
        thumbnails.made.connect(lambda _: self.viewport().update())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        decision = DECISION_KEYS.get(event.key())  # type: ignore[call-overload]
        if decision is not None:
            self.decided.emit(decision)
            return
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.approve_wanted.emit()
            case Qt.Key.Key_J:
                self.step(1)
            case Qt.Key.Key_K:
                self.step(-1)
            case Qt.Key.Key_N:
                self.next_wanted.emit()
            case Qt.Key.Key_D:
                self.draft_wanted.emit()
            case Qt.Key.Key_E:
                self.edit_wanted.emit()
            case _:
                super().keyPressEvent(event)

    def step(self, by: int) -> None:
        """The next or the previous image of the list."""
        row = min(max(self.currentIndex().row() + by, 0), self.model().rowCount() - 1)
        if row >= 0:
            self.setCurrentIndex(self.model().index(row, 0))
