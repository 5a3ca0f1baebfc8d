"""The list of claims: a sign and a word for the state, keys to approve and to strike."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QKeySequence, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QListWidgetItem, QWidget

from vlm_desktop.base.altchecks import ClaimState
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import alttext_checks as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.tokens import Colours
from vlm_desktop.gui.widgets.word_list import WordList

_HIGHEST = 260
_STRIKE_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_S)
_APPROVE_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_A)
NONE = -1


class ClaimList(WordList):
    """Rows of claims. Up and Down walk, Enter or A approves, Delete or S strikes. Main thread."""

    approved = Signal(int)
    struck = Signal(int)
    pointed = Signal(int)
    """The pointer is over this row; -1 when it left."""
    undo_wanted = Signal()
    redo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_HIGHEST, parent)
        self.setAccessibleName(strings.CLAIMS_LIST)
        self.setAccessibleDescription(strings.CLAIMS_DESCRIPTION)
        side = measures().space[2]
        self.setIconSize(QSize(side, side))
        self.inset = side + measures().space[1]
        self._signs: list[tuple[ClaimState, bool]] = []
        self.setMouseTracking(True)
        self.itemEntered.connect(lambda item: self.pointed.emit(self.row(item)))
        self.taken.connect(self.approved)

    def show_claims(
        self, rows: Sequence[str], signs: Sequence[tuple[ClaimState, bool]], said: Sequence[str]
    ) -> None:
        """Rows with each one's state, whether a person approved it, and what speaks for it."""
        self.show_rows(rows)
        self._signs = list(signs)
        self._show_signs()
        for number, (row, evidence) in enumerate(zip(rows, said, strict=True)):
            words = fill(strings.CLAIM_SAID, claim=row, evidence=evidence)
            self.item(number).setData(Qt.ItemDataRole.AccessibleTextRole, words)

    def item_at(self, row: int) -> QListWidgetItem | None:
        return self.item(row) if 0 <= row < self.count() else None

    def _show_signs(self) -> None:
        chosen, ratio = colours_of(self.palette()), self.devicePixelRatioF()
        for number, (state, approved) in enumerate(self._signs):
            item = self.item_at(number)
            if item is not None:
                item.setIcon(
                    claim_sign(state, self.iconSize().width(), ratio, chosen, approved=approved)
                )

    # --- Qt's own ------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Ctrl+Z takes the strike back, wherever its text is kept."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if event.matches(undo) or event.matches(redo):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        row = self.currentRow()
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_wanted.emit()
        elif event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or row < 0:
            super().keyPressEvent(event)
        elif event.key() in _APPROVE_KEYS:
            self.approved.emit(row)
        elif event.key() in _STRIKE_KEYS:
            self.struck.emit(row)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.pointed.emit(NONE)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_signs"):
            self._show_signs()


def claim_sign(
    state: ClaimState, side: int, ratio: float, chosen: Colours, *, approved: bool
) -> QIcon:
    """A full dot, a crossed ring, a ring; a tick where a person approved. As forms, not only as
    colours."""
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    box = QRectF(0, 0, side, side).adjusted(2, 2, -2, -2)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if approved:
            painter.setPen(QPen(QColor(chosen.good), measures().focus_ring))
            painter.drawPolyline(
                [box.topLeft() + (box.bottomLeft() - box.topLeft()) * 0.6,
                 box.bottomLeft() + (box.bottomRight() - box.bottomLeft()) * 0.4, box.topRight()]
            )  # fmt: skip
        elif state is ClaimState.SUPPORTED:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(chosen.good))
            painter.drawEllipse(box)
        else:
            disputed = state is ClaimState.DISPUTED
            colour = QColor(chosen.bad if disputed else chosen.careful)
            painter.setPen(QPen(colour, measures().focus_ring))
            painter.drawEllipse(box)
            if disputed:
                inner = box.adjusted(2, 2, -2, -2)
                painter.drawLine(inner.topLeft(), inner.bottomRight())
                painter.drawLine(inner.topRight(), inner.bottomLeft())
    return QIcon(pixmap)
